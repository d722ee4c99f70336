"""Writing model cards: README.md files that people and the Hugging Face Hub read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from huggingface_hub import ModelCard, ModelCardData


def write_hub_readme(
    folder: Path,
    lines: Sequence[str],
    *,
    tag: str,
    base_models: Sequence[str],
    versions: Mapping[str, str],
    command: str | None,
) -> None:
    """Write a model card to README.md.

    Args:
        folder: the folder of the model.
        lines: the text, in Markdown.
        tag: what was done to the model, as the Hub tags it: ``merge``.
        base_models: the models that it was made from: folders or Hub ids.
        versions: versions of the libraries that made it.
        command: the command line that made it, if there was one.
    """
    front = ModelCardData(tags=[tag, "arts"], base_model=list(base_models)).to_yaml()
    libraries = ", ".join(f"{name} {version}" for name, version in versions.items())
    body = [*lines, "", f"Made by {libraries}."]
    if command:
        body += ["", "```", command, "```"]
    ModelCard("\n".join(["---", front, "---", "", *body, ""])).save(folder / "README.md")
