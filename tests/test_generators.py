"""The generators on sentences of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pytest
from builders import marked

from arts.data.errors import DataError
from arts.data.schema import Aspect, Edit, Instance, Opinion, Polarity, Sentence, Strategy
from arts.generators.english.negation.insert import insert_negation, negator_of, remove_negation
from arts.generators.generator import Generator, Options, Outcome
from arts.generators.opinions.analysis import Analyst
from arts.generators.opinions.extraction import find
from arts.generators.opinions.lexicon import Lexicon, Part
from arts.generators.strategies.adddiff import TEMPLATES
from arts.generators.strategies.aspectset import Pool, Said, mine
from arts.generators.strategies.checks import fault
from arts.generators.strategies.edits import EditError, apply, carried, joined, with_articles
from arts.generators.strategies.revtgt import Neutral
from arts.generators.strategies.variants import Reason

POSITIVE, NEGATIVE, NEUTRAL = Polarity
POOL = Pool(
    tuple(
        sorted(
            [
                Said("keyboard", "comfortable", POSITIVE),
                Said("speakers", "loud", POSITIVE, plural=True),
                Said("Windows", "stable", POSITIVE, named=True),
                Said("lid", "sturdy", POSITIVE),
                Said("battery", "weak", NEGATIVE),
                Said("fans", "noisy", NEGATIVE, plural=True),
                Said("Windows", "slow", NEGATIVE, named=True),
                Said("hinge", "flimsy", NEGATIVE),
                Said("webcam", "grainy", NEGATIVE),
            ]
        )
    )
)


@pytest.fixture(scope="module")
def analyst() -> Analyst:
    return Analyst()


def outcomes(analyst: Analyst, text: str, strategy: Strategy, **options: object) -> list[Outcome]:
    generator = Generator(POOL, Options((strategy,), **options), analyst)  # type: ignore[arg-type]
    ((_, found),) = generator.outcomes([marked(text)])
    return found


def first(analyst: Analyst, text: str, strategy: Strategy, **options: object) -> Instance | Reason:
    """What becomes of the first aspect."""
    outcome = outcomes(analyst, text, strategy, **options)[0]
    return outcome.reason or outcome.candidates[0]


def token(analyst: Analyst, text: str, word: str):
    (analysis,) = analyst.read([Sentence("1", text, ())])
    return next(t for t in analysis.doc if t.text == word)


# Edits


def test_edits_carry_spans_and_drop_what_they_replace() -> None:
    text = "Good soup, fast staff."
    edits = joined([Edit(11, 15, "fast", "unhurried", "a"), Edit(0, 4, "Good", "Bad", "a")])
    soup = Aspect("soup", 5, 9, POSITIVE, (Opinion("Good", 0, 4),))
    after = apply(text, edits)
    moved = carried(soup, after, edits)
    assert after == "Bad soup, unhurried staff."
    assert (moved.start, moved.end, moved.opinions) == (4, 8, ())


def test_edits_that_overlap_or_touch_the_term_are_refused() -> None:
    with pytest.raises(EditError, match="twice"):
        joined([Edit(0, 4, "Good", "Bad", "a"), Edit(0, 4, "Good", "Poor", "a")])
    with pytest.raises(EditError, match="soup"):
        carried(Aspect("soup", 5, 9, POSITIVE), "Good broth.", (Edit(5, 9, "soup", "broth", "a"),))


@pytest.mark.parametrize(
    ("text", "before", "after", "expected"),
    [
        ("It is a fast laptop.", "fast", "unbearably slow", "It is an unbearably slow laptop."),
        ("An awful screen.", "awful", "great", "A great screen."),
        ("It has an 8-inch screen, a good one.", "good", "ugly", "It has an 8-inch screen, an ugly one."),
    ],
)
def test_articles_agree_with_what_follows(text: str, before: str, after: str, expected: str) -> None:
    start = text.index(before)
    edits = with_articles(text, (Edit(start, start + len(before), before, after, "antonym"),))
    assert apply(text, edits) == expected


# Negation


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("The lid slows it down.", "slows", "The lid does not slow it down."),
        ("The lid slowed it down.", "slowed", "The lid did not slow it down."),
        ("I recommend the soup.", "recommend", "I do not recommend the soup."),
        ("I would recommend the soup.", "recommend", "I would not recommend the soup."),
        ("They can fix it.", "fix", "They cannot fix it."),
        ("It's easy to like.", "easy", "It's not easy to like."),
        ("I've enjoyed it.", "enjoyed", "I haven't enjoyed it."),
        ("It'll impress you.", "impress", "It won't impress you."),
        ("The food is good, it's true.", "good", "The food isn't good, it's true."),
        ("It is a great size.", "great", "It is not a great size."),
        ("It has a great screen.", "great", "It does not have a great screen."),
        ("I am extremely happy.", "happy", "I am not happy."),
        ("I really like the design.", "like", "I do not really like the design."),
        ("I highly recommend it.", "recommend", "I do not recommend it."),
        ("I had issues with the lid.", "issues", "I had no issues with the lid."),
        ("There was a problem.", "problem", "There was no problem."),
        ("Easy to carry.", "Easy", "Not easy to carry."),
    ],
)
def test_a_negation_goes_where_english_puts_it(analyst: Analyst, text: str, word: str, expected: str) -> None:
    contract = "'" in text
    negation = insert_negation(token(analyst, text, word), contract=contract)
    assert negation is not None
    assert apply(text, joined(negation.edits)) == expected


@pytest.mark.parametrize("text", ["Is the food good?", "The food is not good.", "The food isn't good."])
def test_a_negation_is_never_doubled_nor_put_into_a_question(analyst: Analyst, text: str) -> None:
    word = token(analyst, text, "good")
    assert negator_of(word) is not None or insert_negation(word, contract=False) is None


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("The soup isn't good.", "good", "The soup is good."),
        ("The soup is not very good.", "good", "The soup is very good."),
        ("The soup is not that good.", "good", "The soup is very good."),
        ("It does not work.", "work", "It works."),
        ("It doesn't work at all.", "work", "It works."),
        ("It didn't start.", "start", "It started."),
        ("They won't help.", "help", "They will help."),
        ("I can't open it.", "open", "I can open it."),
        ("I cannot open it.", "open", "I can open it."),
        ("I don't think the soup is good.", "good", "I think the soup is good."),
        ("It was barely usable.", "usable", "It was usable."),
        ("There were no problems.", "problems", "There were some problems."),
        ("It has no flaw.", "flaw", "It has a flaw."),
        ("It came without issues.", "issues", "It came with issues."),
        ("I don't have any complaints.", "complaints", "I have some complaints."),
        ("Not good.", "good", "Good."),
    ],
)
def test_a_negation_is_taken_out_grammatically(analyst: Analyst, text: str, word: str, expected: str) -> None:
    place = token(analyst, text, word)
    negator = negator_of(place)
    assert negator is not None
    edits = remove_negation(negator, place)
    assert edits is not None
    assert apply(text, joined(edits)) == expected


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("It is not only good but cheap.", "good"),
        ("No doubt it is good.", "good"),
        ("It doesn't break and it looks good.", "good"),
        ("The food is good, not the wine.", "good"),
    ],
)
def test_a_negation_of_something_else_is_not_the_words(analyst: Analyst, text: str, word: str) -> None:
    assert negator_of(token(analyst, text, word)) is None


# REVTGT


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("The {screen|-} is too dim.", r"The screen is [a-z-]+ enough\."),
        ("The {screen|-} is a bit dim.", r"The screen is [a-z-]+\."),
        ("The {soup|-} was far too sweet.", r"The soup was just sweet enough\."),
        ("The {fan|-} is a little noisy.", r"The fan is [a-z-]+\."),
        ("The {software|+} runs well.", r"The software runs (badly|poorly)\."),
        ("BEST {rolls|+} in town.", r"WORST rolls in town\."),
        ("The {ports|+} respond almost instantly.", r"The ports respond \w+\."),
        ("The {case|+} is easy to carry and handle.", r"The case is \w+ to carry and handle\."),
        ("The {battery|+} never fails.", r"The battery (often|constantly) fails\."),
        ("The {waiter|-} never smiled.", r"The waiter always smiled\."),
        ("It has the best {pizza|+} in town.", r"It has the worst pizza in town\."),
        ("The {pizza|+} is better than most.", r"The pizza is worse than most\."),
        ("The {lid|+} is more reliable.", r"The lid is less reliable\."),
        ("{Service|-} was slow but the {soup|+} was hot.", r"Service was \w+ and the soup was hot\."),
        (
            "Although the {soup|+} was tasty, the {staff|-} was rude.",
            r"The soup was [\w ]+, and the staff was rude\.",
        ),
        ("The {soup|+} was tasty, the {staff|+} was kind.", r"The soup was [\w ]+, but the staff was kind\."),
        (
            "The {soup|+} was tasty although the {staff|-} was rude.",
            r"The soup was [\w ]+ and the staff was rude\.",
        ),
        (
            "The {soup|+} was tasty and the {staff|+} was kind.",
            r"The soup was [\w ]+ but the staff was kind\.",
        ),
    ],
)
def test_revtgt_reverses_the_target(analyst: Analyst, text: str, pattern: str) -> None:
    variant = first(analyst, text, Strategy.REVTGT)
    assert isinstance(variant, Instance), variant
    assert re.fullmatch(pattern, variant.text), variant.text
    source = marked(text)
    assert variant.polarity is source.aspects[0].polarity.opposite
    assert [a.polarity for a in variant.aspects[1:]] == [a.polarity for a in source.aspects[1:]]


def test_revtgt_changes_an_aspect_that_shares_the_words_with_the_target(analyst: Analyst) -> None:
    variant = first(analyst, "The {soup|+} and the {bread|+} were delicious.", Strategy.REVTGT)
    assert isinstance(variant, Instance)
    assert {a.term: a.polarity for a in variant.aspects} == {"soup": NEGATIVE, "bread": NEGATIVE}


def test_revtgt_of_a_neutral_target_keeps_the_label_or_skips(analyst: Analyst) -> None:
    text = "I wanted a fast {port|0}."
    kept = first(analyst, text, Strategy.REVTGT)
    assert isinstance(kept, Instance)
    assert kept.polarity is NEUTRAL
    assert first(analyst, text, Strategy.REVTGT, neutral=Neutral.SKIP) is Reason.NEUTRAL


def test_revtgt_uses_the_annotation_when_there_is_one(analyst: Analyst) -> None:
    text = "The soup was hot and tasty."
    soup = Aspect("soup", 4, 8, POSITIVE, (Opinion("tasty", 21, 26),))
    generator = Generator(POOL, Options((Strategy.REVTGT,)), analyst)
    ((_, (outcome,)),) = generator.outcomes([Sentence("1", text, (soup,))])
    assert outcome.candidates[0].text.startswith("The soup was hot ")


def test_revtgt_rejects_what_says_nothing(analyst: Analyst) -> None:
    assert first(analyst, "We got a {table|+} at the window.", Strategy.REVTGT) is Reason.NO_OPINION


@pytest.mark.parametrize(
    "text",
    [
        "Who needs a better {screen|+}?",
        "It is not only a good {screen|+} but a cheap one.",
        "The {hardware|-} problems are bad.",
        "The {hinge|+} is unmatched by others.",
    ],
)
def test_revtgt_leaves_alone_what_its_words_alone_do_not_say(analyst: Analyst, text: str) -> None:
    assert isinstance(first(analyst, text, Strategy.REVTGT), Reason)


# REVNON


def test_revnon_reverses_the_others_and_leaves_the_target_alone(analyst: Analyst) -> None:
    variant = first(analyst, "The {soup|+} was tasty and the {staff|+} was kind.", Strategy.REVNON)
    assert isinstance(variant, Instance)
    assert variant.text.startswith("The soup was tasty but the staff was ")
    assert {a.term: a.polarity for a in variant.aspects} == {"soup": POSITIVE, "staff": NEGATIVE}


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("The {soup|+} was tasty but the {fonts|-} are small.", r".* the fonts are (really|very|so) small\."),
        ("The {soup|+} was tasty but the {view|-} was awful.", r".* the view was really awful\."),
        ("The {soup|+} was tasty but the {noise|-} is louder.", r".* the noise is (much|far) louder\."),
    ],
)
def test_revnon_exaggerates_what_differs_with_a_word_that_fits(
    analyst: Analyst, text: str, pattern: str
) -> None:
    variant = first(analyst, text, Strategy.REVNON)
    assert isinstance(variant, Instance)
    assert re.fullmatch(pattern, variant.text), variant.text
    assert [a.polarity for a in variant.aspects] == [POSITIVE, NEGATIVE]


def test_revnon_leaves_a_negation_alone_that_the_target_shares(analyst: Analyst) -> None:
    text = "The system is not fast at booting."
    booting = Aspect("booting", 26, 33, NEGATIVE, (Opinion("not", 14, 17),))
    system = Aspect("system", 4, 10, NEGATIVE, (Opinion("not fast", 14, 22),))
    generator = Generator(POOL, Options((Strategy.REVNON,)), analyst)
    ((_, outcomes),) = generator.outcomes([Sentence("1", text, (system, booting))])
    assert [outcome.reason for outcome in outcomes if outcome.source.aspect == booting] == [Reason.MIXED]


# ADDDIFF


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("template", TEMPLATES)
def test_adddiff_adds_k_aspects_of_the_other_polarity(analyst: Analyst, k: int, template: str) -> None:
    source = "The {screen|+} is sharp."
    variant = first(analyst, source, Strategy.ADDDIFF, k=k, templates=(template,))
    assert isinstance(variant, Instance)
    assert variant.polarity is POSITIVE
    added = [a for a in variant.aspects if a.term != "screen"]
    assert len(added) == len({a.term for a in added}) == k
    assert {a.polarity for a in added} == {NEGATIVE}
    assert all(variant.text[a.start : a.end] == a.term for a in added)
    assert fault("The screen is sharp.", variant.text) is None
    assert "the fans are" in variant.text.lower() or "fans" not in variant.text
    assert "the Windows" not in variant.text


def test_adddiff_mentions_no_aspect_twice(analyst: Analyst) -> None:
    for seed in range(30):
        variant = first(analyst, "The {battery|+} and its fan are fine.", Strategy.ADDDIFF, k=3, seed=seed)
        assert isinstance(variant, Instance)
        assert variant.text.lower().count("battery") == 1
        assert "fans" not in variant.text


def test_adddiff_says_when_the_pool_is_too_small(analyst: Analyst) -> None:
    assert first(analyst, "The {screen|+} is sharp.", Strategy.ADDDIFF, k=6) is Reason.POOL


def test_adddiff_takes_from_the_domain_of_the_sentence() -> None:
    pool = Pool(
        (Said("battery", "weak", NEGATIVE, domain="laptop"), Said("soup", "cold", NEGATIVE, domain="food"))
    )
    assert [said.term for said in pool.of("food", NEGATIVE)] == ["soup"]
    assert len(pool.of("", NEGATIVE)) == 2


def test_the_aspectset_holds_what_reads_well_alone(analyst: Analyst) -> None:
    training = [
        marked("The {keyboard|+} is comfortable.", "1"),
        marked("It came with a flimsy {hinge|-}.", "2"),
        marked("The {fans|-} are noisy.", "3"),
        marked("The {screen|-} is not bright.", "4"),
        marked("The {lid|+} is comfortable to open.", "5"),
    ]
    said = {one.clause for one in mine(training, analyst).said}
    assert said == {"the keyboard is comfortable", "the hinge is flimsy", "the fans are noisy"}


# Opinion terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The {soup|+} was delicious.", ["delicious"]),
        ("Delicious {soup|+}, rude {staff|-}.", ["Delicious"]),
        ("I love the {soup|+}.", ["love"]),
        ("The {soup|+} was tasty and cheap, but the {staff|-} was rude.", ["tasty", "cheap"]),
        ("We were disappointed by the {soup|-}.", ["disappointed"]),
        ("The {soup|-} was not good.", ["good"]),
        ("The {lid|-} won't close.", ["close"]),
    ],
)
def test_opinion_terms_are_found_without_annotation(analyst: Analyst, text: str, expected: list[str]) -> None:
    sentence = marked(text)
    (analysis,) = analyst.read([sentence])
    words = find(analysis, sentence.aspects[0], sentence.aspects[1:])
    assert [analysis.doc[word.start : word.end].text for word in words] == expected


# Regression: faults of the earlier tools (issue 3)


def test_regression_a_negation_outside_the_term_flips_with_it(analyst: Analyst) -> None:
    """ "not good" never becomes "not bad" with a flipped label."""
    text = "The soup was not good."
    soup = Aspect("soup", 4, 8, NEGATIVE, (Opinion("good", 17, 21),))
    generator = Generator(POOL, Options((Strategy.REVTGT,)), analyst)
    ((_, (outcome,)),) = generator.outcomes([Sentence("1", text, (soup,))])
    assert outcome.candidates[0].text == "The soup was good."


def test_regression_no_marker_is_left_in_the_text() -> None:
    assert fault("It is good.", "It is [NEG] good.") == "a left-over marker"
    assert fault("It is good.", "It is {bad}.") == "a left-over marker"


def test_regression_but_inside_another_word_is_no_conjunction(analyst: Analyst) -> None:
    variant = first(analyst, "The {butter|+} was fresh.", Strategy.REVTGT)
    assert isinstance(variant, Instance)
    assert variant.text.startswith("The butter was ")
    added = first(analyst, "The {butter|+} was fresh.", Strategy.ADDDIFF, templates=("but",))
    assert isinstance(added, Instance)
    assert ", but " in added.text


def test_regression_the_last_letter_is_not_cut_off(analyst: Analyst) -> None:
    added = first(analyst, "The {screen|+} is sharp", Strategy.ADDDIFF, templates=("but",))
    assert isinstance(added, Instance)
    assert added.text.startswith("The screen is sharp, but ")


@pytest.mark.parametrize("end", ["", ".", "..", "...", "!", "!!", " .", "?"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_regression_no_full_stop_is_doubled(analyst: Analyst, end: str, template: str) -> None:
    text = "The {screen|+} is sharp" + end
    added = first(analyst, text, Strategy.ADDDIFF, templates=(template,))
    if end == "?" and TEMPLATES[template].inside:
        assert added is Reason.TEMPLATE
        return
    assert isinstance(added, Instance)
    assert fault(marked(text).text, added.text) is None


def test_regression_shared_words_are_not_reversed_under_the_targets_label(analyst: Analyst) -> None:
    for outcome in outcomes(analyst, "I love the {soup|+} and the {bread|+}.", Strategy.REVNON):
        assert outcome.reason is Reason.NO_CHANGE


def test_regression_exaggerated_aspects_keep_their_label(analyst: Analyst) -> None:
    variant = first(analyst, "The {soup|+} was tasty but the {staff|-} was slow.", Strategy.REVNON)
    assert isinstance(variant, Instance)
    assert [a.polarity for a in variant.aspects] == [POSITIVE, NEGATIVE]


@pytest.mark.parametrize(
    ("source", "text", "name"),
    [
        ("It works.", "It does not not work.", "a doubled negation"),
        ("It is a size.", "It is a not great size.", '"a not"'),
        ("It works.", "It works, but, the lid is weak.", None),
        ("It works.", "It works.. The lid is weak.", "doubled punctuation"),
        ("It works..", "It works.. The lid is weak.", None),
        ("It works.", "It works.", "no change"),
    ],
)
def test_a_check_names_the_fault_unless_the_source_has_it(source: str, text: str, name: str | None) -> None:
    assert fault(source, text) == name


# The lexicon


def lexicon_lines() -> Iterator[str]:
    from arts.generators.opinions.lexicon import OPINIONS

    yield from OPINIONS.read_text(encoding="utf-8").splitlines()


def test_the_lexicon_holds_a_thousand_words_with_opposites_of_the_other_sign() -> None:
    lexicon = Lexicon.load()
    assert len(lexicon.entries) >= 1000
    for entry in lexicon.entries:
        for text in entry.replacements:
            other = lexicon.words.get((text, entry.part))
            if entry.part is not Part.IDIOM and entry.sign and other and other.sign:
                assert other.sign == -entry.sign, f"{entry.word} → {text}"
    assert list(lexicon_lines()) == sorted(lexicon_lines(), key=lambda line: line.split("\t")[1::-1])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("good\tADJ\tpositive", "line 1: 3 columns; expected 4"),
        ("good\tXYZ\tpositive\tbad", "line 1: 'XYZ' is not a valid Part"),
        ("good\tADJ\tnice\tbad", 'line 1: polarity "nice"; expected one of: positive, negative, either'),
    ],
)
def test_a_wrong_line_of_a_lexicon_is_named(write, line: str, message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        Lexicon.load(write("lexicon.tsv", line))


def test_draws_depend_on_the_seed_and_the_id_only(analyst: Analyst) -> None:
    text = "The {soup|+} was great and the {staff|+} was friendly."
    generator = Generator(POOL, Options(), analyst)
    alone = dict(generator.outcomes([marked(text, "9")]))
    others = [marked("The {lid|-} is weak.", str(n)) for n in range(5)]
    among = dict(generator.outcomes([*others, marked(text, "9")]))
    assert among[marked(text, "9")] == alone[marked(text, "9")]
    assert Random("1 x").random() == Random("1 x").random()
