"""Trained models of the zoo, kept in the cache under everything that their weights depend on."""

from __future__ import annotations

import hashlib
import inspect
import json
import tempfile
import time
from collections.abc import Sequence
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
from arts.data.support.atomic import WorkFolder, cache_home, cached_folder
from arts.data.support.download import sha256
from arts.data.support.spacy_parser import parser_name
from arts.models import training
from arts.models.base import AspectModel, Inputs, Progress, Start
from arts.models.encoders import encoder_checksum, load_weights, quiet
from arts.models.inputs import dependency_cache, word_vectors
from arts.models.registry import zoo_class

RECORD = "arts.json"
PREFIX = "arts-"  # of the model types of the zoo


@dataclass(frozen=True)
class ZooModel:
    """A trained model with its inputs: a `Classifier`.

    Args:
        model, inputs: what was trained.
        key: identifies everything that the weights depend on.
        checksum: SHA-256 of the weights.
        record: name, seed, what it started from, recipe, how long training took (seconds), learning curve
            and the epoch of it that was kept.
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
        """A model saved in `folder`, on the accelerator if there is one.

        Raises:
            ArtsError: when its files are not all there.
        """
        config = json.loads((folder / "config.json").read_text("utf-8"))
        model_class = zoo_class(config["model_type"].removeprefix(PREFIX))
        model = load_weights(model_class, folder)
        model.to("cuda" if torch.cuda.is_available() else "cpu")
        return cls(
            model,
            model_class.inputs.load(folder),
            folder.name,
            sha256(folder / "model.safetensors"),
            json.loads((folder / RECORD).read_text("utf-8")) if (folder / RECORD).is_file() else {},
        )

    def save(self, folder: Path) -> None:
        """Write model, inputs and record to a folder: what `load` and transformers' Auto classes read."""
        self.model.save_pretrained(folder)
        self.inputs.save(folder)
        (folder / RECORD).write_text(json.dumps(self.record, indent=1), encoding="utf-8")

    def push_to_hub(self, repository: str, *, private: bool = False) -> str:
        """Upload what `save` writes to a model repository of the Hugging Face Hub; returns its address."""
        from huggingface_hub import HfApi

        api = HfApi()
        place = api.create_repo(repository, private=private, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            self.save(Path(folder))
            api.upload_folder(repo_id=place.repo_id, folder_path=folder)
        return str(place)


def models_folder() -> Path:
    """The folder of the cache with the trained models, each in a folder named by its key."""
    return cache_home() / "models"


@quiet()
def trained(
    name: str,
    train: Sequence[Instance],
    dev: Sequence[Instance],
    *,
    seed: int,
    start: Start | None = None,
    progress: Progress | None = None,
) -> ZooModel:
    """The model `name` trained on `train`, chosen on `dev`: from the cache, or trained now and put there.

    A second process that wants the same model waits for the first. A run that was cut off goes on from
    its last epoch.

    Raises:
        UnknownNameError: for a model that is not in the registry.
        ArtsError: when the data cannot be trained on, or `start` not be started from.
    """
    model_class, start = zoo_class(name), start or Start()
    key = _key(name, model_class, train, dev, seed=seed, start=start)

    def build(work: WorkFolder) -> None:
        started = time.perf_counter()
        model, inputs, curve = training.train(
            model_class, train, dev, start=start, seed=seed, folder=work.checkpoints, progress=progress
        )
        record = {
            "name": name,
            "seed": seed,
            "encoder": start.encoder,
            "encoder_checksum": encoder_checksum(start.encoder),
            "extras": _extras(model_class, start),
            "recipe": training.recipe_of(model_class),
            "train_seconds": round(time.perf_counter() - started, 1),
            "epoch": training.kept(model_class, curve),
            "curve": [asdict(epoch) for epoch in curve],
        }
        ZooModel(model, inputs, key, "", record).save(work.result)

    return ZooModel.load(cached_folder(models_folder() / key, build))


def initial(name: str, train: Sequence[Instance], *, seed: int, start: Start | None = None) -> ZooModel:
    """The model `name` as `trained` begins with: what models of one seed have in common, kept in the cache.

    Args:
        name: of the model.
        train: the original training instances.
        seed: of initialisation.
        start: what it starts from.

    Raises:
        UnknownNameError: for a model that is not in the registry.
        ArtsError: when `start` cannot be started from.
    """
    model_class, start = zoo_class(name), start or Start()
    key = _key(f"{name}-initial", model_class, train, (), seed=seed, start=start)

    def build(work: WorkFolder) -> None:
        model, inputs = training.begin(model_class, train, start=start, seed=seed)
        record = {"name": name, "seed": seed, "encoder": start.encoder}
        ZooModel(model, inputs, key, "", record).save(work.result)

    return ZooModel.load(cached_folder(models_folder() / key, build))


def _key(
    name: str,
    model_class: type[AspectModel],
    train: Sequence[Instance],
    dev: Sequence[Instance],
    *,
    seed: int,
    start: Start,
) -> str:
    parts = {
        "name": name,
        "train": content_checksum(train),
        "dev": content_checksum(dev),
        "order": [instance.id for instance in train],
        "seed": seed,
        "encoder": encoder_checksum(start.encoder),
        "extras": _extras(model_class, start),
        "recipe": training.recipe_of(model_class),
        "code": _code_checksum(model_class),
        "torch": version("torch"),
        "transformers": version("transformers"),
        "accelerator": torch.cuda.is_available(),
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return f"{name}-{digest[:16]}"


def _extras(model_class: type[AspectModel], start: Start) -> dict[str, str | None]:
    """What a model starts from beside the encoder, with checksums: all that it takes, given or not."""
    known = {
        "embeddings": lambda: _named(start.embeddings),
        "corpus": lambda: "post-trained already" if start.post_trained else _named(start.corpus),
        "parser": parser_name,
    }
    return {extra: known[extra]() for extra in model_class.extras}


def _named(path: Path | None) -> str | None:
    if path is None:
        return None
    if not path.is_file():
        raise DataError(path, "is not a file")
    return f"{path.name}, SHA-256 {sha256(path)}"


def _code_checksum(model_class: type[AspectModel]) -> str:
    """Of the files that define the model, its bases, its inputs, the trainer, word vectors and parses."""
    classes = (*model_class.__mro__, *model_class.inputs.__mro__)
    files = {inspect.getfile(c) for c in classes if issubclass(c, AspectModel | Inputs)}
    shared = (training.__file__, word_vectors.__file__, dependency_cache.__file__)
    return " ".join(sha256(Path(file)) for file in sorted({*files, *shared}))
