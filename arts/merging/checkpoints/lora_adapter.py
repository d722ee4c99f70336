"""LoRA adapters (Hu et al., 2022), as peft saves them, read as task vectors."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from xxhash import xxh3_128

from arts.data.errors import DataError
from arts.merging.checkpoints.base_names import names_in_base
from arts.merging.checkpoints.blocks import SIZES, Raw, Values
from arts.merging.checkpoints.checkpoint import (
    ADAPTER_CONFIG,
    Checkpoint,
    TensorEntry,
    TensorSpan,
    read_header,
)
from arts.merging.checkpoints.lora_settings import read_lora_settings
from arts.merging.checkpoints.orientation import stores_transpose

ADAPTER_WEIGHTS = "adapter_model.safetensors"
_PREFIX = "base_model.model."  # prefix of all tensor names in files of peft
_MATRIX = re.compile(r"(?P<module>.+)\.lora_(?:embedding_)?(?P<side>[AB])(?:\.default)?(?:\.weight)?")
# In names of what an adapter stores as a whole: of a module with A and B, or of one with a trained copy.
_WRAPPERS = re.compile(r"\.(base_layer|modules_to_save(\.default)?)\.")
_ORIGINAL = ".original_module."  # in names of what such a module was before, which is not in use


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
    weights and biases that the adapter stores as a whole, it is the difference to the base, to which the
    product is added if there is one; for all others, 0.

    Args:
        folder: the folder with its files.
        name: what messages and reports call it: a folder or Hub id. Default: the path of the folder.
        base: the checkpoint that the adapter is added to.

    Raises:
        DataError: when it is not a LoRA adapter, or one that cannot be merged; when A or B of a weight is
            missing, or these differ in rank; and when it cannot be known how the base stores a weight.
    """

    def __init__(self, folder: Path, name: str = "", *, base: Checkpoint) -> None:
        self.settings = read_lora_settings(folder / ADAPTER_CONFIG)
        super().__init__(folder, name)
        own = self._matrix_pairs()  # keyed by the names that the weights have in the adapter
        saved = [name for name in self.tensors if not _MATRIX.fullmatch(name)]
        self.renamed = names_in_base([*own, *saved], base)
        self.tensors = {self.renamed.get(name, name): entry for name, entry in self.tensors.items()}
        self.matrices = {self.renamed.get(weight, weight): pair for weight, pair in own.items()}
        self._modules = {self.renamed.get(weight, weight): weight.removesuffix(".weight") for weight in own}
        self._scales = {weight: self._scale(weight) for weight in self.matrices}
        self._transposed = {weight: self._stores_transpose(weight, base) for weight in self.matrices}
        for weight in self.matrices.keys() & self.tensors.keys():
            if self.tensors[weight].shape != self._shape(weight):
                raise DataError(
                    folder / ADAPTER_WEIGHTS, f'"{weight}" and its A and B are of different shapes'
                )
        self.factors = lru_cache(maxsize=4)(self._read_factors)  # for the weights that are being read

    def read_entries(self) -> dict[str, TensorEntry]:
        """Read the header of the weights file; entries are keyed by the tensors' names in the base.

        The names of matrices, which the base has not, are those in the file without peft's prefix.
        """
        if (self.folder / "adapter_model.bin").exists() and not (self.folder / ADAPTER_WEIGHTS).exists():
            raise DataError(
                self.folder / "adapter_model.bin",
                f"is a pickle, which runs code when it is read; expected {ADAPTER_WEIGHTS}",
            )
        entries = read_header(self.folder / ADAPTER_WEIGHTS)
        for name, entry in entries.items():
            if entry.dtype not in SIZES:
                raise DataError(entry.path, f'"{name}" is {entry.dtype}; expected {", ".join(SIZES)}')
        used = {name: entry for name, entry in entries.items() if _ORIGINAL not in name}
        return {_base_name(name): entry for name, entry in used.items()}

    @cached_property
    def checksum(self) -> str:
        """XXH3 checksum of its tensors, their names, and the settings that scale them."""
        scales = self.settings.model_dump(exclude={"base_model_name_or_path", "r", "rank_pattern"})
        digest = xxh3_128(repr((scales, sorted(self._transposed.items()))).encode())
        for name in sorted(self.tensors):
            digest.update(name.encode())
            digest.update(self._read_matrix(name).tobytes())
        return digest.hexdigest()

    @property
    def target_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the weights that it changes, keyed by their names in the base."""
        saved = {name: entry.shape for name, entry in self.tensors.items() if not _MATRIX.fullmatch(name)}
        return {name: self._shape(name) for name in self.matrices} | saved

    def add_alias(self, name: str, source: str) -> None:
        """Let a weight have a second name, under which the adapter changes it in the same way."""
        if source in self.tensors:
            self.tensors[name] = replace(self.tensors[source], name=name)
        if source in self.matrices:
            self.matrices[name] = self.matrices[source]
            self._modules[name] = self._modules[source]
            self._transposed[name] = self._transposed[source]

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
        raw = buffer[:0]
        if span.name in self.tensors:
            raw = super().read_task_vector(span, base=base, out=out, buffer=buffer)
        else:
            out[: span.count] = 0
        if span.name in self.matrices:
            factors = self.factors(span.name)
            columns = factors.right.shape[1]
            top, bottom = span.first // columns, -(-(span.first + span.count) // columns)
            rows = (factors.left[top:bottom] @ factors.right).reshape(-1)
            out[: span.count] += rows[span.first - top * columns :][: span.count]
        return raw

    def _matrix_pairs(self) -> dict[str, dict[str, str]]:
        """The names of each adapted weight's matrices, keyed by the weight's name, then ``A`` and ``B``."""
        path = self.folder / ADAPTER_WEIGHTS
        pairs: dict[str, dict[str, str]] = {}
        for name, entry in self.tensors.items():
            if match := _MATRIX.fullmatch(name):
                pairs.setdefault(f"{match['module']}.weight", {})[match["side"]] = name
                if len(entry.shape) != 2:
                    raise DataError(path, f'"{name}" is LoRA on a convolution, which cannot be merged here')
            elif ".lora_" in name or ".token_adapter." in name:
                raise DataError(path, f'holds "{name}", which is no part of a LoRA that can be merged')
        for weight, sides in pairs.items():
            shapes = {side: self.tensors[name].shape for side, name in sides.items()}
            if len(shapes) < 2 or not shapes["A"][0] == shapes["B"][1] > 0:
                raise DataError(path, f'"{weight}" needs A and B of one rank')
        return pairs

    def _matrix_shape(self, weight: str, side: str) -> tuple[int, int]:
        """The shape of a weight's matrix: (rank, in) for side A, and (out, rank) for side B."""
        rows, columns = self.tensors[self.matrices[weight][side]].shape
        return rows, columns

    def _scale(self, weight: str) -> float:
        """The factor on the product of a weight's matrices."""
        rank, _ = self._matrix_shape(weight, "A")
        return self.settings.scale(self._modules[weight], rank)

    def _stores_transpose(self, weight: str, base: Checkpoint) -> bool:
        """Whether the base stores a weight as (in, out), as it does embeddings and GPT-2's linear maps."""
        a, b = self._matrix_shape(weight, "A"), self._matrix_shape(weight, "B")
        if "lora_embedding_" in self.matrices[weight]["A"]:
            return True
        return weight in base.tensors and stores_transpose(
            base, weight, shape=(b[0], a[1]), flag=self.settings.fan_in_fan_out
        )

    def _shape(self, weight: str) -> tuple[int, int]:
        """The shape that an adapted weight has in the base."""
        a, b = self._matrix_shape(weight, "A"), self._matrix_shape(weight, "B")
        return (a[1], b[0]) if self._transposed[weight] else (b[0], a[1])

    def _read_factors(self, weight: str) -> LoraFactors:
        """Read the matrices of an adapted weight in fp64, and multiply B by the scale."""
        a, b = (self._read_matrix(self.matrices[weight][side]).astype(np.float64) for side in "AB")
        b *= self._scales[weight]
        left, right = (a.T, b.T) if self._transposed[weight] else (b, a)
        return LoraFactors(np.ascontiguousarray(left), np.ascontiguousarray(right))

    def _read_matrix(self, name: str) -> Values:
        """Read a whole tensor as fp32."""
        entry = self.tensors[name]
        out = np.empty(entry.count, np.float32)
        buffer = np.empty(4 * entry.count, np.uint8)
        self.read_values(TensorSpan(name, 0, entry.count), out=out, buffer=buffer)
        return out.reshape(entry.shape)


def _base_name(name: str) -> str:
    """The name that a tensor of an adapter's file has in the base.

    Example:
        >>> _base_name("base_model.model.encoder.query.base_layer.bias")
        'encoder.query.bias'
    """
    name = name.removeprefix(_PREFIX)
    return name if ".lora_" in name else _WRAPPERS.sub(".", name)
