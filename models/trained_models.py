"""Trained models: the cache of them, and saving and loading them with their inputs and record."""

from __future__ import annotations

import hashlib
import inspect
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch

from arts.data.corpus import content_checksum
from arts.data.errors import DataError
from arts.data.schema import Instance
from arts.data.support.atomic import WorkFolder, cached_folder
from arts.data.support.download import sha256
from arts.data.support.spacy_parser import parser_name
from arts.models import recipe, training
from arts.models.base import AspectModel, Inputs
from arts.models.encoders import encoder_checksum, load_weights, quiet_transformers
from arts.models.inputs import dependency_cache, word_vectors
from arts.models.recipe import Start, TrainingRequest
from arts.models.record_names import POST_TRAINED, RECORD, WEIGHTS, ZOO_PREFIX, models_folder
from arts.models.registry import aspect_model_class


@dataclass(frozen=True)
class TrainedModel:
    """A trained model with its inputs and its training record; it is a `Classifier`.

    Args:
        model: the network.
        inputs: converts instances to the network's tensors.
        key: name of its folder; in the cache, a digest of everything that the weights depend on.
        checksum: SHA-256 of the weights file.
        record: the training record: name, seed, starting point, recipe, seconds of training, learning curve
            and the epoch whose checkpoint was kept.
    """

    model: AspectModel
    inputs: Inputs
    key: str
    checksum: str
    record: dict[str, Any]

    def predict_proba(self, instances: Sequence[Instance]) -> npt.NDArray[np.floating]:
        """(n, 3) the probability of each polarity for n instances."""
        return training.predict_proba(self.model, self.inputs, instances=instances)

    @property
    def parameters(self) -> int:
        """The number of the network's parameters."""
        return int(self.model.num_parameters())

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load a saved model, onto the accelerator if there is one.

        Args:
            folder: a folder that `save` wrote.

        Raises:
            ArtsError: when a file is missing, or the class of the model is not registered.
        """
        record = read_record(folder)
        model_class = aspect_model_class(registered_name(folder, record))
        model = load_weights(model_class, folder)
        model.to("cuda" if torch.cuda.is_available() else "cpu")
        inputs = model_class.inputs.load(folder)
        return cls(model, inputs, folder.name, sha256(folder / WEIGHTS), record)

    def save(self, folder: Path) -> None:
        """Write the model, its tokenizer and its record to a folder.

        `load` reads the folder again, and so do the Auto classes of transformers.
        """
        self.model.save_pretrained(folder)
        self.inputs.save(folder)
        write_record(self.record, folder)

    def push_to_hub(self, repository: str, *, private: bool = False) -> str:
        """Upload the files of `save` to a model repository on the Hugging Face Hub, and return its URL."""
        from huggingface_hub import HfApi

        api = HfApi()
        url = api.create_repo(repository, private=private, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            self.save(Path(folder))
            api.upload_folder(repo_id=url.repo_id, folder_path=folder)
        return str(url)


def write_record(record: Mapping[str, Any], folder: Path) -> None:
    """Write the training record of a model beside its weights."""
    (folder / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")


def read_record(folder: Path) -> dict[str, Any]:
    """The training record of the model in a folder; empty where there is none."""
    path = folder / RECORD
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


def registered_name(folder: Path, record: Mapping[str, Any]) -> str:
    """The name under which the class of a saved model is registered.

    Args:
        folder: the folder of the saved model.
        record: its training record. Where that has no name, the name is taken from the zoo's model type.
    """
    if "name" in record:
        return str(record["name"])
    config = json.loads((folder / "config.json").read_text("utf-8"))
    return str(config["model_type"]).removeprefix(ZOO_PREFIX)


@quiet_transformers()
def train_or_load(
    request: TrainingRequest, *, train: Sequence[Instance], dev: Sequence[Instance]
) -> TrainedModel:
    """Load a trained model from the cache, or else train it and put it there.

    When two processes need the same model, the second waits for the first. Training that was interrupted
    resumes after its last complete epoch.

    Args:
        request: model, seed and starting point.
        train: instances to train on.
        dev: instances to evaluate on after each epoch, and to choose the epoch by.

    Raises:
        UnknownNameError: when the model is not registered.
        ArtsError: when a split is empty, or the starting point cannot be loaded.
    """
    model_class = aspect_model_class(request.model)
    key = _training_key(request.model, model_class, request, train=train, dev=dev)

    def build(work: WorkFolder) -> None:
        clock = time.perf_counter()
        model, inputs, curve = training.train_model(
            model_class, request, train=train, dev=dev, folder=work.checkpoints
        )
        record = {
            "name": request.model,
            "seed": request.seed,
            "encoder": request.start.encoder,
            "encoder_checksum": encoder_checksum(request.start.encoder),
            "extras": _extra_inputs(model_class, request.start),
            "recipe": asdict(model_class.recipe),
            "train_seconds": round(time.perf_counter() - clock, 1),
            "epoch": training.kept_epoch(model_class, curve),
            "curve": [asdict(epoch) for epoch in curve],
        }
        TrainedModel(model, inputs, key, "", record).save(work.result)

    return cached_model(key, build)


def initial_model(request: TrainingRequest, train: Sequence[Instance]) -> TrainedModel:
    """The model before its first optimizer step, from the cache or newly initialised.

    It is the same for every model of one seed and starting point, whatever variants it is trained on.

    Args:
        request: model, seed and starting point.
        train: the original training instances.

    Raises:
        UnknownNameError: when the model is not registered.
        ArtsError: when the starting point cannot be loaded.
    """
    model_class = aspect_model_class(request.model)
    key = _training_key(f"{request.model}-initial", model_class, request, train=train, dev=())

    def build(work: WorkFolder) -> None:
        model, inputs = training.initialise_model(model_class, request, train=train)
        record = {"name": request.model, "seed": request.seed, "encoder": request.start.encoder}
        TrainedModel(model, inputs, key, "", record).save(work.result)

    return cached_model(key, build)


def cached_model(key: str, build: Callable[[WorkFolder], None]) -> TrainedModel:
    """Load a model from the cache; build it first where the cache lacks it.

    Args:
        key: name of its folder in the cache.
        build: trains the model and saves it to the work folder's `result`.
    """
    return TrainedModel.load(cached_folder(models_folder() / key, build))


def cache_key(prefix: str, parts: object) -> str:
    """The name of a folder in the cache: the prefix, and a digest of everything that the weights depend on.

    Args:
        prefix: beginning of the name, for people.
        parts: the things that the weights depend on, as JSON values.
    """
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return f"{prefix}-{digest[:16]}"


def _training_key(
    prefix: str,
    model_class: type[AspectModel],
    request: TrainingRequest,
    *,
    train: Sequence[Instance],
    dev: Sequence[Instance],
) -> str:
    """The cache key of a model with these inputs of training."""
    parts = {
        "name": prefix,
        "train": content_checksum(train),
        "dev": content_checksum(dev),
        "order": [instance.id for instance in train],
        "seed": request.seed,
        "encoder": encoder_checksum(request.start.encoder),
        "extras": _extra_inputs(model_class, request.start),
        "recipe": asdict(model_class.recipe),
        "code": _code_checksum(model_class),
        "torch": version("torch"),
        "transformers": version("transformers"),
        "accelerator": torch.cuda.is_available(),
    }
    return cache_key(prefix, parts)


def _extra_inputs(model_class: type[AspectModel], start: Start) -> dict[str, str | None]:
    """The name and checksum of each further input of training that the model takes; None if not given."""
    labels = {
        "embeddings": lambda: _file_label(start.embeddings),
        "corpus": lambda: POST_TRAINED if start.post_trained else _file_label(start.corpus),
        "parser": parser_name,
    }
    return {extra: labels[extra]() for extra in model_class.extras}


def _file_label(path: Path | None) -> str | None:
    """The name and checksum of a file."""
    if path is None:
        return None
    if not path.is_file():
        raise DataError(path, "is not a file")
    return f"{path.name}, SHA-256 {sha256(path)}"


def _code_checksum(model_class: type[AspectModel]) -> str:
    """Checksums of the source files that define the model, its base classes and inputs, and its training."""
    classes = (*model_class.__mro__, *model_class.inputs.__mro__)
    files = {inspect.getfile(c) for c in classes if issubclass(c, AspectModel | Inputs)}
    shared = (training.__file__, recipe.__file__, word_vectors.__file__, dependency_cache.__file__)
    return " ".join(sha256(Path(file)) for file in sorted({*files, *shared}))
