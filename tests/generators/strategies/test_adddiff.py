"""ADDDIFF: aspects of the other polarity added."""

from __future__ import annotations

import pytest
from helpers.generation import NEGATIVE, POSITIVE, first, outcomes
from helpers.sentences import marked_sentence

from arts.data.errors import UnknownNameError
from arts.data.schema import Instance, Strategy
from arts.generators.opinions.analysis import Analyst
from arts.generators.strategies.aspectset import AspectClause, AspectSet
from arts.generators.strategies.checks import fault
from arts.generators.strategies.joints import DEFAULT_TEMPLATES, TEMPLATES, Place, template_names
from arts.generators.strategies.variants import Reason

ADDDIFF = Strategy.ADDDIFF
EVERYWHERE = [name for name, joint in TEMPLATES.items() if joint.place is not Place.INSIDE]


def adddiff(analyst: Analyst, text: str, template: str, *, k: int = 1, seed: int = 1) -> str:
    """The text of the variant, or the reason why there is none."""
    found = first(analyst, text, ADDDIFF, k=k, templates=(template,), seed=seed)
    return found.text if isinstance(found, Instance) else str(found)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("template", EVERYWHERE)
def test_adddiff_adds_k_aspects_of_the_other_polarity(analyst: Analyst, k: int, template: str) -> None:
    source = "The {screen|+} is sharp."
    for seed in range(4):
        variant = first(analyst, source, ADDDIFF, k=k, templates=(template,), seed=seed)
        if template == "aside" and variant is Reason.TEMPLATE:
            continue  # a name takes no adjective before it
        assert isinstance(variant, Instance)
        assert variant.polarity is POSITIVE
        added = [a for a in variant.aspects if a.term != "screen"]
        assert len(added) == len({a.term for a in added}) == k
        assert {a.polarity for a in added} == {NEGATIVE}
        assert all(variant.text[a.start : a.end] == a.term for a in added)
        assert all(variant.text[o.start : o.end] == o.text for a in added for o in a.opinions)
        assert fault("The screen is sharp.", variant.text) is None
        assert "fans are" in variant.text or "noisy fans" in variant.text or "fans" not in variant.text
        assert "the Windows" not in variant.text


SITES = [
    ("between", "The {screen|+} is sharp. My son loves to draw.", "is sharp. The ", " My son"),
    ("between, though", "The {screen|+} is sharp! My son draws.", "is sharp! The ", ", though. My son"),
    ("brackets", "The {screen|+} is sharp and my son loves to draw.", "is sharp (the ", ", though) and my"),
    ("though inside", "The {screen|+} is sharp, and my son draws.", "is sharp, though the ", ", and my son"),
    ("dashes", "The {screen|+} is sharp, and my son draws.", "is sharp - the ", ", though - and my son"),
    ("opening", "In short, the {screen|+} is sharp.", "In short, although the ", ", the screen is sharp."),
    ("unlike", "The {screen|+} is really sharp.", "The screen, unlike the ", ", is really sharp."),
]


@pytest.mark.parametrize(("template", "source", "before", "after"), SITES)
def test_adddiff_inside_a_sentence(
    analyst: Analyst, template: str, source: str, before: str, after: str
) -> None:
    texts = [adddiff(analyst, source, template, seed=seed) for seed in range(6)]
    fitting = [text for text in texts if before in text and after in text]
    assert fitting, texts
    assert set(texts) - set(fitting) <= {str(Reason.TEMPLATE)} | {t for t in texts if "Windows" in t}


WORDINGS = [
    ("but", "The {screen|+} is sharp!", "The screen is sharp, but the ", "!"),
    ("but", "The {screen|+} is sharp", "The screen is sharp, but the ", "."),
    ("while", "The {screen|+} is sharp.", "While the ", ", the screen is sharp."),
    ("although", "My {screen|+} is sharp.", "Although the ", ", my screen is sharp."),
    ("granted", "I love the {screen|+}.", "Granted, the ", ", but I love the screen."),
    ("but before", "We love the {screen|+}.", "The ", ", but we love the screen."),
    ("before", "Love the {screen|+}!!", "The ", ". Love the screen!!"),
    ("sentence", "Is the {screen|+} not sharp?", "Is the screen not sharp? The ", "."),
    ("sentence", 'My son calls the {screen|+} "sharp"', 'My son calls the screen "sharp" The ', "."),
    ("that said", "Nice {screen|+}...", "Nice screen... That said, the ", "."),
    ("sentence", "THE {SCREEN|+} IS REALLY SHARP!!!", "THE SCREEN IS REALLY SHARP!!! THE ", "."),
]


@pytest.mark.parametrize(("template", "source", "beginning", "end"), WORDINGS)
def test_adddiff_marks_and_capitals(
    analyst: Analyst, template: str, source: str, beginning: str, end: str
) -> None:
    texts = [adddiff(analyst, source, template, seed=seed) for seed in range(8)]
    plain = [text for text in texts if "windows" not in text.lower()]
    assert plain
    assert all(text.startswith(beginning) and text.endswith(end) for text in plain), plain


