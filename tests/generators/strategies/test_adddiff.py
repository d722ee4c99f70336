"""ADDDIFF: aspects of the other polarity added."""

from __future__ import annotations

import pytest
from helpers.generation import NEGATIVE, POSITIVE, first
from helpers.sentences import marked_sentence

from arts.data.schema import Instance, Strategy
from arts.generators.generator import GenerationOptions, Generator
from arts.generators.opinions.analysis import Analyst
from arts.generators.strategies.adddiff import TEMPLATES
from arts.generators.strategies.aspectset import AspectClause, AspectSet
from arts.generators.strategies.checks import fault
from arts.generators.strategies.variants import Reason


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


def test_adddiff_adds_as_many_as_the_pool_has(analyst: Analyst) -> None:
    variant = first(analyst, "The {screen|+} is sharp.", Strategy.ADDDIFF, k=6)
    assert isinstance(variant, Instance)
    assert len(variant.aspects) - 1 == 5


def test_adddiff_says_when_the_pool_has_nothing(analyst: Analyst) -> None:
    generator = Generator(AspectSet(), GenerationOptions((Strategy.ADDDIFF,)), analyst)
    ((_, (outcome,)),) = generator.outcomes([marked_sentence("The {screen|+} is sharp.")])
    assert outcome.reason is Reason.POOL


def test_adddiff_takes_from_the_domain_of_the_sentence() -> None:
    pool = AspectSet(
        (
            AspectClause("battery", "weak", NEGATIVE, domain="laptop"),
            AspectClause("soup", "cold", NEGATIVE, domain="food"),
        )
    )
    assert [clause.term for clause in pool.clauses_in("food", NEGATIVE)] == ["soup"]
    assert len(pool.clauses_in("", NEGATIVE)) == 2


def test_adddiff_regression_the_last_letter_is_not_cut_off(analyst: Analyst) -> None:
    added = first(analyst, "The {screen|+} is sharp", Strategy.ADDDIFF, templates=("but",))
    assert isinstance(added, Instance)
    assert added.text.startswith("The screen is sharp, but ")


@pytest.mark.parametrize("end", ["", ".", "..", "...", "!", "!!", " .", "?"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_adddiff_regression_no_full_stop_is_doubled(analyst: Analyst, end: str, template: str) -> None:
    text = "The {screen|+} is sharp" + end
    added = first(analyst, text, Strategy.ADDDIFF, templates=(template,))
    if end == "?" and TEMPLATES[template].inside:
        assert added is Reason.TEMPLATE
        return
    assert isinstance(added, Instance)
    assert fault(marked_sentence(text).text, added.text) is None
