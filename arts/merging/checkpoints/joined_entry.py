"""A tensor that a checkpoint stores as several tensors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from arts.merging.checkpoints.checkpoint import TensorEntry


@dataclass(frozen=True)
class JoinedEntry(TensorEntry):
    """A tensor whose elements are those of several tensors of a checkpoint, one after another.

    Args:
        parts: the tensors, of one type.
    """

    parts: tuple[TensorEntry, ...]

    @classmethod
    def of(cls, parts: tuple[TensorEntry, ...], *, name: str, shape: tuple[int, ...]) -> JoinedEntry:
        """Join tensors under a name, as a tensor of the shape."""
        return cls(name, parts[0].dtype, shape, parts[0].path, parts[0].offset, parts)

    def pieces(self, first: int, size: int) -> Iterator[tuple[Path, int, int]]:
        """Where `size` bytes from an element on are: file, position of the first byte, number of bytes."""
        for part in self.parts:
            if first < part.count and size:
                length = min(part.nbytes - first * part.itemsize, size)
                yield from part.pieces(first, length)
                size -= length
            first = max(first - part.count, 0)
