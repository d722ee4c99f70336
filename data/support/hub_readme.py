"""Writing model cards: README.md files that people and the Hugging Face Hub read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml


def write_hub_readme(
    folder: Path,
    lines: Sequence[str],
    *,
    tag: str,
    base_models: Sequence[str],
    versions: Mapping[str, str],
    command: str | None,
) -> None:
    """Write a model card to the README.md of a model's folder.

    Args:
        folder: the folder of the model.
        lines: the lines of the card's body, in Markdown.
        tag: how the model was made, as a tag of the Hub, e.g. ``merge``.
        base_models: the folders or Hub ids of the models that it was made from.
        versions: the version of each library that made the model, keyed by the library's name.
        command: the command line that made the model; None when no command made it.
    """
    fields = {"base_model": list(base_models), "tags": [tag, "arts"]}
    front = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)
    libraries = ", ".join(f"{name} {version}" for name, version in versions.items())
    body = [*lines, "", f"Made by {libraries}."]
    if command:
        body += ["", "```", command, "```"]
    (folder / "README.md").write_text("\n".join(["---", f"{front}---", "", *body, ""]), encoding="utf-8")
