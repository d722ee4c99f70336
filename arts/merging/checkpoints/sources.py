"""Finding and opening a checkpoint by the path of its folder or its id on the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path

from arts.data.errors import DataError
from arts.data.support.download import model_folder
from arts.merging.checkpoints.base_names import rename_as_in_base
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


def is_adapter(name: str) -> bool:
    """Whether a model, a folder or Hub id, is a LoRA adapter.

    Raises:
        ArtsError: when there is no such model.
    """
    return (checkpoint_folder(name) / ADAPTER_CONFIG).exists()


def open_base(name: str) -> Checkpoint:
    """Open the checkpoint that models were fine-tuned from.

    Args:
        name: a folder or Hub id; ``id@revision`` for a certain revision.

    Raises:
        ArtsError: when there is no such model, its files are missing or damaged, or it is an adapter.
    """
    folder = checkpoint_folder(name)
    if (folder / ADAPTER_CONFIG).is_file() and not (folder / "config.json").is_file():
        raise DataError(folder, "is an adapter; expected the model that it was trained on as the base")
    return Checkpoint(folder, name)


def open_model(name: str, *, base: Checkpoint) -> Checkpoint:
    """Open a fine-tuned model: a checkpoint or a LoRA adapter, whose tensors have the names of the base's.

    Args:
        name: a folder or Hub id; ``id@revision`` for a certain revision.
        base: the checkpoint that the model was fine-tuned from.

    Raises:
        ArtsError: when there is no such model, its files are missing or damaged, or it is an adapter that
            cannot be merged.
    """
    folder = checkpoint_folder(name)
    if (folder / ADAPTER_CONFIG).exists():
        return LoraAdapter(folder, name, base=base)
    model = Checkpoint(folder, name)
    rename_as_in_base(model, base)
    return model
