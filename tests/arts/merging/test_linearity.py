"""How far a model is from linear in its weights."""

from __future__ import annotations

import shutil

import pytest
import torch
from helpers.tiny_models import tiny_llama
from helpers.zoo import NAME, cached_folder
from transformers import AutoModelForCausalLM

from arts.data.errors import ArtsError
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


def test_linearity_of_a_text_model_is_exact_where_only_the_last_layer_differs(tmp_path):
    base = tiny_llama(str(tmp_path / "base"))
    for name in ("last layer", "all layers"):
        model = AutoModelForCausalLM.from_pretrained(base)
        weights = [model.lm_head.weight] if name == "last layer" else list(model.parameters())
        with torch.no_grad():
            for weight in weights:
                weight += 0.01 * torch.randn_like(weight)
        shutil.copytree(base, tmp_path / name)
        model.save_pretrained(tmp_path / name)
    last, every = nonlinearity(base, [str(tmp_path / "last layer"), str(tmp_path / "all layers")])
    assert last == pytest.approx(0, abs=1e-5)
    assert every > 1e-2


def test_linearity_of_an_adapter_cannot_be_measured(tmp_path):
    base = tiny_llama(str(tmp_path / "base"))
    (tmp_path / "adapter").mkdir()
    with pytest.raises(ArtsError, match="adapter is no whole model; it cannot be loaded"):
        nonlinearity(base, [str(tmp_path / "adapter")])