UNFIT = [
    ("but", "Is the {screen|+} not sharp?", Reason.TEMPLATE),
    ("but", "The {screen|+} is sharp but glossy.", Reason.TEMPLATE),
    ("on the other hand", "The {screen|+} is sharp, although the {lid|-} squeaks.", Reason.TEMPLATE),
    ("side", "We got a {screen|0} with it.", Reason.TEMPLATE),
    ("side", "The {screen|+} is sharp and the {lid|-} is loose.", Reason.TEMPLATE),
    ("before", "It has a sharp {screen|+}.", Reason.TEMPLATE),
    ("while", "Their {screen|+} is sharp.", Reason.TEMPLATE),
    ("while", "Sharp {screen|+}, bright {colors|+}.", Reason.TEMPLATE),
    ("while", "Screen: sharp {picture|+}.", Reason.TEMPLATE),
    ("sentence", "Everything is fine, above all the {screen|+}.", Reason.TEMPLATE),
    ("sentence", "The {screen|+} is sharp, I have no complaints.", Reason.NO_ROOM),
    ("sentence", "My only gripe would be the lack of a bag, the {screen|+} is sharp.", Reason.NO_ROOM),
    ("sentence", "I could not ask for a better {screen|+}.", Reason.NO_ROOM),
    ("sentence", "The only good thing is the bag, the {screen|-} is dim.", Reason.NO_ROOM),
    ("sentence", "There is nothing good about this {screen|-}.", Reason.NO_ROOM),
]


@pytest.mark.parametrize(("template", "source", "reason"), UNFIT)
def test_adddiff_is_silent_where_it_would_not_fit(
    analyst: Analyst, template: str, source: str, reason: Reason
) -> None:
    assert adddiff(analyst, source, template) == str(reason)


def test_adddiff_mentions_no_aspect_twice(analyst: Analyst) -> None:
    for seed in range(30):
        variant = first(analyst, "The {battery|+} and its fan are fine.", ADDDIFF, k=3, seed=seed)
        assert isinstance(variant, Instance)
        assert variant.text.lower().count("battery") == 1
        assert "fans" not in variant.text


@pytest.mark.parametrize("k", [6, 10])
def test_adddiff_adds_fewer_and_says_so_when_the_pool_is_too_small(analyst: Analyst, k: int) -> None:
    (outcome,) = outcomes(analyst, "The {screen|+} is sharp.", ADDDIFF, k=k)
    assert outcome.remark is Reason.FEWER
    assert 3 <= len(outcome.candidates[0].aspects) - 1 < k
    (enough,) = outcomes(analyst, "The {screen|+} is sharp.", ADDDIFF, k=2)
    assert enough.remark is None


def test_adddiff_takes_from_the_domain_of_the_sentence() -> None:
    pool = AspectSet(
        (
            AspectClause("battery", "weak", NEGATIVE, domain="laptop"),
            AspectClause("soup", "cold", NEGATIVE, domain="food"),
        )
    )
    assert [clause.term for clause in pool.clauses_in("food", NEGATIVE)] == ["soup"]
    assert len(pool.clauses_in("", NEGATIVE)) == 2


def test_adddiff_past_tense_of_a_sentence_in_the_past(analyst: Analyst) -> None:
    text = adddiff(analyst, "The {screen|+} cracked when I dropped it, I loved it.", "sentence", k=3)
    assert " is " not in text
    assert " was " in text


def test_adddiff_three_claims_are_no_list(analyst: Analyst) -> None:
    text = adddiff(analyst, "The {screen|+} is sharp.", "sentence", k=3)
    assert text.endswith(", too.")
    assert ", and " not in text


@pytest.mark.parametrize("template", ["sentence", "but", "before", "that said"])
@pytest.mark.parametrize(
    "text", ["The {screen|+} is &quot;sharp&quot;", "R&amp;D made a sharp {screen|+} &amp;"]
)
def test_adddiff_entities_stay_whole(analyst: Analyst, text: str, template: str) -> None:
    variant = adddiff(analyst, text, template)
    assert variant.count("&") == text.count("&") or variant == str(Reason.TEMPLATE)
    assert variant.count(";") == text.count(";") or variant == str(Reason.TEMPLATE)


@pytest.mark.parametrize("end", ["", ".", "..", "...", "!", "!!", " .", "?"])
@pytest.mark.parametrize("template", EVERYWHERE)
def test_adddiff_regression_no_full_stop_is_doubled(analyst: Analyst, end: str, template: str) -> None:
    text = "The {screen|+} is sharp" + end
    added = first(analyst, text, ADDDIFF, templates=(template,), k=1)
    if not isinstance(added, Instance):
        assert added is Reason.TEMPLATE
        assert end in ("..", "...", "?") or template == "aside"
        return
    assert fault(marked_sentence(text).text, added.text) is None


def test_adddiff_templates_by_place_and_at_least_twelve() -> None:
    assert len(DEFAULT_TEMPLATES) >= 12
    assert template_names(["last", "but"]) == template_names(["last"])
    assert {TEMPLATES[name].place for name in template_names(["first"])} == {Place.FIRST}
    assert set(template_names(list(Place))) == set(DEFAULT_TEMPLATES)
    with pytest.raises(UnknownNameError, match='unknown template "insde"'):
        template_names(["insde"])


def test_adddiff_the_same_clauses_whatever_the_template(analyst: Analyst) -> None:
    def terms(*templates: str) -> set[str]:
        variant = first(analyst, "The {screen|+} is sharp.", ADDDIFF, k=2, templates=templates)
        assert isinstance(variant, Instance)
        return {aspect.term for aspect in variant.aspects}

    assert terms("but") == terms("before") == terms("sentence")
