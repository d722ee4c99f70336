"""Adapters among the models of mergekit's configuration files."""

from __future__ import annotations

from pathlib import Path

from arts.data.errors import DataError
from arts.merging.checkpoints.checkpoint import ADAPTER_CONFIG
from arts.merging.checkpoints.lora_settings import read_lora_settings
from arts.merging.mergekit_schema import MergekitFile


def split_adapter(name: str) -> tuple[str, str | None]:
    """Split the name of an adapter on a model, as mergekit has it; of another name, the second part is None.

    Example:
        >>> split_adapter("org/base+org/lora"), split_adapter("org/model")
        (('org/base', 'org/lora'), ('org/model', None))
    """
    whole, plus, adapter = name.partition("+")
    return (whole, adapter) if plus and not Path(name).exists() else (name, None)


def adapted_model(file: MergekitFile) -> str | None:
    """The model that the adapters of a file were trained on; None when it names no adapters.

    It is what stands before the adapter (``base+adapter``), or else the base of the file, or else what the
    adapter's own configuration names.

    Raises:
        DataError: when it is not the same model for all of them, or is not known.
    """
    found: dict[str, str] = {}
    for model in file.models:
        whole, adapter = split_adapter(model.name)
        if adapter is not None:
            found[whole] = model.name
        elif (Path(model.name) / ADAPTER_CONFIG).is_file():
            found[file.base or _base_by_config(file, model.name)] = model.name
    if len(found) > 1:
        listing = ", ".join(f"{name} on {whole}" for whole, name in sorted(found.items()))
        raise DataError(
            file.path,
            f"models: adapters on different models ({listing}); expected adapters on one, or whole models, "
            "which merge_and_unload() of peft makes of them",
        )
    return next(iter(found), None)


def _base_by_config(file: MergekitFile, adapter: str) -> str:
    """The model that an adapter's own configuration names."""
    name = read_lora_settings(Path(adapter) / ADAPTER_CONFIG).base_model_name_or_path
    if not name:
        raise DataError(
            file.path,
            f'models: "{adapter}" is an adapter that does not say on which model; write it as BASE+{adapter}',
        )
    same = [
        m.name
        for m in file.models
        if Path(m.name).exists() and Path(m.name).resolve() == Path(name).resolve()
    ]
    return same[0] if same else name
