"""The files that go along with merged weights: configuration, tokenizer and chat template."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from arts.data.errors import DataError
from arts.merging.checkpoints.checkpoint import Checkpoint
from arts.merging.checkpoints.sources import ASSET_PATTERNS
from arts.merging.policies import StorageDtype

_CONFIGURATION_FILES = ("config.json", "generation_config.json")
_TORCH_NAMES = {dtype.safetensors_name: str(dtype) for dtype in StorageDtype}
_HEAD_SETTINGS = ("id2label", "label2id", "architectures")


def copy_assets(
    base: Checkpoint,
    folder: Path,
    *,
    tokenizer: Path | None = None,
    dtype: str | None = None,
    headless: bool,
) -> None:
    """Copy the base's configuration, generation configuration, tokenizer and chat template.

    Args:
        base: the checkpoint to copy from.
        folder: the folder to copy to.
        tokenizer: folder to take the tokenizer and chat template from, instead of the base's.
        dtype: type that the weights are stored in (BF16, F16 or F32), if not the base's.
        headless: whether the classifier head was left out.

    Raises:
        DataError: when the folder of the tokenizer has none.
    """
    config = dict(base.config)
    if dtype:
        config.pop("torch_dtype", None)
        config["dtype"] = _TORCH_NAMES[dtype]
    if headless:
        config = {key: value for key, value in config.items() if key not in _HEAD_SETTINGS}
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
