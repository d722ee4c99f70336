"""Merging as an intervention."""

from __future__ import annotations

import pytest
import torch
from helpers.zoo import NAME, cached_folder
from safetensors.torch import load_file

from arts.data.errors import UnknownNameError
from arts.data.schema import Strategy, original_instances
from arts.evaluation.benchmark import load_benchmark
from arts.interventions.adversarial import Adversarial
from arts.interventions.merge import Merge
from arts.merging.job import MergeJob
from arts.models import training
from arts.models.recipe import Start, TrainingRequest
from arts.models.trained_models import initial_model

pytestmark = pytest.mark.usefixtures("quick_recipe", "shared_perturbations")


def test_merge_specialists_start_from_one_initialisation(encoder, sample, monkeypatch):
    train = original_instances(sample.train)
    started = []
    begin = training.initialise_model

    def watch(*arguments, **options):
        model, inputs = begin(*arguments, **options)
        started.append({name: weight.clone() for name, weight in model.state_dict().items()})
        return model, inputs

    base = initial_model(TrainingRequest(NAME, 1, Start(encoder)), train)
    monkeypatch.setattr(training, "initialise_model", watch)
    way = Merge(adversarial=Adversarial(ratio=0.2))
    names = [name for name, _ in way.specialists(TrainingRequest(NAME, 1, Start(encoder)), sample)]
    assert names == ["revtgt", "revnon", "adddiff"]
    for weights in started:
        assert all(torch.equal(tensor, weights[name]) for name, tensor in base.model.state_dict().items())
    other = initial_model(TrainingRequest(NAME, 2, Start(encoder)), train)
    assert not torch.equal(other.model.classifier.weight, base.model.classifier.weight)


def test_merge_the_merged_model_is_measured_beside_the_plain_one(encoder, sample):
    bench = load_benchmark("sample")
    way = Merge(adversarial=Adversarial(strategies=(Strategy.REVTGT, Strategy.ADDDIFF), ratio=0.2))
    report = bench.evaluate(NAME, start=Start(encoder), intervention=way)
    assert report.name == "memnet + merge"
    assert report.model.intervention["name"] == "merge"
    assert report.model.intervention["method"] == "metagpt"
    assert report.model.intervention["strategies"] == ["revtgt", "adddiff"]
    made = [one for _, one in way.specialists(TrainingRequest(NAME, 1, Start(encoder)), sample)]
    base = initial_model(TrainingRequest(NAME, 1, Start(encoder)), original_instances(sample.train))
    found = MergeJob(cached_folder(base), [cached_folder(one) for one in made]).inspect()
    squares = [entry.norm**2 for entry in found.models]
    theta, *ends = (load_file(f"{cached_folder(one)}/model.safetensors") for one in (base, *made))
    merged = way.train(TrainingRequest(NAME, 1, Start(encoder)), sample)
    for name, tensor in merged.model.state_dict().items():
        exact = theta[name] + sum(
            square / sum(squares) * (end[name] - theta[name])
            for square, end in zip(squares, ends, strict=True)
        )
        torch.testing.assert_close(tensor, exact, rtol=1e-5, atol=1e-6)
    assert merged.checksum == report.model.checksum
    again = way.train(TrainingRequest(NAME, 1, Start(encoder)), sample)
    assert again.checksum == merged.checksum


def test_merge_domains_have_specialists_of_their_own(encoder, sample):
    way = Merge(domains=("sample",))
    names = [name for name, _ in way.specialists(TrainingRequest(NAME, 1, Start(encoder)), sample)]
    assert names == ["sample", "sample"]
    assert way.settings() == {"method": "metagpt", "granularity": "global", "domains": ["sample"]}
    assert way.seen_templates == way.holdout == ()


def test_merge_an_unknown_method():
    with pytest.raises(UnknownNameError, match=r'unknown merge method "tise"\. Did you mean "ties"\?'):
        Merge(method="tise")
