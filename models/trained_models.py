"""Trained models: training them or loading them from the cache, and saving them to folders."""

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
    """A trained network together with its inputs (tokenizer and batching) and its training record.

    It has `predict_proba`, so it satisfies the protocol `arts.models.adapters.Classifier`.

    Args:
        model: the network.
        inputs: converts instances to the network's tensors.
        key: name of the folder that the model is saved in. In the cache, the name ends in a digest of
            everything that the weights depend on.
        checksum: SHA-256 of the weights file; empty before the model is saved.
        record: the training record as JSON values. Its keys include ``name`` (in the registry), ``seed``,
            ``encoder``, ``recipe``, ``train_seconds``, ``curve`` (the scores of each epoch) and ``epoch``
            (the one whose weights were kept).
    """

    model: AspectModel
    inputs: Inputs
    key: str
    checksum: str
    record: dict[str, Any]

    def predict_proba(self, instances: Sequence[Instance]) -> npt.NDArray[np.floating]:
        """The probability of each polarity for n instances: an array (n, 3) in the order of `Polarity`."""
        return training.predict_proba(self.model, self.inputs, instances=instances)

    @property
    def parameters(self) -> int:
        """The number of parameters of the network, trained or not."""
        return int(self.model.num_parameters())

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load a saved model, onto the GPU if there is one.

        Args:
            folder: a folder that `save` wrote.

        Raises:
            ArtsError: when a file is missing, or the model's class is not in the registry.
        """
        record = read_record(folder)
        model_class = aspect_model_class(registered_name(folder, record))
        model = load_weights(model_class, folder)
        model.to("cuda" if torch.cuda.is_available() else "cpu")
        inputs = model_class.inputs.load(folder)
        return cls(model, inputs, folder.name, sha256(folder / WEIGHTS), record)

    def save(self, folder: Path) -> None:
        """Write the model, its tokenizer and its training record to a folder.

        The folder can be loaded with `TrainedModel.load`, and with the Auto classes of transformers.
        """
        self.model.save_pretrained(folder)
        self.inputs.save(folder)
        write_record(self.record, folder)

    def push_to_hub(self, repository: str, *, private: bool = False) -> str:
        """Upload the saved model to a repository on the Hugging Face Hub, and return the repository's URL.

        Args:
            repository: id of the repository, such as ``user/name``; it is created if it does not exist.
            private: whether the repository, if it is created, is private.
        """
        from huggingface_hub import HfApi

        api = HfApi()
        url = api.create_repo(repository, private=private, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            self.save(Path(folder))
            api.upload_folder(repo_id=url.repo_id, folder_path=folder)
        return str(url)


def write_record(record: Mapping[str, Any], folder: Path) -> None:
    """Write a training record as a JSON file into the folder of a saved model."""
    (folder / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")


def read_record(folder: Path) -> dict[str, Any]:
    """The training record of the model saved in a folder; an empty dict if the folder has no record."""
    path = folder / RECORD
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


def registered_name(folder: Path, record: Mapping[str, Any]) -> str:
    """The name of a saved model in the registry, such as ``td-lstm``.

    Args:
        folder: the folder of the saved model.
        record: its training record. If it has no key ``name``, the name is taken from the model type in
            ``config.json``, such as ``arts-td-lstm``.
    """
    if "name" in record:
        return str(record["name"])
    config = json.loads((folder / "config.json").read_text("utf-8"))
    return str(config["model_type"]).removeprefix(ZOO_PREFIX)


@quiet_transformers()
def train_or_load(
    request: TrainingRequest, *, train: Sequence[Instance], dev: Sequence[Instance]
) -> TrainedModel:
    """Load a trained model from the cache; if it is not there, train it and save it to the cache.

    When two processes need one model, the second waits until the first has trained it. Training that was
    interrupted resumes after its last complete epoch.

    Args:
        request: the model's name, seed and starting point.
        train: instances to train on.
        dev: instances to evaluate on after each epoch. If the recipe has a patience, the epoch with the best
            macro-F1 on them is kept.

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

    All models of one name, seed and starting point share it, whatever variants they are then trained on.

    Args:
        request: the model's name, seed and starting point.
        train: the original training instances, without variants.

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
    """Load a model from the cache; if it is not there, build it first.

    Args:
        key: name of the model's folder in the cache.
        build: function that trains the model. It gets a temporary folder, a `WorkFolder`, and saves the
            model to its subfolder `result`.
    """
    return TrainedModel.load(cached_folder(models_folder() / key, build))


def cache_key(prefix: str, parts: object) -> str:
    """The name of a model's folder in the cache: a readable prefix, and 16 hexadecimal digits of a digest.

    Args:
        prefix: beginning of the name, such as the model's name.
        parts: everything that the weights depend on, as JSON values; the digest is computed from it.
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
    """The name of a model's folder in the cache, which changes with anything that its weights depend on.

    Args:
        prefix: beginning of the name, such as ``bert``.
        model_class: the class of the model; the name depends on its recipe and its source files.
        request: the request to train; the name depends on its seed and its starting point.
        train: instances to train on.
        dev: instances to evaluate on.
    """
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
    """What a model is trained from beside the encoder, keyed by the names in `AspectModel.extras`.

    The values of ``embeddings`` (word vectors) and ``corpus`` (text for post-training) are the name and
    SHA-256 of the file, or None if no file is given. That of ``parser`` is the name of the parser. If the
    encoder has already been post-trained, ``corpus`` is ``post-trained already``.
    """
    labels = {
        "embeddings": lambda: _file_label(start.embeddings),
        "corpus": lambda: POST_TRAINED if start.post_trained else _file_label(start.corpus),
        "parser": parser_name,
    }
    return {extra: labels[extra]() for extra in model_class.extras}


def _file_label(path: Path | None) -> str | None:
    """The name and SHA-256 of a file as one text; None if there is no path.

    Raises:
        DataError: when the path is not that of a file.
    """
    if path is None:
        return None
    if not path.is_file():
        raise DataError(path, "is not a file")
    return f"{path.name}, SHA-256 {sha256(path)}"


def _code_checksum(model_class: type[AspectModel]) -> str:
    """The SHA-256 of each source file of the model, its inputs and its training, joined by spaces."""
    classes = (*model_class.__mro__, *model_class.inputs.__mro__)
    files = {inspect.getfile(c) for c in classes if issubclass(c, AspectModel | Inputs)}
    shared = (training.__file__, recipe.__file__, word_vectors.__file__, dependency_cache.__file__)
    return " ".join(sha256(Path(file)) for file in sorted({*files, *shared}))
