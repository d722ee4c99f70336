"""What goes along with merged weights: configuration, tokenizer, model card."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from arts.data.errors import DataError
from arts.merging.checkpoints.checkpoint import Checkpoint
from arts.merging.checkpoints.sources import ASSETS
from arts.merging.choices import Dtype
from arts.merging.report import MergeReport

_OF_THE_MODEL = ("config.json", "generation_config.json")
_TORCH_NAMES = {dtype.stored: str(dtype) for dtype in Dtype}
_LABELS = ("id2label", "label2id", "architectures")


def carry_over(
    base: Checkpoint, folder: Path, *, tokenizer: Path | None = None, dtype: str | None = None, headless: bool
) -> None:
    """Copy the base's configuration, generation configuration, tokenizer and chat template.

    Args:
        base: whose they are.
        folder: where to.
        tokenizer: a folder to take the tokenizer and chat template from instead.
        dtype: that the weights are stored in, if not in the base's.
        headless: whether the classifier head was left out.

    Raises:
        DataError: when the folder of the tokenizer has none.
    """
    config = dict(base.config)
    if dtype:
        config.pop("torch_dtype", None)
        config["dtype"] = _TORCH_NAMES[dtype]
    if headless:
        config = {key: value for key, value in config.items() if key not in _LABELS}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    if (base.folder / "generation_config.json").is_file():
        shutil.copy(base.folder / "generation_config.json", folder)
    source = tokenizer or base.folder
    copied = 0
    for path in sorted({path for pattern in ASSETS for path in source.glob(pattern)}):
        if path.is_file() and path.name not in _OF_THE_MODEL:
            target = folder / path.relative_to(source)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(path, target)
            copied += 1
    if tokenizer and not copied:
        raise DataError(tokenizer, "has no tokenizer; expected tokenizer.json or the like")


def write_card(report: MergeReport, folder: Path) -> None:
    """Write README.md: what was merged how, to be read by people and by the Hub."""
    front = ["---", "tags:", "- merge", "- arts", "base_model:"]
    front += [f"- {json.dumps(name)}" for name in (report.base, *(entry.name for entry in report.models))]
    rows = [
        f"| {entry.name} | {_number(entry.coefficient)} | {entry.norm:.6g} | "
        f"{' '.join(f'{value:+.4f}' for value in row)} | `{entry.checksum}` |"
        for entry, row in zip(report.models, report.cosines, strict=True)
    ]
    settings = ", ".join(f"{key} {value}" for key, value in report.settings.items() if value is not None)
    lines = [
        *front,
        "---",
        "",
        f"# A merge by {report.method}",
        "",
        f"Base: {report.base} (`{report.base_checksum}`). {settings[:1].upper()}{settings[1:]}.",
        "",
        "| model | coefficient | norm of the task vector | cosines | XXH3 of the merged tensors |",
        "|---|---:|---:|---|---|",
        *rows,
        "",
        *(f"- {line}" for line in (*report.warnings, *report.remarks)),
        "",
        f"Made by {', '.join(f'{name} {number}' for name, number in report.versions.items())}.",
    ]
    if report.command:
        lines += ["", "```", report.command, "```"]
    (folder / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"
