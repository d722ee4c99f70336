"""Trained models: training them or loading them from the cache, and saving them to folders."""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch

from arts.data.errors import DataError
from arts.data.schema import Instance
from arts.data.support.atomic import WorkFolder
from arts.data.support.cache import cached_folder, reading_cache
from arts.data.support.download import sha256
from arts.data.support.locks import exclusive_writing, remove
from arts.models import training
from arts.models.base import AspectModel, Inputs
from arts.models.cache_keys import extra_inputs, training_key
from arts.models.encoders import encoder_checksum, load_weights, quiet_transformers
from arts.models.recipe import TrainingRequest
from arts.models.record_names import OUTCOME, RECORD, WEIGHTS, ZOO_PREFIX, models_folder
from arts.models.registry import aspect_model_class
from arts.models.runtime import device, numerical_environment
from arts.models.token_limits import truncation_remarks
from arts.models.training_plan import TrainingPlan

logger = logging.getLogger(__name__)

SEAL = "weights.sha256"  # in the folder of a cached model: the checksum of its weights


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
            ``encoder``, ``recipe``, ``instances`` (the number trained on), ``train_seconds``, ``curve`` (the
            scores of each epoch), ``epoch`` (the one whose weights were kept), ``environment`` (what
            `numerical_environment` returned), ``step_seconds`` (what its precision was chosen by, see
            `arts.models.precision.PrecisionChoice`), ``truncated`` (the number of instances per split whose
            sentence was truncated) and ``random_weights`` (the weights that the encoder's checkpoint lacks).
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

    @property
    def remarks(self) -> list[str]:
        """What a user should know of the training, as sentences: truncated sentences, random weights."""
        random = self.record.get("random_weights", [])
        return [
            *truncation_remarks(self.record.get("truncated", {})),
            *([f"the encoder lacks the weights {', '.join(random)}; they began at random"] if random else []),
        ]

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
        model.to(device())
        inputs = model.load_inputs(folder)
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


def train_or_load(
    request: TrainingRequest,
    *,
    train: Sequence[Instance],
    dev: Sequence[Instance],
    variants: Mapping[str, str | None] | None = None,
) -> TrainedModel:
    """Train a model on two splits with its own loss, or load it from the cache: see `train_by_plan`."""
    return train_by_plan(request, TrainingPlan(train, dev, variants=variants or {}))


@quiet_transformers()
def train_by_plan(request: TrainingRequest, plan: TrainingPlan) -> TrainedModel:
    """Load a trained model from the cache; if it is not there, train it and save it to the cache.

    When two processes need one model, the second waits until the first has trained it. Training that was
    interrupted resumes after its last complete epoch.

    Args:
        request: the model's name, seed and starting point.
        plan: what it is trained on, and how.

    Raises:
        UnknownNameError: when the model is not registered.
        ArtsError: when a split is empty, or the starting point cannot be loaded.
    """
    if request.observe_data:
        request.observe_data(plan.train, plan.dev)
    model_class = aspect_model_class(request.model)
    request = replace(request, start=replace(request.start, switches=plan.switches))
    key = training_key(request.model, model_class, request, plan=plan)

    def build(work: WorkFolder) -> None:
        clock = time.perf_counter()
        trained = training.train_model(model_class, request, plan=plan, folder=work.checkpoints)
        record = {
            **_record_of_request(request),
            **_record_of_training(trained, {"train": plan.train, "dev": plan.dev}),
            **({OUTCOME: trained.settled} if trained.settled else {}),
            **{"instances": len(plan.train), "variants": dict(plan.variants)},
            "train_seconds": round(time.perf_counter() - clock, 1),
        }
        TrainedModel(trained.model, trained.inputs, key, "", record).save(work.result)

    return cached_model(key, build)


def _record_of_request(request: TrainingRequest) -> dict[str, Any]:
    """What the training record says of the request: name, seed, starting point and recipe."""
    model_class = aspect_model_class(request.model)
    is_read = not (request.start.embeddings and "embeddings" in model_class.extras)
    return {
        "name": request.model,
        "seed": request.seed,
        "encoder": request.start.encoder if is_read else None,
        "encoder_checksum": encoder_checksum(request.start.encoder) if is_read else None,
        "extras": extra_inputs(model_class, request.start),
        "recipe": asdict(model_class.recipe),
    }


def _record_of_training(
    trained: training.TrainingOutcome, splits: Mapping[str, Sequence[Instance]]
) -> dict[str, Any]:
    """What the training record says of the training: epochs, environment, truncation and random weights."""
    return {
        "epoch": trained.epoch,
        "curve": [asdict(epoch) for epoch in trained.curve],
        "environment": numerical_environment(trained.precision.precision),
        "step_seconds": dict(trained.precision.step_seconds),
        "truncated": {
            **{name: trained.inputs.count_truncated(split) for name, split in splits.items()},
            **trained.model.config.truncated_passages,
        },
        "random_weights": trained.model.config.random_weights,
    }


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
    key = training_key(f"{request.model}-initial", model_class, request, plan=TrainingPlan(train, ()))

    def build(work: WorkFolder) -> None:
        model, inputs = training.initialise_model(model_class, request, train=train)
        record = {"name": request.model, "seed": request.seed, "encoder": request.start.encoder}
        TrainedModel(model, inputs, key, "", record).save(work.result)

    return cached_model(key, build)


def cached_model(key: str, build: Callable[[WorkFolder], None]) -> TrainedModel:
    """Load a model from the cache; if it is not there, or its files are damaged, build it first.

    Args:
        key: name of the model's folder in the cache.
        build: function that trains the model. It gets a temporary folder, a `WorkFolder`, and saves the
            model to its subfolder `result`.
    """

    def build_sealed(work: WorkFolder) -> None:
        build(work)
        (work.result / SEAL).write_text(sha256(work.result / WEIGHTS), encoding="utf-8")

    folder = models_folder() / key
    try:
        return _load_cached(cached_folder(folder, build_sealed))
    except DataError as error:
        if not _is_damage(error):
            raise
        logger.warning("%s; it is made again", str(error).removesuffix("; delete it"))
    with exclusive_writing(folder, wait=True):
        remove(folder)
    return _load_cached(cached_folder(folder, build_sealed))


def _load_cached(folder: Path) -> TrainedModel:
    """Load a model from its folder in the cache.

    Raises:
        DataError: when a file is missing or damaged, or cannot be read.
    """
    with reading_cache(folder):
        if not (folder / RECORD).is_file():
            raise DataError(folder, f"there is no {RECORD}")
        trained = TrainedModel.load(folder)
        if (folder / SEAL).is_file() and (folder / SEAL).read_text("utf-8") != trained.checksum:
            raise DataError(folder, f"{WEIGHTS} has changed")
        return trained


def _is_damage(error: BaseException | None) -> bool:
    """Whether an error in reading files is due to their content, not to this machine or its memory."""
    while error is not None:
        if isinstance(error, MemoryError | PermissionError | torch.OutOfMemoryError):
            return False
        error = error.__cause__
    return True
