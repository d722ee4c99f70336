"""Files in the forms in which corpora are published, with sentences of our own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

SOUP = "The lamp soup was cold but crisp bread came ."
TEA = "Hot tea , rude staff ."


@dataclass(frozen=True)
class PublicFile:
    """A file, and what is to be read from it.

    Args:
        name: the name of the file.
        content: what it holds.
        aspects: id, term, start and polarity of each instance.
        left_out: what is left out, and a part of the reason.
        notes: a part of the notes.
        opinions: the opinion terms of all instances.
    """

    name: str
    content: str
    aspects: list[tuple[str, str, int, str]]
    left_out: dict[str, str] = field(default_factory=dict)
    notes: str = ""
    opinions: tuple[str, ...] = ()


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"


_TWO = [("1_0", "lamp soup", 4, "negative"), ("1_1", "bread", 33, "positive")]
_QUADS = (
    "[['lamp soup', 'food quality', 'negative', 'cold'], ['bread', 'food quality', 'positive', 'crisp'], "
    "['NULL', 'service general', 'neutral', 'NULL']]"
)
_REVIEWS = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Reviews>
    <Review rid="77">
        <sentences>
            <sentence id="77:0">
                <text>{SOUP}</text>
                <Opinions>
                    <Opinion target="lamp soup" category="FOOD#QUALITY" polarity="negative" from="4" to="13"/>
                    <Opinion target="lamp soup" category="FOOD#PRICES" polarity="negative" from="4" to="13"/>
                    <Opinion target="NULL" category="SERVICE#GENERAL" polarity="positive" from="0" to="0"/>
                    <Opinion target="bread" category="FOOD#QUALITY" polarity="positive" from="33" to="38"/>
                </Opinions>
            </sentence>
            <sentence id="77:1" OutOfScope="TRUE">
                <text>We came by bus.</text>
            </sentence>
        </sentences>
        <Opinions>
            <Opinion category="RESTAURANT#GENERAL" polarity="negative"/>
        </Opinions>
    </Review>
</Reviews>
"""
_MAMS = f"""<?xml version="1.0" encoding="utf-8"?>
<sentences>
\t<sentence>
\t\t<text>{SOUP}</text>
\t\t<aspectTerms>
\t\t\t<aspectTerm from="4" polarity="negative" term="lamp soup" to="13"/>
\t\t\t<aspectTerm from="33" polarity="positive" term="bread" to="38"/>
\t\t</aspectTerms>
\t</sentence>
\t<sentence>
\t\t<text>{TEA}</text>
\t\t<aspectTerms>
\t\t\t<aspectTerm from="4" polarity="neutral" term="tea" to="7"/>
\t\t</aspectTerms>
\t</sentence>
</sentences>
"""
_TARGETS = [
    {"target": "lamp soup", "location": [4, 13], "sentiment": "NEG"},
    {"target": "bread", "location": [33, 38], "sentiment": "POS"},
]
_WORDS = {
    "raw_words": SOUP,
    "words": SOUP.split(" "),
    "aspects": [
        {"index": 0, "from": 1, "to": 3, "polarity": "NEG", "term": ["lamp", "soup"]},
        {"index": 1, "from": 7, "to": 8, "polarity": "POS", "term": ["bread"]},
    ],
    "opinions": [{"index": 0, "from": 4, "to": 5, "term": ["cold"]}],
}
_TABLE = [
    ["id", "Sentence", "Aspect Term", "polarity", "from", "to"],
    ["77", SOUP, "lamp soup", "negative", "4", "13"],
    ["77", SOUP, "bread", "positive", "33", "38"],
    ["78", TEA, "tea", "neutral", "4", "7"],
]
_TABLE_ASPECTS = [
    ("77", "lamp soup", 4, "negative"),
    ("77_1", "bread", 33, "positive"),
    ("78", "tea", 4, "neutral"),
]


def _table(delimiter: str) -> str:
    return _lines(*(delimiter.join(f'"{cell}"' if "," in cell else cell for cell in row) for row in _TABLE))


