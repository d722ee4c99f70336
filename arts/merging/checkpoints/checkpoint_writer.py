"""Writing a checkpoint whose tensors are filled in any order; it appears complete or not at all."""

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
from arts.data.support.atomic import new_folder
from arts.data.support.free_places import check_new_folder
from arts.merging.checkpoints.blocks import SIZES, Raw
from arts.merging.checkpoints.checkpoint import INDEX_FILE, WEIGHTS_FILE, TensorEntry, TensorSpan
from arts.merging.policies import MAX_SHARD_BYTES

_SPARE_BYTES = 64 * 2**20  # bytes that are to stay free on the disk


class CheckpointOutput:
    """A checkpoint that is being written, in a work folder until it is complete.

    Args:
        folder: the folder to write; new or empty.
        tensors: the tensors to write, as the headers of the base's files describe them, in the order in which
            they are to be stored.
        dtype: type to store all floating-point tensors in: BF16, F16 or F32. Default: each tensor's own type.
        max_shard_bytes: largest size of a file in bytes; a file with a single larger tensor exceeds it.

    Raises:
        DataError: when the folder is not empty, the type is another one, or the disk has too little room.
    """

    def __init__(
        self,
        folder: Path,
        tensors: Iterable[TensorEntry],
        *,
        dtype: str | None = None,
        max_shard_bytes: int = MAX_SHARD_BYTES,
    ) -> None:
        check_new_folder(folder)
        if dtype not in (None, *SIZES):
            raise DataError(folder, f"cannot be written in {dtype}; expected {', '.join(SIZES)}")
        self.folder = folder
        self._headers: dict[str, bytes] = {}
        self._files: dict[str, int] = {}
        stored = [replace(t, dtype=dtype if dtype and t.dtype in SIZES else t.dtype) for t in tensors]
        self.tensors = self._layout(stored, max_shard_bytes)
        self.bytes = sum(entry.nbytes for entry in stored) + sum(map(len, self._headers.values()))
        parent = next(parent for parent in folder.absolute().parents if parent.exists())
        free = shutil.disk_usage(parent).free
        if free < self.bytes + _SPARE_BYTES:
            raise DataError(folder, f"needs {self.bytes / 1e9:.2f} GB, and {free / 1e9:.2f} GB are free")

    @contextmanager
    def open(self) -> Iterator[Path]:
        """Create the files at their full size, with their headers, and keep them open for `write`.

        Yields:
            The folder of the files. It gets its final name when the block ends, and is removed when the block
            raises.
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

    def write(self, span: TensorSpan, raw: Raw) -> None:
        """Write a span of a tensor to its place in its file.

        Args:
            span: which elements of which tensor.
            raw: the bytes of these elements, in the tensor's type, little-endian.
        """
        entry = self.tensors[span.name]
        offset, view, done = entry.offset + span.first * entry.itemsize, raw.data, 0
        with _clear_error_if_full(self.folder):
            while done < len(view):
                done += os.pwrite(self._files[entry.path.name], view[done:], offset + done)

    def write_index(self, folder: Path) -> None:
        """Write the index of the shards to the folder that `open` yields, if there are several shards."""
        if len(self._headers) < 2:
            return
        index = {
            "metadata": {"total_size": sum(entry.nbytes for entry in self.tensors.values())},
            "weight_map": {name: entry.path.name for name, entry in self.tensors.items()},
        }
        (folder / INDEX_FILE).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")

    def _allocate(self, folder: Path) -> None:
        """Create the files at their full size, with their headers."""
        for name, header in self._headers.items():
            file = self._files[name] = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o644)
            end = max((t.offset + t.nbytes for t in self.tensors.values() if t.path.name == name), default=0)
            with _clear_error_if_full(self.folder):
                os.truncate(file, max(end, len(header)))
                os.pwrite(file, header, 0)

    def _layout(self, tensors: list[TensorEntry], max_shard_bytes: int) -> dict[str, TensorEntry]:
        """Give each tensor a file and an offset, in the order of the tensors, and make the files' headers.

        huggingface_hub's `split_state_dict_into_shards_factory` is not used, because it changes the order
        of the tensors when one of them is larger than `max_shard_bytes`.

        Returns:
            The entries with their new files and offsets, keyed by tensor name.
        """
        shards: list[list[TensorEntry]] = [[]]
        shard_bytes = 0
        for entry in tensors:
            if shards[-1] and shard_bytes + entry.nbytes > max_shard_bytes:
                shards.append([])
                shard_bytes = 0
            shards[-1].append(entry)
            shard_bytes += entry.nbytes
        names = [f"model-{n:05}-of-{len(shards):05}.safetensors" for n in range(1, len(shards) + 1)]
        layout: dict[str, TensorEntry] = {}
        for name, shard in zip(names if len(shards) > 1 else [WEIGHTS_FILE], shards, strict=True):
            header, start = _header(shard)
            self._headers[name] = header
            for entry in shard:
                offset = len(header) + start[entry.name]
                layout[entry.name] = replace(entry, path=Path(name), offset=offset)
        return layout


def _header(tensors: list[TensorEntry]) -> tuple[bytes, dict[str, int]]:
    """The header of a safetensors file, and the offset of each tensor from the end of the header.

    The offsets are in bytes, keyed by tensor name.
    """
    listing: dict[str, object] = {"__metadata__": {"format": "pt"}}
    start: dict[str, int] = {}
    end = 0
    for entry in tensors:
        start[entry.name], end = end, end + entry.nbytes
        listing[entry.name] = {
            "dtype": entry.dtype,
            "shape": list(entry.shape),
            "data_offsets": [start[entry.name], end],
        }
    text = json.dumps(listing, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text, start


@contextmanager
def _clear_error_if_full(folder: Path) -> Iterator[None]:
    """Raise a `DataError` with a clear message when the system reports a full disk inside the block."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise DataError(folder, "the disk is full; nothing was written under this name") from error
