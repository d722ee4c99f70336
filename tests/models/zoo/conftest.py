"""What tests of a model's equations share."""

from __future__ import annotations

import pytest
import torch
from helpers.equations import INSTANCE
from helpers.sentences import TOY

from arts.data.schema import original_instances
from arts.models.recipe import Start
from arts.models.registry import aspect_model_class


@pytest.fixture
def equation_inputs(encoder):
    """A model by name, with the batch of one instance among others, and the words of its sentence."""

    def equation_inputs(name):
        torch.manual_seed(1)
        model, inputs = aspect_model_class(name).from_start(Start(encoder), [])
        batch = inputs.collate(inputs.encode([INSTANCE, *original_instances(TOY)[:2]]))
        model.eval()
        return model, batch

    return equation_inputs
