"""Copying the files that a merged model needs beside its weights: configuration, tokenizer, chat template."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arts.data.errors import DataError
from arts.merging.checkpoints.checkpoint import Checkpoint
from arts.merging.checkpoints.sources import ASSET_PATTERNS
from arts.merging.policies import SAFETENSORS_NAMES

_CONFIGURATION_FILES = ("config.json", "generation_config.json")
_TORCH_NAMES = {stored: str(dtype) for dtype, stored in SAFETENSORS_NAMES.items()}


def copy_assets(
    base: Checkpoint,
    folder: Path,
    *,
    tokenizer: Path | None = None,
    config: Mapping[str, Any],
    dtype: str | None = None,
) -> None:
    """Copy the base's configuration, tokenizer and chat template to the folder of a merged model.

    Args:
        base: the base, whose files are copied.
        folder: the folder to write to; it exists.
        tokenizer: folder whose tokenizer and chat template are copied instead of the base's.
        config: content of config.json.
        dtype: type of the stored weights (BF16, F16 or F32), which config.json is to name. None: config.json
            names the same type as `config`.

    Raises:
        DataError: when `tokenizer` is given but is a folder without a tokenizer.
    """
    config = dict(config)
    if dtype:
        config.pop("torch_dtype", None)
        config["dtype"] = _TORCH_NAMES[dtype]
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    if (base.folder / "generation_config.json").is_file():
        shutil.copy(base.folder / "generation_config.json", folder)
    source = tokenizer or base.folder
    copied = 0
    for path in sorted({path for pattern in ASSET_PATTERNS for path in source.glob(pattern)}):
        if path.is_file() and path.name not in _CONFIGURATION_FILES:
            target = folder / path.relative_to(source)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(path, target)
            copied += 1
    if tokenizer and not copied:
        raise DataError(tokenizer, "has no tokenizer; expected tokenizer.json or the like")
