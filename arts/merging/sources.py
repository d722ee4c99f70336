"""Where a checkpoint's name leads: a folder, or the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path

from arts.data.errors import ArtsError
from arts.merging.adapter import Adapter
from arts.merging.checkpoint import ADAPTER, Checkpoint

ASSETS = (
    "config.json",
    "generation_config.json",
    "tokenizer*",
    "vocab*",
    "merges.txt",
    "special_tokens_map.json",
    "added_tokens.json",
    "*.model",
    "*.tiktoken",
    "chat_template*",
    "additional_chat_templates/*",
)
_WEIGHTS = ("*.safetensors", "*.safetensors.index.json", ADAPTER, "*.bin.index.json")


def folder_of(name: str) -> Path:
    """The folder of a model: itself, or a download of a Hub id (``name@revision`` for a revision).

    Raises:
        ArtsError: when there is no such model.
    """
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    repository, _, revision = name.partition("@")
    try:
        return Path(
            snapshot_download(repository, revision=revision or None, allow_patterns=[*_WEIGHTS, *ASSETS])
        )
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ArtsError(
            f'model "{name}" is neither a folder nor to be had from the Hugging Face Hub ({reason})'
        ) from error


def open_model(name: str) -> Checkpoint:
    """A checkpoint, or a LoRA adapter.

    Raises:
        ArtsError: when there is none, or its files are not as expected.
    """
    folder = folder_of(name)
    kind = Adapter if (folder / ADAPTER).is_file() else Checkpoint
    return kind(folder, name)
