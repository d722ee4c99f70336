"""The folder, file names and record keys of saved models; importing this module does not import torch."""

from __future__ import annotations

from pathlib import Path

from arts.data.support.atomic import cache_home

RECORD = "arts.json"  # name of the file with the training record, beside the weights
WEIGHTS = "model.safetensors"
ZOO_PREFIX = "arts-"  # prefix of the zoo's model types in config.json
OUTCOME = "outcome"  # key in the record: the results of an intervention, shown in the report
POST_TRAINED = "post-trained already"  # value of "corpus" in the record's "extras": nothing was post-trained


def models_folder() -> Path:
    """The cache folder of trained models; each is in a subfolder, whose name is `TrainedModel.key`."""
    return cache_home() / "models"
