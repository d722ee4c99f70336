"""Where a checkpoint's name leads: a folder, or the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path

from arts.data.support.download import model_folder
from arts.merging.checkpoints.adapter import Adapter
from arts.merging.checkpoints.checkpoint import ADAPTER, Checkpoint

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
    return model_folder(name, [*_WEIGHTS, *ASSETS], what="model")


def open_model(name: str) -> Checkpoint:
    """A checkpoint, or a LoRA adapter.

    Raises:
        ArtsError: when there is none, or its files are not as expected.
    """
    folder = folder_of(name)
    kind = Adapter if (folder / ADAPTER).is_file() else Checkpoint
    return kind(folder, name)
