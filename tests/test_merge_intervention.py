"""Merging as an intervention: specialists of one initialisation, and what their merge is."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from arts.data.corpus_registry import load_corpus
from arts.data.errors import UnknownNameError
from arts.data.schema import Strategy, originals
from arts.data.support.atomic import cache_home
from arts.evaluation.benchmark import load_benchmark
from arts.interventions.adversarial import Adversarial
from arts.interventions.merge import Merge
from arts.merging.job import Job
from arts.merging.linearity import nonlinearity
from arts.models import training
from arts.models.base import Start
from arts.models.registry import zoo_class
from arts.models.trained_models import initial

NAME = "memnet"


@pytest.fixture(scope="module")
def sample():
    return load_corpus("sample")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    model_class = zoo_class(NAME)
    monkeypatch.setattr(model_class, "recipe", replace(model_class.recipe, epochs=1, min_steps=1))


def folder(model):
    return str(cache_home() / "models" / model.key)


def test_specialists_start_from_one_initialisation(encoder, sample, monkeypatch):
    train = originals(sample.train)
    started = []
    begin = training.begin

    def watched(*arguments, **options):
        model, inputs = begin(*arguments, **options)
        started.append({name: weight.clone() for name, weight in model.state_dict().items()})
        return model, inputs

    base = initial(NAME, train, seed=1, start=Start(encoder))
    monkeypatch.setattr(training, "begin", watched)
    way = Merge(adversarial=Adversarial(ratio=0.2))
    names = [name for name, _ in way.specialists(NAME, sample, seed=1, start=Start(encoder))]
    assert names == ["revtgt", "revnon", "adddiff"]
    for weights in started:
        assert all(torch.equal(tensor, weights[name]) for name, tensor in base.model.state_dict().items())
    other = initial(NAME, train, seed=2, start=Start(encoder))
    assert not torch.equal(other.model.classifier.weight, base.model.classifier.weight)


def test_the_merged_model_is_measured_beside_the_plain_one(encoder, sample):
    bench = load_benchmark("sample")
    way = Merge(adversarial=Adversarial(strategies=(Strategy.REVTGT, Strategy.ADDDIFF), ratio=0.2))
    report = bench.evaluate(NAME, start=Start(encoder), intervention=way)
    assert report.name == "memnet + merge"
    assert report.model.intervention["name"] == "merge"
    assert report.model.intervention["method"] == "metagpt"
    assert report.model.intervention["strategies"] == ["revtgt", "adddiff"]
    made = [one for _, one in way.specialists(NAME, sample, seed=1, start=Start(encoder))]
    base = initial(NAME, originals(sample.train), seed=1, start=Start(encoder))
    found = Job(folder(base), [folder(one) for one in made]).inspect()
    squares = [entry.norm**2 for entry in found.models]
    theta, *ends = (load_file(f"{folder(one)}/model.safetensors") for one in (base, *made))
    merged = way.train(NAME, sample, seed=1, start=Start(encoder))
    for name, tensor in merged.model.state_dict().items():
        exact = theta[name] + sum(
            square / sum(squares) * (end[name] - theta[name])
            for square, end in zip(squares, ends, strict=True)
        )
        torch.testing.assert_close(tensor, exact, rtol=1e-5, atol=1e-6)
    assert merged.checksum == report.model.checksum
    again = way.train(NAME, sample, seed=1, start=Start(encoder))
    assert again.checksum == merged.checksum


def test_domains_have_specialists_of_their_own(encoder, sample):
    way = Merge(domains=("sample",))
    names = [name for name, _ in way.specialists(NAME, sample, seed=1, start=Start(encoder))]
    assert names == ["sample", "sample"]
    assert way.settings() == {"method": "metagpt", "granularity": "global", "domains": ["sample"]}
    assert way.seen == way.holdout == ()


def test_an_unknown_method():
    with pytest.raises(UnknownNameError, match=r'unknown merge method "tise"\. Did you mean "ties"\?'):
        Merge(method="tise")


def test_linearity_is_measured(encoder, sample):
    base = initial(NAME, originals(sample.train), seed=1, start=Start(encoder))
    way = Adversarial(ratio=0.2)
    end = way.train(NAME, sample, seed=1, start=Start(encoder))
    (measured,) = nonlinearity(folder(base), [folder(end)])
    assert 0 < measured < 2
    weights = base.model.state_dict()
    with torch.no_grad():  # logits are linear in the classifier
        end.model.load_state_dict(weights)
        end.model.classifier.bias += torch.tensor([1.0, 0.0, 0.0])
    end.save(cache_home() / "moved")
    (linear,) = nonlinearity(folder(base), [str(cache_home() / "moved")])
    assert linear < 0.2
