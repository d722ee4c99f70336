"""Reading checkpoints: the list of their tensors, and any span of a tensor without loading the rest."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from arts.data.errors import DataError
from arts.merging.checkpoints.architecture import Architecture
from arts.merging.checkpoints.blocks import SIZES, Raw, Values, decode
from arts.merging.checkpoints.safetensors_header import ELEMENT_BITS, read_safetensors_header
from arts.models.model_folder import (
    CONFIG_FILE,
    PICKLED_WEIGHTS,
    ModelConfig,
    read_config_content,
    read_weight_index,
)

WEIGHTS_FILE, INDEX_FILE = "model.safetensors", "model.safetensors.index.json"
ADAPTER_CONFIG = "adapter_config.json"


@dataclass(frozen=True)
class TensorEntry:
    """What the header of a safetensors file says about a tensor.

    Args:
        name: name of the tensor in the checkpoint.
        dtype: type of its elements, by its name in safetensors: BF16, F16, F32, I64 ...
        shape: length of each dimension.
        path: the file that contains it.
        offset: position of its first byte in the file.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    path: Path
    offset: int

    @cached_property
    def count(self) -> int:
        """Number of elements of the tensor."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Size of the tensor in bytes."""
        return self.count * self.itemsize

    @property
    def itemsize(self) -> int:
        """Size of one element in bytes."""
        return ELEMENT_BITS[self.dtype] // 8

    def pieces(self, first: int, size: int) -> Iterator[tuple[Path, int, int]]:
        """Where `size` bytes from an element on are: file, position of the first byte, number of bytes."""
        yield self.path, self.offset + first * self.itemsize, size


@dataclass(frozen=True)
class TensorSpan:
    """A run of consecutive elements of a tensor, in row-major order.

    Args:
        name: name of the tensor.
        first: index of the first element of the run.
        count: number of elements.
    """

    name: str
    first: int
    count: int


class Checkpoint:
    """A model saved as safetensors, in one file or in several (shards) with an index.

    Args:
        folder: the folder with its files.
        name: what messages and reports call it: a folder or Hub id. Default: the path of the folder.

    Raises:
        DataError: when files are missing, cut short, or not safetensors.
    """

    def __init__(self, folder: Path, name: str = "") -> None:
        self.folder = folder
        self.name = name or str(folder)
        self.tensors = self.read_entries()
        self.renamed: dict[str, str] = {}  # names in the base, keyed by the tensor's own name
        self._files: dict[Path, int] = {}
        self._lock = threading.Lock()

    def read_entries(self) -> dict[str, TensorEntry]:
        """Read the headers of all weights files; the entries are keyed by tensor name."""
        return _checkpoint_entries(self.folder)

    @cached_property
    def config(self) -> dict[str, Any]:
        """The content of config.json, as it is there; the fields of `ModelConfig` have been checked.

        Raises:
            DataError: when the folder has no config.json, or it is not sound.
        """
        return read_config_content(self.folder / CONFIG_FILE)

    @cached_property
    def vocabulary_size(self) -> int:
        """Number of tokens of the vocabulary, or of that of the language model in it; 0 when it says none.

        Raises:
            DataError: when the folder has no config.json, or it is not sound.
        """
        return ModelConfig.model_validate(self.config).vocabulary_size

    @cached_property
    def architecture(self) -> Architecture:
        """What the names of its tensors mean, as transformers knows its kind of model."""
        return Architecture(self.config, self.folder / "config.json")

    @property
    def parameters(self) -> int:
        """Number of elements of all tensors together."""
        return sum(entry.count for entry in self.tensors.values())

    def read_raw(self, entry: TensorEntry, out: Raw, *, first: int = 0) -> None:
        """Fill an array with bytes of a tensor, as they are in the file.

        Args:
            entry: the tensor.
            out: array of bytes to fill; its length says how many are read.
            first: index of the element at which reading begins.

        Raises:
            DataError: when the file ends before `out` is full.
        """
        view, done, end = out.data, 0, 0
        for path, offset, size in entry.pieces(first, len(out)):
            end += size
            while done < end:
                count = os.preadv(self._file(path), [view[done:end]], offset + size - (end - done))
                if not count:
                    raise DataError(path, f'ends within "{entry.name}"; the file has changed')
                done += count

    def read_values(self, span: TensorSpan, *, out: Values, buffer: Raw) -> Raw:
        """Read a span as floating-point numbers; elements beyond the end of the tensor are 0.

        Args:
            span: the elements to read. It is a span of the base's tensor, which can have more rows than this
                checkpoint's, so it may go beyond the end of the latter.
            out: fp32 or fp64 array (span.count,) to write to.
            buffer: array of at least ``4 * span.count`` bytes, which is overwritten.

        Returns:
            The bytes of these elements as they are in the file: the beginning of `buffer`.
        """
        entry = self.tensors[span.name]
        available = self._available(span)
        raw = buffer[: available * SIZES[entry.dtype]]
        if available:
            self.read_raw(entry, raw, first=span.first)
            decode(raw, entry.dtype, out=out[:available])
        out[available : span.count] = 0
        return raw

    def read_task_vector(self, span: TensorSpan, *, base: Values, out: Values, buffer: Raw) -> Raw:
        """Read a span of the task vector: the difference to the base, and 0 where only the base has elements.

        Args:
            span: the elements to read.
            base: the same elements of the base, an array (span.count,).
            out: fp32 or fp64 array (span.count,) to write to.
            buffer: array of at least ``4 * span.count`` bytes, which is overwritten.

        Returns:
            The bytes of this checkpoint's elements as they are in the file: the beginning of `buffer`.
        """
        raw = self.read_values(span, out=out, buffer=buffer)
        available = self._available(span)
        out[:available] -= base[:available]
        return raw

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            for file in self._files.values():
                os.close(file)
            self._files.clear()

    def _available(self, span: TensorSpan) -> int:
        """How many elements of a span this checkpoint has; its tensor may be shorter than the base's."""
        return min(max(self.tensors[span.name].count - span.first, 0), span.count)

    def _file(self, path: Path) -> int:
        """The descriptor of a file, which is opened the first time."""
        with self._lock:
            if path not in self._files:
                self._files[path] = os.open(path, os.O_RDONLY)
            return self._files[path]


