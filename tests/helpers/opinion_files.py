"""One corpus in every file format: sentences with any aspects, also several on one span."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

WORDS = ["Good", "soup", ",", "rude", "staff", ",", "dry", "bread", ",", "old", "soup", "."]
TEXT = " ".join(WORDS)
NULL = -1


@dataclass(frozen=True)
class Opinion:
    """What somebody annotated: the position of a word, or `NULL`, and the label."""

    word: int
    label: str

    @property
    def term(self) -> str:
        return "NULL" if self.word == NULL else WORDS[self.word]

    @property
    def span(self) -> tuple[int, int]:
        start = len(" ".join([*WORDS[: self.word], ""])) if self.word > 0 else 0
        return (0, 0) if self.word == NULL else (start, start + len(self.term))


Sentences = Sequence[Sequence[Opinion]]  # of each sentence, which is TEXT with its number, the opinions


def text_of(number: int) -> str:
    return f"{TEXT} {number} ."


def _rows(sentences: Sentences) -> Iterator[dict[str, Any]]:
    for number, opinions in enumerate(sentences, 1):
        for position, opinion in enumerate(opinions):
            start, end = opinion.span
            yield {
                "id": f"{number}_{position}",
                "text": text_of(number),
                "term": opinion.term,
                "start": start,
                "end": end,
                "polarity": opinion.label,
            }


def _aspects(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "text"}


def _by_sentence(sentences: Sentences) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    for number in range(1, len(sentences) + 1):
        text = text_of(number)
        yield str(number), text, [_aspects(r) for r in _rows(sentences) if r["text"] == text]


def _semeval_2014(sentences: Sentences) -> str:
    return "".join(
        ["<sentences>"]
        + [
            f'<sentence id="{id}"><text>{text}</text><aspectTerms>'
            + "".join(
                f'<aspectTerm term="{a["term"]}" polarity="{a["polarity"]}" from="{a["start"]}" '
                f'to="{a["end"]}"/>'
                for a in aspects
            )
            + "</aspectTerms></sentence>"
            for id, text, aspects in _by_sentence(sentences)
        ]
        + ["</sentences>"]
    )


def _semeval_2016(sentences: Sentences) -> str:
    content = _semeval_2014(sentences).replace("aspectTerm term=", 'Opinion category="A#B" target=')
    content = content.replace("aspectTerms>", "Opinions>").replace("<sentences>", "<sentences>", 1)
    return f'<Reviews><Review rid="r">{content}</Review></Reviews>'


def _arts(sentences: Sentences) -> str:
    return json.dumps(
        {
            row["id"]: {
                "sentence": row["text"],
                "term": row["term"],
                "polarity": row["polarity"],
                "from": row["start"],
                "to": row["end"],
            }
            for row in _rows(sentences)
        }
    )


def _arts_by_sentence(sentences: Sentences) -> str:
    return json.dumps(
        {
            id: {
                "sentence": text,
                "term_list": {
                    a["id"]: {
                        "term": a["term"],
                        "polarity": a["polarity"],
                        "from": a["start"],
                        "to": a["end"],
                    }
                    for a in aspects
                },
            }
            for id, text, aspects in _by_sentence(sentences)
        }
    )


def _lines(rows: Iterator[dict[str, Any]]) -> str:
    return "\n".join(map(json.dumps, rows))


def _rows_by_sentence(sentences: Sentences) -> Iterator[dict[str, Any]]:
    for id, text, aspects in _by_sentence(sentences):
        yield {"id": id, "text": text, "aspects": aspects}


def _rows_with_aspects(sentences: Sentences) -> str:
    """A row for each opinion, which lists all those of its sentence that are on a word, and labelled."""
    listed = {
        text: [a for a in aspects if a["term"] != "NULL" and a["polarity"]]
        for _, text, aspects in _by_sentence(sentences)
    }
    rows = list(_rows(sentences))
    return _lines({**row, "aspects": listed[row["text"]]} for row in rows)


def _csv(sentences: Sentences, names: Sequence[str]) -> str:
    rows = [",".join(f'"{row[name]}"' for name in names) for row in _rows(sentences)]
    return "\n".join([",".join(names), *rows])


def _three_lines(sentences: Sentences) -> str:
    lines: list[str] = []
    for number, opinions in enumerate(sentences, 1):
        for opinion in sorted(opinions, key=lambda opinion: opinion.word == NULL):  # the sentence unbroken
            start, end = opinion.span
            text = text_of(number)
            place = f"{text[:start]}$T${text[end:]}"
            null = f"$T$ {text}"
            lines += (null if opinion.word == NULL else place, opinion.term, opinion.label)
    return "\n".join(lines)


def _triplets(sentences: Sentences) -> str:
    return "\n".join(
        f"{text_of(number)}####{[([o.word], [0], o.label) for o in opinions]}"
        for number, opinions in enumerate(sentences, 1)
    )


def _quads(sentences: Sentences) -> str:
    return "\n".join(
        f"{text_of(number)}####{[[o.term, 'food quality', o.label, 'Good'] for o in opinions]}"
        for number, opinions in enumerate(sentences, 1)
    )


def _pairs(sentences: Sentences) -> str:
    return json.dumps(
        [
            {"text": text_of(number), "aspects": [[o.term, o.label] for o in opinions]}
            for number, opinions in enumerate(sentences, 1)
        ]
    )


_COLUMNS = ("id", "text", "term", "start", "end", "polarity")
OPINION_FILES: dict[str, tuple[str, Callable[[Sentences], str]]] = {
    "SemEval 2014": ("a.xml", _semeval_2014),
    "SemEval 2016": ("b.xml", _semeval_2016),
    "ARTS": ("c.json", _arts),
    "ARTS by sentence": ("d.json", _arts_by_sentence),
    "JSON": ("e.json", lambda s: json.dumps(list(_rows(s)))),
    "JSONL": ("f.jsonl", lambda s: _lines(_rows(s))),
    "JSONL by sentence": ("g.jsonl", lambda s: _lines(_rows_by_sentence(s))),
    "JSONL with aspects": ("h.jsonl", _rows_with_aspects),
    "CSV": ("i.csv", lambda s: _csv(s, _COLUMNS)),
    "CSV without ids": ("j.csv", lambda s: _csv(s, _COLUMNS[1:])),
    "three lines": ("k.raw", _three_lines),
    "triplets": ("l.txt", _triplets),
}
WITHOUT_OFFSETS: dict[str, tuple[str, Callable[[Sentences], str]]] = {
    "quads": ("m.txt", _quads),
    "pairs": ("n.json", _pairs),
    "CSV without offsets": ("o.csv", lambda s: _csv(s, ("text", "term", "polarity"))),
}
