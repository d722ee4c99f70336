"""The judge of acceptability, and what the generator does with what it says."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from helpers.generation import POOL
from helpers.sentences import marked_sentence

from arts.data.errors import DataError
from arts.data.schema import PERTURBATIONS, Instance, Strategy
from arts.generators.acceptability.features import VariantKind, kind_of, variant_features
from arts.generators.acceptability.judge import Judge, JudgedSentence
from arts.generators.acceptability.sentence_features import SentenceFeatures
from arts.generators.generator import GenerationOptions, Generator, Outcome
from arts.generators.opinions.analysis import Analyst
from arts.generators.opinions.opinion_assignment import OpinionAssignment
from arts.generators.strategies.variants import Reason

TEXT = "The {screen|+} is bright and the {fan|+} is quiet."


def judge(weight: float = 0.0, *, name: str = "bias", threshold: float = 0.5) -> Judge:
    """A judge with one weight, the same for both kinds of variants."""
    return Judge(
        weights={kind: {name: weight} for kind in VariantKind},
        thresholds=dict.fromkeys(PERTURBATIONS, threshold),
        readings=0,
    )


def generate(
    analyst: Analyst, text: str = TEXT, *, by: Judge | None = None, **options: object
) -> list[Outcome]:
    chosen = GenerationOptions(**options)  # type: ignore[arg-type]
    generator = Generator(POOL, chosen, analyst, by or Judge.load())
    ((_, outcomes),) = generator.outcomes([marked_sentence(text)])
    return outcomes


@pytest.mark.parametrize(("weight", "probability"), [(0.0, 0.5), (1.0, 0.7311), (-2.0, 0.1192)])
def test_judge_acceptance_is_the_logistic_of_the_weighed_features(
    analyst: Analyst, weight: float, probability: float
) -> None:
    for outcome in generate(analyst, by=judge(weight), min_acceptance=0):
        assert outcome.candidates[0].acceptance == probability


def test_judge_acceptance_adds_up_what_is_shared_and_what_a_variant_changes(analyst: Analyst) -> None:
    (analysis,) = analyst.read([marked_sentence(TEXT)])
    features = SentenceFeatures(OpinionAssignment(analysis))
    for outcome in generate(analyst, min_acceptance=0):
        variant, source = outcome.candidates[0], outcome.source
        weights = Judge.load().weights[kind_of(outcome.strategy)]
        parts = [*features.of(source), *variant_features(features, source, variant)]
        odds = sum(weights.get(name, 0) * value for name, value in parts)
        assert variant.acceptance == pytest.approx(1 / (1 + math.exp(-odds)), abs=1e-4)
        assert JudgedSentence(Judge.load(), features).acceptance(source, variant) == variant.acceptance


def test_judge_that_ships_has_weights_and_thresholds_for_all() -> None:
    shipped = Judge.load()
    assert set(shipped.thresholds) == set(PERTURBATIONS)
    assert all(0 < threshold < 1 for threshold in shipped.thresholds.values())
    assert all(len(shipped.weights[kind]) > 100 for kind in VariantKind)
    assert shipped.readings > 2400


def test_judge_a_damaged_file_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "judge.json"
    path.write_text('{"schema_version": "1.0", "weights": {}}')
    with pytest.raises(DataError, match=r"judge\.json: not a judge of schema 1\.0: field thresholds"):
        Judge.read_json(path, "a judge of schema 1.0")


def test_generator_hands_out_nothing_below_the_threshold(analyst: Analyst) -> None:
    for outcome in generate(analyst, by=judge(threshold=0.51)):
        assert (outcome.candidates, outcome.reason) == ((), Reason.ACCEPTANCE)
    assert all(outcome.candidates for outcome in generate(analyst, by=judge(threshold=0.5)))
    assert all(
        outcome.candidates for outcome in generate(analyst, by=judge(threshold=0.9), min_acceptance=0.4)
    )


def test_generator_with_0_hands_out_the_first_variant_whatever_the_judge_says(analyst: Analyst) -> None:
    hating, loving = judge(-50), judge(50)
    for bad, good in zip(
        generate(analyst, by=hating, min_acceptance=0),
        generate(analyst, by=loving, min_acceptance=0),
        strict=True,
    ):
        assert bad.candidates[0].text == good.candidates[0].text
        assert (bad.candidates[0].acceptance, good.candidates[0].acceptance) == (0, 1)


@pytest.mark.parametrize("strategy", [Strategy.REVTGT, Strategy.REVNON])
def test_generator_chooses_the_most_acceptable_reversal(analyst: Analyst, strategy: Strategy) -> None:
    prefers = judge(3.0, name="kind exception", threshold=0.01)
    text = "They have a good {screen|+} and a good {fan|+}."
    chosen = generate(analyst, text, by=prefers, strategies=(strategy,))
    first = generate(analyst, text, by=prefers, strategies=(strategy,), min_acceptance=0)
    assert [_rules(o) & {"exception"} for o in chosen] == [{"exception"}] * 2
    assert [_rules(o) & {"exception"} for o in first] == [set()] * 2


def _rules(outcome: Outcome) -> set[str]:
    return {edit.rule for edit in outcome.candidates[0].edits}


def test_generator_takes_the_first_acceptable_addition(analyst: Analyst) -> None:
    """So that the draw decides on the place, and not what readers like best."""
    texts = {
        outcome.candidates[0].text
        for seed in range(12)
        for outcome in generate(analyst, strategies=(Strategy.ADDDIFF,), by=judge(threshold=0.4), seed=seed)
    }
    unjudged = {
        outcome.candidates[0].text
        for seed in range(12)
        for outcome in generate(
            analyst, strategies=(Strategy.ADDDIFF,), by=judge(), seed=seed, min_acceptance=0
        )
    }
    assert texts == unjudged


def test_generator_says_that_a_neutral_target_is_skipped_and_not_that_nothing_is_acceptable(
    analyst: Analyst,
) -> None:
    (outcome,) = generate(analyst, "I bought a {desk|0}.", strategies=(Strategy.REVTGT,))
    assert outcome.reason is Reason.NEUTRAL


def test_acceptance_is_refused_outside_of_0_to_1() -> None:
    with pytest.raises(ValueError, match="acceptance"):
        GenerationOptions(min_acceptance=1.5)


def test_judged_variants_say_what_is_expected_of_them(analyst: Analyst) -> None:
    variant = generate(analyst, min_acceptance=0)[0].candidates[0]
    assert isinstance(variant, Instance)
    assert variant.facts()["acceptance"].endswith("% expected")
