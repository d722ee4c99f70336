"""LoRA adapters (Hu et al., 2022), as peft saves them, as task vectors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from xxhash import xxh3_128

from arts.data.errors import DataError
from arts.merging.checkpoints.blocks import Raw, Values
from arts.merging.checkpoints.checkpoint import ADAPTER, Checkpoint, Span, Tensor, read_header, read_json

WEIGHTS = "adapter_model.safetensors"
_PREFIX = "base_model.model."
_PART = re.compile(r"(?P<module>.+)\.lora_(?:embedding_)?(?P<side>[AB])(?:\.weight)?")
_SCALING = ("lora_alpha", "alpha_pattern", "use_rslora", "fan_in_fan_out")
_FORMS = {"use_dora": "DoRA", "lora_bias": "LoRA on biases", "alora_invocation_tokens": "activated LoRA"}


@dataclass(frozen=True)
class Factors:
    """The task vector of one weight: ``left @ right``, (rows, rank) and (rank, columns), scaled."""

    left: Values
    right: Values


class Adapter(Checkpoint):
    """A LoRA adapter: tau = (alpha / r) B A for each weight it adapts, theta - theta_0 for saved modules.

    Args:
        folder, name: as of `Checkpoint`.

    Raises:
        DataError: when it is another kind of adapter, or its parts do not match.
    """

    def __init__(self, folder: Path, name: str = "") -> None:
        self.settings = read_json(folder / ADAPTER)
        kind = self.settings.get("peft_type")
        if kind != "LORA":
            raise DataError(folder / ADAPTER, f"is an adapter of the kind {kind}; expected LORA")
        for setting, form in _FORMS.items():
            if self.settings.get(setting):
                raise DataError(folder / ADAPTER, f"asks for {form} ({setting}), which cannot be merged here")
        super().__init__(folder, name)
        self.pairs = self._pairs()
        self.factors = lru_cache(maxsize=4)(self._factors)  # of the weights that are being read

    def load(self) -> dict[str, Tensor]:
        """The tensors of the adapter, without the prefix that peft gives their names."""
        if (self.folder / "adapter_model.bin").exists() and not (self.folder / WEIGHTS).exists():
            raise DataError(
                self.folder / "adapter_model.bin",
                f"is a pickle, which runs code when it is read; expected {WEIGHTS}",
            )
        found = read_header(self.folder / WEIGHTS)
        return {name.removeprefix(_PREFIX): tensor for name, tensor in found.items()}

    @cached_property
    def checksum(self) -> str:
        """XXH3 over its tensors by name, and its scale."""
        hashed = xxh3_128(repr([self.settings.get(key) for key in _SCALING]).encode())
        for name in sorted(self.tensors):
            hashed.update(name.encode())
            hashed.update(self._whole(self.tensors[name]).tobytes())
        return hashed.hexdigest()

    @property
    def adapted(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the weights that it changes, by their names in the base."""
        saved = {name: t.shape for name, t in self.tensors.items() if not _PART.fullmatch(name)}
        return saved | {name: self._shape(name) for name in self.pairs}

    def task(self, span: Span, base: Values, out: Values, buffer: Raw) -> Raw:
        """As of `Checkpoint`; 0 for a weight that is not adapted."""
        if span.name in self.pairs:
            factors = self.factors(span.name)
            columns = factors.right.shape[1]
            top, bottom = span.first // columns, -(-(span.first + span.count) // columns)
            rows = (factors.left[top:bottom] @ factors.right).reshape(-1)
            out[: span.count] = rows[span.first - top * columns :][: span.count]
        elif span.name in self.tensors:
            return super().task(span, base, out, buffer)
        else:
            out[: span.count] = 0
        return buffer[:0]

    def _pairs(self) -> dict[str, dict[str, Tensor]]:
        pairs: dict[str, dict[str, Tensor]] = {}
        for name, tensor in self.tensors.items():
            if part := _PART.fullmatch(name):
                pairs.setdefault(f"{part['module']}.weight", {})[part["side"]] = tensor
            elif ".lora_" in name:
                raise DataError(tensor.path, f'holds "{name}", which is no part of a LoRA that can be merged')
        for name, sides in pairs.items():
            if set(sides) != {"A", "B"} or sides["A"].shape[0] != sides["B"].shape[1]:
                raise DataError(self.folder / WEIGHTS, f'"{name}" needs A and B of one rank')
        return pairs

    def _scale(self, name: str, rank: int) -> float:
        alpha = _of_pattern(self.settings.get("alpha_pattern"), name, self.settings["lora_alpha"])
        return float(alpha / (rank**0.5 if self.settings.get("use_rslora") else rank))

    def _transposed(self, name: str) -> bool:
        """Whether the weight is stored as (in, out): of embeddings, and of GPT-2's linear maps."""
        embedding = "lora_embedding_" in self.pairs[name]["A"].name
        return embedding or bool(self.settings.get("fan_in_fan_out"))

    def _shape(self, name: str) -> tuple[int, int]:
        a, b = self.pairs[name]["A"].shape, self.pairs[name]["B"].shape
        return (a[1], b[0]) if self._transposed(name) else (b[0], a[1])

    def _factors(self, name: str) -> Factors:
        a, b = (self._whole(self.pairs[name][side]) for side in "AB")
        b *= np.float32(self._scale(name, a.shape[0]))
        left, right = (a.T, b.T) if self._transposed(name) else (b, a)
        return Factors(np.ascontiguousarray(left), np.ascontiguousarray(right))

    def _whole(self, tensor: Tensor) -> Values:
        out = np.empty(tensor.count, np.float32)
        name = tensor.name.removeprefix(_PREFIX)
        self.values(Span(name, 0, tensor.count), out, np.empty(4 * tensor.count, np.uint8))
        return out.reshape(tensor.shape)


def _of_pattern(pattern: dict[str, Any] | None, name: str, default: Any) -> Any:
    """As peft does: the first pattern that ends the module's name."""
    module = name.removesuffix(".weight")
    for key, value in (pattern or {}).items():
        if re.fullmatch(rf"(.*\.)?({key})", module):
            return value
    return default
