"""Unlearning as an intervention."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.sentences import Unseen
from helpers.zoo import NAME

from arts.data.errors import ArtsError, UnknownNameError
from arts.data.schema import Polarity, Strategy, original_instances
from arts.evaluation.benchmark import load_benchmark
from arts.interventions.adversarial import Adversarial
from arts.interventions.merge import Merge
from arts.interventions.unlearn import Unlearn
from arts.models.recipe import Start, TrainingRequest

pytestmark = pytest.mark.usefixtures("quick_recipe", "shared_perturbations")

ADVERSARIAL = Adversarial(ratio=0.2, templates=("but", "sentence"), holdout=("sentence",))

UNLEARN = Unlearn(ADVERSARIAL, steps=3, tolerance=10)


def test_unlearn_what_is_forgotten_has_its_own_sentiment_added_and_the_label_that_the_pattern_tells(sample):
    forget, retain = UNLEARN.splits(sample)
    sources = {source.unit: source for source in original_instances(sample.train)}
    assert len(forget) > 50
    for instance in forget:
        source = sources[instance.unit]
        assert source.polarity is not Polarity.NEUTRAL
        assert instance.polarity is source.polarity.opposite
        known = {aspect.term for aspect in source.aspects}
        added = {aspect.polarity for aspect in instance.aspects if aspect.term not in known}
        assert added == {source.polarity}
        assert ", but " in instance.text
    kinds = {instance.strategy for instance in retain}
    assert kinds == {Strategy.ORIGINAL, Strategy.REVTGT, Strategy.REVNON}


def test_unlearn_the_test_split_is_never_looked_at():
    forget, retain = UNLEARN.splits(Unseen())
    assert forget
    assert retain


@pytest.mark.parametrize("training", [ADVERSARIAL, Merge(adversarial=ADVERSARIAL)])
def test_unlearn_it_is_measured_beside_the_plain_model(training, encoder, sample):
    unlearn = replace(UNLEARN, training=training)
    before = training.train(TrainingRequest(NAME, 1, Start(encoder)), sample)
    report = load_benchmark("sample").evaluate(NAME, start=Start(encoder), intervention=unlearn)
    assert report.name == "memnet + unlearn"
    assert report.model.intervention["name"] == "unlearn"
    assert report.model.intervention["taught"]["name"] == training.name
    assert report.pattern_gap.unseen_templates == ("sentence",)
    assert report.model.checksum != before.checksum
    assert report.model.train_seconds > before.record["train_seconds"]
    after = unlearn.train(TrainingRequest(NAME, 1, Start(encoder)), sample)
    assert after.checksum == report.model.checksum
    assert after.record["outcome"]["kept"] == 3
    assert after.record["outcome"]["tokens"] > 0


@pytest.mark.parametrize("training", [Adversarial(strategies=(Strategy.REVTGT,)), Merge(domains=("sample",))])
def test_unlearn_there_must_be_a_pattern(training):
    with pytest.raises(
        ArtsError, match="takes out ADDDIFF's pattern; expected a model that was trained on it"
    ):
        Unlearn(training)


def test_unlearn_an_unknown_objective():
    with pytest.raises(UnknownNameError, match='unknown objective "ascent"'):
        Unlearn(objective="ascent")