PUBLIC_FILES = {
    "SemEval 2016": PublicFile(
        "a.xml",
        _REVIEWS,
        [("77:0_0", "lamp soup", 4, "negative"), ("77:0_3", "bread", 33, "positive")],
        left_out={"77:0_1": "the same aspect and polarity", "77:0_2": "NULL: an aspect without a term"},
    ),
    "MAMS": PublicFile("a.xml", _MAMS, [*_TWO, ("2_0", "tea", 4, "neutral")]),
    "Twitter": PublicFile(
        "a.raw",
        _lines(
            *("the $T$ was cold but bread came .", "lamp soup", "-1"),
            *("the lamp soup was cold but $T$ came .", "bread", "1"),
            *("we saw $T$ and a bag of $T$ .", "tea", "0"),
        ),
        [
            ("1_0", "lamp soup", 4, "negative"),
            ("1_1", "bread", 27, "positive"),
            ("2_0", "tea", 7, "neutral"),
        ],
    ),
    "PyABSA": PublicFile(
        "laptop.test.dat.apc",
        _lines(
            *(SOUP.replace("lamp soup", "$T$"), "lamp soup", "Negative"), "", *("$T$ !", "Tea", "Neutral")
        ),
        [("1_0", "lamp soup", 4, "negative"), ("2_0", "Tea", 0, "neutral")],
    ),
    "ASTE": PublicFile(
        "a.txt",
        _lines(f"{SOUP}####[([1, 2], [4], 'NEG'), ([7], [6], 'POS')]", f"{TEA}####[([1], [0], 'NEU')]"),
        [*_TWO, ("2_0", "tea", 4, "neutral")],
        opinions=("cold", "crisp", "Hot"),
    ),
    "ASQP": PublicFile(
        "a.txt",
        _lines(f"{SOUP}####{_QUADS}"),
        _TWO,
        left_out={"1_2": "NULL"},
        notes="2 terms without offsets found in their sentences",
        opinions=("cold", "crisp"),
    ),
    "TASD": PublicFile(
        "a.txt", _lines(f"{TEA}####[['tea', 'drinks quality', 'positive']]"), [("1_0", "tea", 4, "positive")]
    ),
    "SemEval as CSV": PublicFile("a.csv", _table(","), _TABLE_ASPECTS),
    "tabs": PublicFile("a.tsv", _table("\t"), _TABLE_ASPECTS),
    "tabs in CSV": PublicFile("a.csv", _table("\t"), _TABLE_ASPECTS),
    "semicolons": PublicFile("a.csv", _table(";"), _TABLE_ASPECTS),
    "SetFit": PublicFile(
        "a.csv",
        _lines("text,span,label,ordinal", "A tea and a tea,tea,positive,0", "A cup,cup,negative,0"),
        [("2_0", "cup", 2, "negative")],
        left_out={"1_0": '"tea" has no offsets and occurs 2 times'},
    ),
    "targets and locations": PublicFile(
        "a.json", json.dumps([{"id": 1, "sentence": SOUP, "targets": _TARGETS}]), _TWO
    ),
    "lists beside each other": PublicFile(
        "a.json",
        json.dumps(
            [
                {
                    "text_id": "1",
                    "text": SOUP,
                    "targets": ["lamp soup", "bread"],
                    "spans": [[4, 13], [33, 38]],
                    "target_sentiments": ["negative", "positive"],
                }
            ]
        ),
        _TWO,
    ),
    "pairs of term and label": PublicFile(
        "a.jsonl",
        _lines(
            json.dumps({"id": 1, "text": TEA, "aspects": [["tea", "neutral"], ["staff", "negative"]]}),
            json.dumps({"id": 2, "text": TEA, "aspects": {"staff": "negative", "price": "positive"}}),
        ),
        [("1_0", "tea", 4, "neutral"), ("1_1", "staff", 15, "negative"), ("2_0", "staff", 15, "negative")],
        left_out={"2_1": '"price" has no offsets and occurs 0 times'},
        notes="3 terms without offsets",
    ),
    "positions of words": PublicFile("a.json", json.dumps([_WORDS]), _TWO),
    "Opinions in JSON": PublicFile(
        "a.jsonl",
        json.dumps(
            {
                "sentenceId": "1",
                "text": SOUP,
                "Opinions": [
                    {"target": "lamp soup", "polarity": "negative", "from": "4", "to": "13"},
                    {"target": "bread", "polarity": "positive", "from": "33", "to": "38"},
                ],
            }
        ),
        _TWO,
    ),
    "JSON a line in .json": PublicFile(
        "a.json",
        _lines(*(json.dumps(dict(zip(_TABLE[0], row, strict=True))) for row in _TABLE[1:])),
        _TABLE_ASPECTS,
    ),
    "columns of pandas": PublicFile(
        "a.json",
        json.dumps(
            {
                "text": {"0": TEA, "1": TEA},
                "term": {"0": "tea", "1": "staff"},
                "label": {"0": "pos", "1": "neg"},
            }
        ),
        [("1_0", "tea", 4, "positive"), ("1_1", "staff", 15, "negative")],
        notes="2 terms without offsets",
    ),
    "columns of pandas in another order": PublicFile(
        "a.json",
        json.dumps(
            {
                "Sentence": {"0": TEA, "1": TEA},
                "Aspect Term": {"1": "staff", "0": "tea"},
                "polarity": {"1": "neg", "0": "pos"},
            }
        ),
        [("1_0", "tea", 4, "positive"), ("1_1", "staff", 15, "negative")],
    ),
    "split of pandas": PublicFile(
        "a.json",
        json.dumps({"columns": ["text", "term", "label"], "index": [0], "data": [[TEA, "tea", "pos"]]}),
        [("1_0", "tea", 4, "positive")],
    ),
    "a quote over tabs": PublicFile(
        "a.tsv",
        _lines("text\tterm\tlabel", '"Hot tea\ttea\tpos', 'Dry cup"\tcup\tneg', '"A ""cup"""\tcup\tneg'),
        [("1_0", "tea", 5, "positive"), ("2_0", "cup", 4, "negative"), ("3_0", "cup", 3, "negative")],
    ),
    "InstructABSA": PublicFile(
        "a.csv",
        _lines(
            "sentenceId,raw_text,aspectTerms",
            f"""1,"{TEA}","[{{'term': 'tea', 'polarity': 'positive'}}]\"""",
            """2,We came by bus,"[{'term': 'noaspectterm', 'polarity': 'none'}]\"""",
        ),
        [("1_0", "tea", 4, "positive")],
        left_out={"2_0": "NULL: an aspect without a term"},
    ),
    "Excel": PublicFile(
        "a.csv", "sep=;\r\ntext;term;label\r\nHot tea;tea;pos\r\n", [("1_0", "tea", 4, "positive")]
    ),
    "an old Macintosh": PublicFile(
        "a.csv", "\rtext,term,label\rHot tea,tea,pos\r", [("1_0", "tea", 4, "positive")]
    ),
    "unlabelled": PublicFile(
        "a.dat",
        "\r".join(["Hot $T$", "tea", "-100", "Hot $T$", "soup", "Positive", "$T$ !", "NULL", "Positive"]),
        [("2_0", "soup", 4, "positive")],
        left_out={"1_0": "no label", "3_0": "NULL: an aspect without a term"},
    ),
    "HTML entities": PublicFile(
        "a.csv",
        _lines(
            "id,text,term,start,end,polarity",
            "1,Fish &amp; chips &quot;to go&quot;,chips,11,16,positive",
            "2,Fish &amp; chips,Fish &amp; chips,0,16,negative",
            "3,&amp;quot;Joe&amp;#39;s&amp;quot; fish &amp;amp; soup,soup,49,53,neutral",
        ),
        [("1", "chips", 7, "positive"), ("2", "Fish & chips", 0, "negative"), ("3", "soup", 15, "neutral")],
        notes="8 HTML entities unescaped (1, 2, 3)",
    ),
    "an offset beyond the text": PublicFile(
        "a.csv",
        _lines(
            "id,text,term,start,end,polarity",
            "1,Hot tea,tea,40,43,positive",
            "2,Hot tea,tea,-1,3,positive",
            "3,Hot tea,tea,4,7,positive",
            "4,Hot tea,NULL,0,0,positive",
            "5,Hot tea,,,,positive",
            "6,Hot tea,tea,4.0,7.0,positive",
        ),
        [("3", "tea", 4, "positive"), ("6", "tea", 4, "positive")],
        left_out={"1": "lies outside the sentence", "2": "lies outside", "4": "NULL", "5": "NULL"},
    ),
}
