"""The names of cached models, which change with anything that the weights depend on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from arts.data.corpus import content_checksum
from arts.data.errors import DataError
from arts.data.support.code_checksum import code_checksum
from arts.data.support.download import sha256
from arts.data.support.spacy_parser import parser_name
from arts.models import training
from arts.models.base import AspectModel, Inputs
from arts.models.encoders import encoder_checksum
from arts.models.precision import training_precision
from arts.models.recipe import Start, TrainingRequest
from arts.models.record_names import POST_TRAINED
from arts.models.runtime import numerical_environment
from arts.models.training_plan import TrainingPlan


def cache_key(prefix: str, parts: object) -> str:
    """The name of a model's folder in the cache: a readable prefix, and 16 hexadecimal digits of a digest.

    Args:
        prefix: beginning of the name, such as the model's name.
        parts: everything that the weights depend on, as JSON values; the digest is computed from it.
    """
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return f"{prefix}-{digest[:16]}"


def training_key(
    prefix: str, model_class: type[AspectModel], request: TrainingRequest, *, plan: TrainingPlan
) -> str:
    """The name of a model's folder in the cache, which changes with anything that its weights depend on.

    Args:
        prefix: beginning of the name, such as ``bert``.
        model_class: the class of the model; the name depends on its recipe and its source files.
        request: the request to train; the name depends on its seed and its starting point.
        plan: what it is trained on, and how.
    """
    precision = training_precision(model_class, request.start, train=plan.train)
    parts = {
        "name": prefix,
        "train": content_checksum(plan.train),
        "dev": content_checksum(plan.dev),
        "order": [instance.id for instance in plan.train],
        "seed": request.seed,
        "encoder": encoder_checksum(request.start.encoder),
        "extras": extra_inputs(model_class, request.start),
        "recipe": asdict(model_class.recipe),
        "objective": repr(plan.objective) if plan.objective else None,
        "initial": plan.initial_key,
        "switches": dict(plan.switches),
        "code": _code_checksum(model_class),
        "environment": numerical_environment(precision.precision),
        "spacy": version("spacy") if "parser" in model_class.extras else None,
    }
    return cache_key(prefix, parts)


def extra_inputs(model_class: type[AspectModel], start: Start) -> dict[str, str | None]:
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
    """The SHA-256 of the source of a model, its inputs and its training, and of all that these import."""
    classes = (*model_class.__mro__, *model_class.inputs.__mro__)
    modules = {c.__module__ for c in classes if issubclass(c, AspectModel | Inputs)}
    return code_checksum(*sorted(modules), training.__name__)
