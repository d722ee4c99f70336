"""LoRA adapters (Hu et al., 2022), as peft saves them, read as task vectors."""

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
from arts.merging.checkpoints.checkpoint import (
    ADAPTER_CONFIG,
    Checkpoint,
    TensorEntry,
    TensorSpan,
    read_header,
    read_json,
)

ADAPTER_WEIGHTS = "adapter_model.safetensors"
_PREFIX = "base_model.model."  # prefix of all tensor names in files of peft
_MATRIX = re.compile(r"(?P<module>.+)\.lora_(?:embedding_)?(?P<side>[AB])(?:\.weight)?")
_SCALE_SETTINGS = ("lora_alpha", "alpha_pattern", "use_rslora", "fan_in_fan_out")
_UNSUPPORTED = {
    "use_dora": "DoRA",
    "lora_bias": "LoRA on biases",
    "alora_invocation_tokens": "activated LoRA",
}


@dataclass(frozen=True)
class LoraFactors:
    """The task vector of one weight as the product of two matrices, ``left @ right``.

    The product is multiplied already by the adapter's scale, such as alpha / r.

    Args:
        left: a matrix (rows, rank).
        right: a matrix (rank, columns).
    """

    left: Values
    right: Values


class LoraAdapter(Checkpoint):
    """A LoRA adapter, which is read as the task vector that it stands for.

    The adapter stores two matrices, A and B, of rank r for each weight that it adapts. The task vector of the
    weight is (alpha / r) B A, where alpha is a setting; in rank-stabilised LoRA, (alpha / sqrt(r)) B A. For
    modules that the adapter stores as a whole, it is the difference to the base; for all other weights, 0.

    Args:
        folder: the folder with its files.
        name: what messages and reports call it: a folder or Hub id. Default: the path of the folder.

    Raises:
        DataError: when it is not a LoRA adapter, A or B of a weight is missing, or these differ in rank.
    """

    def __init__(self, folder: Path, name: str = "") -> None:
        self.settings = read_json(folder / ADAPTER_CONFIG)
        kind = self.settings.get("peft_type")
        if kind != "LORA":
            raise DataError(folder / ADAPTER_CONFIG, f"is an adapter of the kind {kind}; expected LORA")
        for setting, variant in _UNSUPPORTED.items():
            if self.settings.get(setting):
                raise DataError(
                    folder / ADAPTER_CONFIG, f"asks for {variant} ({setting}), which cannot be merged here"
                )
        super().__init__(folder, name)
        self.matrices = self._matrix_pairs()
        self.factors = lru_cache(maxsize=4)(self._read_factors)  # for the weights that are being read

    def read_entries(self) -> dict[str, TensorEntry]:
        """Read the header of the weights file; entries are keyed by tensor name, without peft's prefix."""
        if (self.folder / "adapter_model.bin").exists() and not (self.folder / ADAPTER_WEIGHTS).exists():
            raise DataError(
                self.folder / "adapter_model.bin",
                f"is a pickle, which runs code when it is read; expected {ADAPTER_WEIGHTS}",
            )
        entries = read_header(self.folder / ADAPTER_WEIGHTS)
        return {name.removeprefix(_PREFIX): entry for name, entry in entries.items()}

    @cached_property
    def checksum(self) -> str:
        """XXH3 checksum of its tensors, their names, and the settings that scale them."""
        digest = xxh3_128(repr([self.settings.get(key) for key in _SCALE_SETTINGS]).encode())
        for name in sorted(self.tensors):
            digest.update(name.encode())
            digest.update(self._read_matrix(self.tensors[name]).tobytes())
        return digest.hexdigest()

    @property
    def target_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the weights that it changes, keyed by their names in the base."""
        saved = {name: entry.shape for name, entry in self.tensors.items() if not _MATRIX.fullmatch(name)}
        return saved | {name: self._shape(name) for name in self.matrices}

    def read_task_vector(self, span: TensorSpan, *, base: Values, out: Values, buffer: Raw) -> Raw:
        """Read a span of the task vector, which is 0 for a weight that the adapter does not change.

        Args:
            span: the elements to read.
            base: the same elements of the base, an array (span.count,).
            out: fp32 or fp64 array (span.count,) to write the task vector to.
            buffer: array of at least ``4 * span.count`` bytes, which may be overwritten.

        Returns:
            For a module that the adapter stores as a whole, the bytes of these elements as they are in the
            file, the beginning of `buffer`; for all other weights, an empty array.
        """
        if span.name in self.matrices:
            factors = self.factors(span.name)
            columns = factors.right.shape[1]
            top, bottom = span.first // columns, -(-(span.first + span.count) // columns)
            rows = (factors.left[top:bottom] @ factors.right).reshape(-1)
            out[: span.count] = rows[span.first - top * columns :][: span.count]
        elif span.name in self.tensors:
            return super().read_task_vector(span, base=base, out=out, buffer=buffer)
        else:
            out[: span.count] = 0
        return buffer[:0]

    def _matrix_pairs(self) -> dict[str, dict[str, TensorEntry]]:
        """The matrices of each adapted weight, keyed by the weight's name and then by ``A`` and ``B``."""
        pairs: dict[str, dict[str, TensorEntry]] = {}
        for name, entry in self.tensors.items():
            if match := _MATRIX.fullmatch(name):
                pairs.setdefault(f"{match['module']}.weight", {})[match["side"]] = entry
            elif ".lora_" in name:
                raise DataError(entry.path, f'holds "{name}", which is no part of a LoRA that can be merged')
        for name, sides in pairs.items():
            if set(sides) != {"A", "B"} or sides["A"].shape[0] != sides["B"].shape[1]:
                raise DataError(self.folder / ADAPTER_WEIGHTS, f'"{name}" needs A and B of one rank')
        return pairs

    def _scale(self, name: str, rank: int) -> float:
        """The factor on the product of B and A: alpha / r, or alpha / sqrt(r) for rank-stabilised LoRA."""
        alpha = _pattern_value(self.settings.get("alpha_pattern"), name, self.settings["lora_alpha"])
        return float(alpha / (rank**0.5 if self.settings.get("use_rslora") else rank))

    def _stores_transpose(self, name: str) -> bool:
        """Whether the base stores a weight as (in, out), as it does embeddings and GPT-2's linear maps."""
        embedding = "lora_embedding_" in self.matrices[name]["A"].name
        return embedding or bool(self.settings.get("fan_in_fan_out"))

    def _shape(self, name: str) -> tuple[int, int]:
        """The shape that an adapted weight has in the base."""
        a, b = self.matrices[name]["A"].shape, self.matrices[name]["B"].shape
        return (a[1], b[0]) if self._stores_transpose(name) else (b[0], a[1])

    def _read_factors(self, name: str) -> LoraFactors:
        """Read the matrices of an adapted weight, and multiply B by the scale."""
        a, b = (self._read_matrix(self.matrices[name][side]) for side in "AB")
        b *= np.float32(self._scale(name, a.shape[0]))
        left, right = (a.T, b.T) if self._stores_transpose(name) else (b, a)
        return LoraFactors(np.ascontiguousarray(left), np.ascontiguousarray(right))

    def _read_matrix(self, entry: TensorEntry) -> Values:
        """Read a whole tensor as fp32."""
        out = np.empty(entry.count, np.float32)
        span = TensorSpan(entry.name.removeprefix(_PREFIX), 0, entry.count)
        self.read_values(span, out=out, buffer=np.empty(4 * entry.count, np.uint8))
        return out.reshape(entry.shape)


def _pattern_value(pattern: dict[str, Any] | None, name: str, default: Any) -> Any:
    """The value of the first pattern that matches the end of a module's name, as in peft.

    Args:
        pattern: values keyed by regular expression; None or empty when there are none.
        name: name of the module's weight; its ending ``.weight`` is left out.
        default: the value when no pattern matches.
    """
    module = name.removesuffix(".weight")
    for key, value in (pattern or {}).items():
        if re.fullmatch(rf"(.*\.)?({key})", module):
            return value
    return default
