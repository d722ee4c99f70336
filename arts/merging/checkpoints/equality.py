"""Whether two tensors in files are the same."""

from __future__ import annotations

import numpy as np

from arts.merging.checkpoints.checkpoint import Checkpoint, TensorEntry

_BLOCK = 1 << 18  # number of elements that are compared at a time


def are_equal(first: tuple[Checkpoint, TensorEntry], second: tuple[Checkpoint, TensorEntry]) -> bool:
    """Whether two tensors have the same type, number of elements and bytes.

    Args:
        first: a checkpoint, and a tensor of it.
        second: a checkpoint, and a tensor of it.
    """
    entries = first[1], second[1]
    if entries[0].dtype != entries[1].dtype or entries[0].count != entries[1].count:
        return False
    size = entries[0].itemsize
    for start in range(0, entries[0].count, _BLOCK):
        count = min(_BLOCK, entries[0].count - start)
        blocks = np.empty((2, count * size), np.uint8)
        for (checkpoint, entry), block in zip((first, second), blocks, strict=True):
            checkpoint.read_raw(entry, block, first=start)
        if not (blocks[0] == blocks[1]).all():
            return False
    return True
