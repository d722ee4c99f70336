"""Copying the files that a merged model needs beside its weights: configuration, tokenizer, chat template."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from arts.data.errors import DataError
from arts.data.support.foreign_file import open_foreign
from arts.merging.checkpoints.checkpoint import Checkpoint
from arts.merging.checkpoints.sources import ASSET_PATTERNS
from arts.merging.policies import SAFETENSORS_NAMES
from arts.models.model_folder import CONFIG_FILE

GENERATION_CONFIG = "generation_config.json"
_CONFIGURATION_FILES = (CONFIG_FILE, GENERATION_CONFIG)
_TEMPLATES = "additional_chat_templates"  # the only subfolder that is copied
_TORCH_NAMES = {stored: str(dtype) for dtype, stored in SAFETENSORS_NAMES.items()}


def copy_assets(
    base: Checkpoint,
    folder: Path,
    *,
    tokenizer: Path | None = None,
    config: Mapping[str, Any],
    dtype: str | None = None,
) -> list[str]:
    """Copy the base's configuration, tokenizer and chat template to the folder of a merged model.

    Args:
        base: the base, whose files are copied.
        folder: the folder to write to; it exists.
        tokenizer: folder whose tokenizer and chat template are copied instead of the base's.
        config: content of config.json.
        dtype: type of the stored weights (BF16, F16 or F32), which config.json is to name. None: config.json
            names the same type as `config`.

    Returns:
        Sentences on files that were not copied: links that lead out of their folder, and code.

    Raises:
        DataError: when `tokenizer` is given but is a folder without a tokenizer.
    """
    config = dict(config)
    if dtype:
        config.pop("torch_dtype", None)
        config["dtype"] = _TORCH_NAMES[dtype]
    (folder / CONFIG_FILE).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    source = tokenizer or base.folder
    files = {path for pattern in ASSET_PATTERNS for path in source.glob(pattern) if path.is_file()}
    files = {path for path in files if path.name not in _CONFIGURATION_FILES}
    if tokenizer and not files:
        raise DataError(tokenizer, "has no tokenizer; expected tokenizer.json or the like")
    if (base.folder / GENERATION_CONFIG).is_file():
        files.add(base.folder / GENERATION_CONFIG)
    remarks = _copy_files(sorted(files), folder)
    if config.get("auto_map"):
        remarks.append(
            f"{base.name}: its config.json names code of its own (auto_map), which is not copied; copy the "
            "Python files yourself if you trust them"
        )
    return remarks


def check_config_is_inside(folder: Path) -> None:
    """Raise `DataError` when config.json is a link that leads out of its folder."""
    if leads_outside(folder / CONFIG_FILE, folder):
        raise DataError(folder / CONFIG_FILE, "is a link that leads out of its folder; expected a file")


def leads_outside(path: Path, folder: Path) -> bool:
    """Whether a path in a folder is a link, or lies beneath one, that leads out of the folder.

    The links in the cache of the Hugging Face Hub, whose files are all in one place for all revisions of a
    repository, do not count.
    """
    place, home = path.resolve(), folder.resolve()
    blobs = home.parent.parent / "blobs" if home.parent.name == "snapshots" else home
    return not (place.is_relative_to(home) or place.is_relative_to(blobs))


def _copy_files(paths: Sequence[Path], folder: Path) -> list[str]:
    """Copy files of model folders to the folder of a merged model.

    Returns:
        Sentences on those that were not copied.
    """
    remarks = []
    for path in paths:
        source = path.parent.parent if path.parent.name == _TEMPLATES else path.parent
        if leads_outside(path, source):
            remarks.append(f"{path}: a link that leads out of its folder; it was not copied")
            continue
        target = folder / path.relative_to(source)
        target.parent.mkdir(exist_ok=True)
        with open_foreign(path) as file, target.open("wb") as copy:
            shutil.copyfileobj(file, copy)
    return remarks
