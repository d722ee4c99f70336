"""Trained models of the zoo, kept in the cache under everything that their weights depend on."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from filelock import FileLock
from transformers.utils import logging

from arts.data.corpus import Corpus, content_checksum
from arts.data.resources import cache_home, sha256
from arts.data.schema import Instance, originals
from arts.models import training
from arts.models.base import AspectModel, Inputs
from arts.models.encoders import encoder_checksum, resolve_encoder
from arts.models.registry import zoo_class

_RECORD = "arts.json"


@dataclass(frozen=True)
class ZooModel:
    """A trained model with its inputs: a `Classifier`.

    Args:
        model, inputs: what was trained.
        key: identifies everything that the weights depend on.
        checksum: SHA-256 of the weights.
        record: name, seed, encoder, recipe, and how long training took (seconds).
    """

    model: AspectModel
    inputs: Inputs
    key: str
    checksum: str
    record: dict[str, Any]

    def predict_proba(self, instances: Sequence[Instance]) -> npt.NDArray[np.floating]:
        """(n, 3) the probability of each polarity."""
        return training.predict_proba(self.model, self.inputs, instances)

    @property
    def parameters(self) -> int:
        """The number of parameters."""
        return int(self.model.num_parameters())

    @classmethod
    def load(cls, folder: Path) -> Self:
        """A model saved in `folder`, on the accelerator if there is one."""
        record = json.loads((folder / _RECORD).read_text("utf-8"))
        model_class = zoo_class(record["name"])
        model = model_class.from_pretrained(folder)
        model.to("cuda" if torch.cuda.is_available() else "cpu")  # type: ignore[arg-type]
        return cls(
            model,
            model_class.inputs.load(folder),
            folder.name,
            sha256(folder / "model.safetensors"),
            record,
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the bars that transformers shows for every file it reads or writes."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


@_quiet()
def trained(
    name: str,
    corpus: Corpus,
    *,
    seed: int,
    encoder: str,
    progress: training.Progress | None = None,
) -> ZooModel:
    """The model `name` trained on a corpus: from the cache, or trained now and put there.

    A second process that wants the same model waits for the first. A run that was cut off goes on from
    its last epoch.

    Raises:
        UnknownNameError: for a model that is not in the registry.
        ArtsError: when the corpus or the encoder cannot be trained with.
    """
    model_class = zoo_class(name)
    train, dev = originals(corpus.train), originals(corpus.dev)
    key = _key(name, model_class, train, dev, seed=seed, encoder=encoder)
    folder = cache_home() / "models" / key
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            work = folder.with_name(f"{key}.work")
            started = time.perf_counter()
            model, inputs = training.train(
                model_class,
                train,
                dev,
                encoder=resolve_encoder(encoder),
                seed=seed,
                folder=work / "checkpoints",
                progress=progress,
            )
            record = {
                "name": name,
                "seed": seed,
                "encoder": encoder,
                "encoder_checksum": encoder_checksum(encoder),
                "recipe": training.recipe_of(model_class),
                "train_seconds": round(time.perf_counter() - started, 1),
            }
            _save(model, inputs, record, work / "model")
            os.replace(work / "model", folder)
            shutil.rmtree(work)
    return ZooModel.load(folder)


def _save(model: AspectModel, inputs: Inputs, record: dict[str, Any], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # left by a run that was cut off here
    model.save_pretrained(folder)
    inputs.save(folder)
    (folder / _RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")


def _key(
    name: str,
    model_class: type[AspectModel],
    train: Sequence[Instance],
    dev: Sequence[Instance],
    *,
    seed: int,
    encoder: str,
) -> str:
    parts = {
        "name": name,
        "train": content_checksum(train),
        "dev": content_checksum(dev),
        "order": [instance.id for instance in train],
        "seed": seed,
        "encoder": encoder_checksum(encoder),
        "recipe": training.recipe_of(model_class),
        "code": _code_checksum(model_class),
        "torch": version("torch"),
        "transformers": version("transformers"),
        "accelerator": torch.cuda.is_available(),
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return f"{name}-{digest[:16]}"


def _code_checksum(model_class: type[AspectModel]) -> str:
    """Of the files that define the model, its bases, its inputs and the trainer."""
    classes = (*model_class.__mro__, *model_class.inputs.__mro__)
    files = {inspect.getfile(c) for c in classes if issubclass(c, AspectModel | Inputs)}
    return " ".join(sha256(Path(file)) for file in sorted({*files, training.__file__}))
