"""What tests of models share."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.sentences import TOY

from arts.data.corpus import Corpus
from arts.data.schema import original_instances
from arts.models.registry import ZOO, aspect_model_class
from arts.models.zoo import bert_pt


@pytest.fixture
def corpus(units):
    return Corpus("mine", tuple(units), lambda split: TOY)


@pytest.fixture
def instances():
    return original_instances(TOY[:5])


@pytest.fixture
def short_recipes(monkeypatch):
    for name in ZOO:
        model_class = aspect_model_class(name)
        monkeypatch.setattr(model_class, "recipe", replace(model_class.recipe, epochs=4, min_steps=1))
    monkeypatch.setattr(bert_pt, "EPOCHS", 2)
