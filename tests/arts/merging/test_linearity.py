"""How far a model is from linear in its weights."""

from __future__ import annotations

import pytest
import torch
from helpers.zoo import NAME, cached_folder

from arts.data.schema import original_instances
from arts.data.support.atomic import cache_home
from arts.interventions.adversarial import Adversarial
from arts.merging.linearity import nonlinearity
from arts.models.checkpoints import load_zoo_probe
from arts.models.recipe import Start, TrainingRequest
from arts.models.trained_models import initial_model

pytestmark = pytest.mark.usefixtures("quick_recipe", "shared_perturbations")


def test_linearity_is_measured(encoder, sample):
    base = initial_model(TrainingRequest(NAME, 1, Start(encoder)), original_instances(sample.train))
    way = Adversarial(ratio=0.2)
    end = way.train(TrainingRequest(NAME, 1, Start(encoder)), sample)
    (measured,) = nonlinearity(cached_folder(base), [cached_folder(end)], load=load_zoo_probe)
    assert 0 < measured < 2
    weights = base.model.state_dict()
    with torch.no_grad():  # logits are linear in the classifier
        end.model.load_state_dict(weights)
        end.model.classifier.bias += torch.tensor([1.0, 0.0, 0.0])
    end.save(cache_home() / "moved")
    moved = str(cache_home() / "moved")
    (linear,) = nonlinearity(cached_folder(base), [moved], load=load_zoo_probe)
    assert linear < 0.2
