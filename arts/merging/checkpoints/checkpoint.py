"""Checkpoints on disk: what tensors there are, and any part of one, without loading the rest."""

from __future__ import annotations

import json
import math
import os
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from arts.data.errors import DataError
from arts.merging.checkpoints.blocks import SIZES, Raw, Values, decode

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
ADAPTER = "adapter_config.json"
_PICKLES = ("pytorch_model.bin", "pytorch_model.bin.index.json", "adapter_model.bin", "model.pt", "model.pth")
_LARGEST_HEADER = 100_000_000  # bytes, as in the safetensors library
_SIZES = {**SIZES, "F64": 8, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1}
_SIZES |= {"F8_E5M2": 1, "U16": 2, "U32": 4, "U64": 8}


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies.

    Args:
        name: in the checkpoint.
        dtype: by the names of safetensors: BF16, F16, F32, ..
        shape: of the tensor.
        path: the file.
        offset: of its first byte in the file.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    path: Path
    offset: int

    @cached_property
    def count(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """How many bytes it takes."""
        return self.count * self.itemsize

    @property
    def itemsize(self) -> int:
        """How many bytes a number takes."""
        return _SIZES[self.dtype]


@dataclass(frozen=True)
class Span:
    """A part of a tensor: `count` numbers from the `first` on, in row-major order."""

    name: str
    first: int
    count: int


class Checkpoint:
    """A model saved as safetensors, in one file or in shards with an index.

    Args:
        folder: where it lies.
        name: as it was asked for: the folder, or a Hub id.

    Raises:
        DataError: when the files are not all there, not whole, or not safetensors.
    """

    def __init__(self, folder: Path, name: str = "") -> None:
        self.folder = folder
        self.name = name or str(folder)
        self.tensors = self.load()
        self._files: dict[Path, int] = {}
        self._lock = threading.Lock()

    def load(self) -> dict[str, Tensor]:
        """The tensors by name."""
        return _tensors(self.folder)

    @cached_property
    def config(self) -> dict[str, Any]:
        """The content of config.json.

        Raises:
            DataError: when there is none.
        """
        return read_json(self.folder / "config.json")

    @property
    def parameters(self) -> int:
        """How many numbers all tensors hold."""
        return sum(tensor.count for tensor in self.tensors.values())

    def raw(self, tensor: Tensor, first: int, out: Raw) -> None:
        """Read stored numbers from the `first` on, as many as fit in `out`.

        Raises:
            DataError: when the file ends before.
        """
        offset = tensor.offset + first * tensor.itemsize
        view, done = out.data, 0
        while done < len(view):
            read = os.preadv(self._file(tensor.path), [view[done:]], offset + done)
            if not read:
                raise DataError(tensor.path, f'ends within "{tensor.name}"; the file has changed')
            done += read

    def values(self, span: Span, out: Values, buffer: Raw) -> Raw:
        """Read the numbers of a span; what the tensor is too short for is 0.

        Args:
            span: where they are.
            out: (span.count) to write them to.
            buffer: at least ``4 * span.count`` bytes to read into.

        Returns:
            The bytes as they are stored.
        """
        tensor = self.tensors[span.name]
        there = min(max(tensor.count - span.first, 0), span.count)
        raw = buffer[: there * SIZES[tensor.dtype]]
        if there:
            self.raw(tensor, span.first, raw)
            decode(raw, tensor.dtype, out[:there])
        out[there : span.count] = 0
        return raw

    def task(self, span: Span, base: Values, out: Values, buffer: Raw) -> Raw:
        """Read a span of the task vector, theta - theta_0; 0 for rows that only the base has.

        Args:
            span: where.
            base: (span.count) of the base.
            out: (span.count) to write to.
            buffer: as of `values`.

        Returns:
            The bytes as they are stored.
        """
        raw = self.values(span, out, buffer)
        there = min(max(self.tensors[span.name].count - span.first, 0), span.count)
        out[:there] -= base[:there]
        return raw

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            for file in self._files.values():
                os.close(file)
            self._files.clear()

    def _file(self, path: Path) -> int:
        with self._lock:
            if path not in self._files:
                self._files[path] = os.open(path, os.O_RDONLY)
            return self._files[path]


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file.

    Raises:
        DataError: when there is none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(path, f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise DataError(path, f"is not JSON ({error})") from error
    if not isinstance(content, dict):
        raise DataError(path, "holds no JSON object")
    return content


def read_header(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file, in the order of their places.

    Raises:
        DataError: when it is no such file, or cut short.
    """
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            text = file.read(size) if size <= _LARGEST_HEADER else b""
        length = path.stat().st_size
    except OSError as error:
        raise DataError(path, f"cannot be read ({error.strerror})") from error
    try:
        listing = json.loads(text)
        listing.pop("__metadata__", None)
        tensors = [
            Tensor(name, entry["dtype"], tuple(entry["shape"]), path, 8 + size + entry["data_offsets"][0])
            for name, entry in listing.items()
        ]
        wrong = [
            tensor.name
            for tensor, entry in zip(tensors, listing.values(), strict=True)
            if tensor.nbytes != entry["data_offsets"][1] - entry["data_offsets"][0]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise DataError(path, "is not a safetensors file, or its header is broken") from error
    if wrong:
        raise DataError(path, f'the header gives "{wrong[0]}" a size that its shape does not have')
    end = max((tensor.offset + tensor.nbytes for tensor in tensors), default=0)
    if end > length:
        raise DataError(path, f"is cut short: {length:,} bytes, and the header says {end:,}")
    return {tensor.name: tensor for tensor in sorted(tensors, key=lambda tensor: tensor.offset)}


def _tensors(folder: Path) -> dict[str, Tensor]:
    if (folder / SINGLE).is_file():
        return read_header(folder / SINGLE)
    if (folder / INDEX).is_file():
        return _sharded(folder)
    for name in _PICKLES:
        if (folder / name).exists():
            raise DataError(
                folder / name,
                "is a pickle, which runs code when it is read; convert it to safetensors, for example with "
                "AutoModel.from_pretrained(..).save_pretrained(..)",
            )
    raise DataError(folder, f"holds no checkpoint; expected {SINGLE}, {INDEX} or {ADAPTER}")


def _sharded(folder: Path) -> dict[str, Tensor]:
    index = folder / INDEX
    places = read_json(index).get("weight_map")
    if not isinstance(places, dict) or not places:
        raise DataError(index, 'has no "weight_map"')
    found: dict[str, Tensor] = {}
    for shard in sorted(set(places.values())):
        found |= read_header(folder / shard)
    misplaced = sorted(
        name for name, shard in places.items() if name not in found or found[name].path.name != shard
    )
    if misplaced:
        raise DataError(index, f'says that "{misplaced[0]}" is in {places[misplaced[0]]}, which has it not')
    if stray := sorted(found.keys() - places.keys()):
        raise DataError(found[stray[0]].path, f'holds "{stray[0]}", which {INDEX} does not name')
    return found
