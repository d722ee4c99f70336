"""Loading sequence-classification checkpoints, from a folder or the Hub, as classifiers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.errors import ArtsError
from arts.data.label_names import NO_NAMES, LabelNames
from arts.models.encoders import (
    as_loading_error,
    encoder_checksum,
    encoder_folder,
    load_config,
    load_tokenizer,
    load_weights,
)
from arts.models.model_folder import CONFIG_FILE, read_model_config
from arts.models.record_names import ZOO_PREFIX
from arts.models.registry import model_names
from arts.models.trained_models import TrainedModel, read_record

if TYPE_CHECKING:
    from torch import Tensor

    from arts.models.adapters import Classifier
    from arts.models.base import AspectModel


def load_checkpoint(name: str, *, labels: LabelNames = NO_NAMES) -> tuple[Classifier, str]:
    """Load a saved sequence-classification model as a `Classifier`.

    A model that `arts train` saved is given its inputs in the form that it was trained with. Any other
    model is given the sentence and the aspect as a pair of texts, and its label names have to be polarities.

    Args:
        name: folder or Hub id of the checkpoint.
        labels: what labels of the model that do not name a polarity stand for.

    Returns:
        The classifier, and the SHA-256 of the checkpoint's files.

    Raises:
        ArtsError: when there is no such checkpoint, it is not for sequence classification, its tokenizer is
            missing, or its labels are not polarities.
    """
    folder = encoder_folder(name, "model")
    from transformers import AutoModelForSequenceClassification, pipeline

    from arts.models.adapters import as_classifier
    from arts.models.runtime import device

    checksum = encoder_checksum(name)
    if is_zoo_model(folder):
        with as_loading_error(name):
            return TrainedModel.load(folder), checksum
    saved = load_config(folder).architectures or ["nothing"]
    if not any(architecture.endswith("ForSequenceClassification") for architecture in saved):
        raise ArtsError(f"{name}: saved as {', '.join(saved)}; expected a model for sequence classification")
    tokenizer = load_tokenizer(folder)
    model = load_weights(AutoModelForSequenceClassification, folder)
    pair_classifier = pipeline("text-classification", model=model, tokenizer=tokenizer, device=device().value)
    return as_classifier(pair_classifier, labels=labels, name=f"hf:{name}"), checksum


def is_zoo_model(folder: Path) -> bool:
    """Whether a folder contains a model saved by `arts train`, rather than some other checkpoint."""
    if read_record(folder).get("name") in model_names():
        return True
    return (read_model_config(folder / CONFIG_FILE).model_type or "").startswith(ZOO_PREFIX)


def load_zoo_probe(folder: Path) -> tuple[AspectModel, Callable[[], Tensor]]:
    """Load a model that `arts train` saved, and a function that predicts with its current weights.

    After changing the weights of the network, call the function to see how the predictions changed.

    Args:
        folder: the folder of the saved model.

    Returns:
        The network, and a function without arguments. The function predicts the first 32 originals in the
        test split of ``sample`` (a small corpus of this package). It returns a tensor (96,) of
        log-probabilities: three for each original, in the order of `Polarity`.
    """
    import torch

    from arts.data.corpus_registry import load_corpus
    from arts.data.schema import Strategy
    from arts.models.training import predict_proba

    trained = TrainedModel.load(folder)
    instances = [i for i in load_corpus("sample").test if i.strategy is Strategy.ORIGINAL][:32]

    def log_probabilities() -> Tensor:
        probabilities = predict_proba(trained.model, trained.inputs, instances=instances)
        return torch.tensor(probabilities).log().flatten()

    return trained.model, log_probabilities
