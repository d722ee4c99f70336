"""Models of the zoo on the toy sentences."""

from __future__ import annotations

import torch
from helpers.sentences import TOY

from arts.data.schema import original_instances
from arts.data.support.atomic import cache_home
from arts.models.recipe import Start, TrainingRequest
from arts.models.registry import aspect_model_class
from arts.models.trained_models import train_or_load

NAME = "memnet"


def cached_folder(model):
    return str(cache_home() / "models" / model.key)


def start(name, encoder, **further):
    torch.manual_seed(0)
    return aspect_model_class(name).from_start(Start(encoder, **further), [s.text for s in TOY])


def fit(name, encoder, seed=1, progress=None):
    instances = original_instances(TOY)
    request = TrainingRequest(name, seed, Start(encoder), progress)
    return train_or_load(request, train=instances, dev=instances)
