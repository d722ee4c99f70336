"""Finding and opening a checkpoint by the path of its folder or its id on the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path

from arts.data.support.download import model_folder
from arts.merging.checkpoints.checkpoint import ADAPTER_CONFIG, Checkpoint
from arts.merging.checkpoints.lora_adapter import LoraAdapter

ASSET_PATTERNS = (
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
_WEIGHT_PATTERNS = ("*.safetensors", "*.safetensors.index.json", ADAPTER_CONFIG, "*.bin.index.json")


def checkpoint_folder(name: str) -> Path:
    """The local folder of a model; a model on the Hub is downloaded.

    Args:
        name: a folder or Hub id; ``id@revision`` for a certain revision.

    Raises:
        ArtsError: when there is no such model.
    """
    return model_folder(name, [*_WEIGHT_PATTERNS, *ASSET_PATTERNS], what="model")


def open_checkpoint(name: str) -> Checkpoint:
    """Open a checkpoint or a LoRA adapter.

    Args:
        name: a folder or Hub id; ``id@revision`` for a certain revision.

    Raises:
        ArtsError: when there is no such model, or its files are missing or damaged.
    """
    folder = checkpoint_folder(name)
    kind = LoraAdapter if (folder / ADAPTER_CONFIG).is_file() else Checkpoint
    return kind(folder, name)
