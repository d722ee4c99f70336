"""What tests of models share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers.sentences import TOY
from helpers.zoo import fit

from arts.data.corpus import Corpus
from arts.data.schema import original_instances
from arts.models.registry import ZOO, aspect_model_class
from arts.models.trained_models import TrainedModel
from arts.models.zoo import bert_pt


@pytest.fixture
def corpus(units):
    return Corpus("mine", tuple(units), lambda split: TOY)


@pytest.fixture
def instances():
    return original_instances(TOY[:5])


def shorten_recipes(patch: pytest.MonkeyPatch) -> None:
    for name in ZOO:
        model_class = aspect_model_class(name)
        patch.setattr(model_class, "recipe", replace(model_class.recipe, epochs=4, min_steps=1))
    patch.setattr(bert_pt, "EPOCHS", 2)


@pytest.fixture
def short_recipes(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten_recipes(monkeypatch)


class ToyModel(NamedTuple):
    """A model of the zoo, trained on the toy sentences with seed 1, and how that went."""

    model: TrainedModel
    folder: Path
    steps: tuple[int, ...]


@pytest.fixture(scope="session")
def toy_model(encoder: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ToyModel]:
    """Gives the model of a name, which is trained once for all tests; not to be changed."""
    cache_folder = tmp_path_factory.mktemp("toy-models")

    @cache
    def train(name: str) -> ToyModel:
        steps = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ARTS_CACHE_HOME", str(cache_folder))
            shorten_recipes(patch)
            model = fit(name, encoder, progress=lambda *step: steps.append(step[0]))
        return ToyModel(model, cache_folder / "models" / model.key, tuple(steps))

    return train
