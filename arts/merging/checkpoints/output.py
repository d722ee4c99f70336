"""The merged checkpoint on disk: laid out first, filled in any order, there whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from arts.data.errors import DataError
from arts.data.support.atomic import check_new, new_folder
from arts.merging.checkpoints.blocks import SIZES, Raw
from arts.merging.checkpoints.checkpoint import INDEX, SINGLE, Span, Tensor

SHARD = 5 * 10**9  # bytes, as transformers writes
_SPARE = 64 * 2**20  # bytes that are to stay free


class Output:
    """A folder that is being written, under another name until it is complete.

    Args:
        folder: where the checkpoint is to be; new or empty.
        tensors: of the base, in the order to be written.
        dtype: to store all in; by default each as in the base.
        shard: bytes a file holds at most, unless a single tensor is larger.

    Raises:
        DataError: when the folder holds something, or the disk has not the room.
    """

    def __init__(
        self, folder: Path, tensors: Iterable[Tensor], *, dtype: str | None = None, shard: int = SHARD
    ) -> None:
        check_new(folder)
        self.folder = folder
        self._headers: dict[str, bytes] = {}
        self._files: dict[str, int] = {}
        stored = [replace(t, dtype=dtype if dtype and t.dtype in SIZES else t.dtype) for t in tensors]
        self.tensors = self._laid_out(stored, shard)
        self.bytes = sum(t.nbytes for t in stored) + sum(map(len, self._headers.values()))
        place = next(parent for parent in folder.absolute().parents if parent.exists())
        free = shutil.disk_usage(place).free
        if free < self.bytes + _SPARE:
            raise DataError(folder, f"needs {self.bytes / 1e9:.2f} GB, and {free / 1e9:.2f} GB are free")

    @contextmanager
    def opened(self) -> Iterator[Path]:
        """Take the room on the disk and write the headers, for as long as the block writes to the files.

        Yields:
            The folder that will be given its name when the block ends well, and removed when not.
        """
        with new_folder(self.folder) as work:
            work.result.mkdir()
            try:
                self._allocate(work.result)
                yield work.result
            finally:
                for file in self._files.values():
                    os.close(file)
                self._files.clear()

    def write(self, span: Span, raw: Raw) -> None:
        """Write stored numbers to their place."""
        tensor = self.tensors[span.name]
        offset, view, done = tensor.offset + span.first * tensor.itemsize, raw.data, 0
        with _room(self.folder):
            while done < len(view):
                done += os.pwrite(self._files[tensor.path.name], view[done:], offset + done)

    def _allocate(self, folder: Path) -> None:
        for name, header in self._headers.items():
            file = self._files[name] = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o644)
            end = max((t.offset + t.nbytes for t in self.tensors.values() if t.path.name == name), default=0)
            with _room(self.folder):
                os.truncate(file, max(end, len(header)))
                os.pwrite(file, header, 0)

    def _laid_out(self, tensors: list[Tensor], shard: int) -> dict[str, Tensor]:
        """The tensors at their places, with the headers and the index of the files."""
        groups: list[list[Tensor]] = [[]]
        filled = 0
        for tensor in tensors:
            if groups[-1] and filled + tensor.nbytes > shard:
                groups.append([])
                filled = 0
            groups[-1].append(tensor)
            filled += tensor.nbytes
        names = [f"model-{n:05}-of-{len(groups):05}.safetensors" for n in range(1, len(groups) + 1)]
        placed: dict[str, Tensor] = {}
        for name, group in zip(names if len(groups) > 1 else [SINGLE], groups, strict=True):
            header, start = _header(group)
            self._headers[name] = header
            for tensor in group:
                offset = len(header) + start[tensor.name]
                placed[tensor.name] = replace(tensor, path=Path(name), offset=offset)
        return placed

    def write_index(self, folder: Path) -> None:
        """Write the index of the shards to the folder that `opened` yields, where there are several."""
        if len(self._headers) < 2:
            return
        index = {
            "metadata": {"total_size": sum(tensor.nbytes for tensor in self.tensors.values())},
            "weight_map": {name: tensor.path.name for name, tensor in self.tensors.items()},
        }
        (folder / INDEX).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


def _header(tensors: list[Tensor]) -> tuple[bytes, dict[str, int]]:
    """The header of a safetensors file, and where each tensor starts after it."""
    listing: dict[str, object] = {"__metadata__": {"format": "pt"}}
    start: dict[str, int] = {}
    end = 0
    for tensor in tensors:
        start[tensor.name], end = end, end + tensor.nbytes
        listing[tensor.name] = {
            "dtype": tensor.dtype,
            "shape": list(tensor.shape),
            "data_offsets": [start[tensor.name], end],
        }
    text = json.dumps(listing, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text, start


@contextmanager
def _room(folder: Path) -> Iterator[None]:
    """Turn a full disk into one clear error."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise DataError(folder, "the disk is full; nothing was written under this name") from error