def read_header(path: Path) -> dict[str, TensorEntry]:
    """Read the header of a safetensors file.

    Returns:
        The entries of its tensors, keyed by tensor name, in the order of the file.

    Raises:
        DataError: when it is not a safetensors file, is cut short, or has a tensor of an unknown type.
    """
    start, tensors = read_safetensors_header(path)
    return {
        name: TensorEntry(name, tensor.dtype, tuple(tensor.shape), path, start + tensor.data_offsets[0])
        for name, tensor in tensors.items()
    }


def _checkpoint_entries(folder: Path) -> dict[str, TensorEntry]:
    """The entries of all tensors in a checkpoint's folder, keyed by tensor name."""
    if (folder / WEIGHTS_FILE).exists():
        return read_header(folder / WEIGHTS_FILE)
    if (folder / INDEX_FILE).exists():
        return _sharded_entries(folder)
    for name in (*PICKLED_WEIGHTS, "adapter_model.bin"):
        if (folder / name).exists():
            raise DataError(
                folder / name,
                "is a pickle, which runs code when it is read; convert it to safetensors, for example with "
                "AutoModel.from_pretrained(..).save_pretrained(..)",
            )
    raise DataError(folder, f"holds no checkpoint; expected {WEIGHTS_FILE}, {INDEX_FILE} or {ADAPTER_CONFIG}")


def _sharded_entries(folder: Path) -> dict[str, TensorEntry]:
    """The entries of the tensors in all shards, keyed by tensor name.

    Raises:
        DataError: when the index is wrong about which shard has which tensor, or a file cannot be read.
    """
    index = folder / INDEX_FILE
    shard_of = read_weight_index(index).weight_map
    entries: dict[str, TensorEntry] = {}
    for shard in sorted(set(shard_of.values())):
        entries |= read_header(folder / shard)
    misplaced = sorted(
        name for name, shard in shard_of.items() if name not in entries or entries[name].path.name != shard
    )
    if misplaced:
        raise DataError(index, f'says that "{misplaced[0]}" is in {shard_of[misplaced[0]]}, which has it not')
    if unlisted := sorted(entries.keys() - shard_of.keys()):
        raise DataError(entries[unlisted[0]].path, f'holds "{unlisted[0]}", which {INDEX_FILE} does not name')
    return entries
