"""Models in the cache, by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from arts.data.corpus import content_checksum
from arts.data.corpus_registry import load_corpus
from arts.evaluation.predictions import Predictions, cached_predictions_path
from arts.models.record_names import models_folder


def model_folder(key: str, **content: object) -> Path:
    """A folder in the cache, as of a trained model without weights."""
    folder = models_folder() / key
    folder.mkdir(parents=True)
    (folder / "arts.json").write_text(
        json.dumps({"name": "td-lstm", "seed": 1, "curve": []} | content), encoding="utf-8"
    )
    (folder / "model.safetensors").write_bytes(key.encode())
    return folder


def remember(key: str) -> None:
    """As if a model had answered the sample's test split."""
    test = load_corpus("sample").test
    path = cached_predictions_path(key, content_checksum(test))
    path.parent.mkdir(parents=True)
    Predictions.of(test, np.zeros(len(test), int), probabilities=None).save(path)
