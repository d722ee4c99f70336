"""Sequence-classification checkpoints of any kind, local or on the Hub, as classifiers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.errors import ArtsError
from arts.models.encoders import encoder_checksum, load_tokenizer, load_weights, loading, resolve_encoder
from arts.models.trained_models import PREFIX, ZooModel

if TYPE_CHECKING:
    from arts.models.adapters import Classifier


def load_checkpoint(name: str) -> tuple[Classifier, str]:
    """A saved model, and the checksum of its files.

    A model of the zoo is asked as it was trained; any other is asked with the sentence and the aspect as a
    pair, and its label names say which polarity each of its columns is.

    Args:
        name: a folder or Hub id.

    Raises:
        ArtsError: when there is no such checkpoint, it is not for sequence classification, its tokenizer is
            missing, or its labels are no polarities.
    """
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification, pipeline

    from arts.models.adapters import as_classifier

    folder, checksum = resolve_encoder(name), encoder_checksum(name)
    if is_zoo_model(folder):
        return ZooModel.load(folder), checksum
    tokenizer = load_tokenizer(folder)
    with loading(name):
        saved = AutoConfig.from_pretrained(folder).architectures or ["nothing"]
    if not any(architecture.endswith("ForSequenceClassification") for architecture in saved):
        raise ArtsError(f"{name}: saved as {', '.join(saved)}; expected a model for sequence classification")
    model = load_weights(AutoModelForSequenceClassification, folder)
    device = 0 if torch.cuda.is_available() else -1
    asked = pipeline("text-classification", model=model, tokenizer=tokenizer, device=device)
    return as_classifier(asked), checksum


def is_zoo_model(folder: Path) -> bool:
    """Whether a model of the zoo was saved in a folder."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    return str(config.get("model_type", "")).startswith(PREFIX)
