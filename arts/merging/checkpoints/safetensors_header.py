"""The header of a safetensors file as a checked record."""

from __future__ import annotations

import math
import os
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, RootModel

from arts.data.errors import DataError
from arts.data.support.checked_fields import check_file_content
from arts.data.support.field_types import check_whole, expected
from arts.data.support.foreign_file import open_foreign
from arts.data.support.json_text import parse_json

ELEMENT_BITS = {  # of one element, keyed by the type's name in safetensors
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
}
_LARGEST_HEADER = 100_000_000  # bytes; safetensors allows no more
_LARGEST_FILE = 2**63 - 1  # bytes
_MOST_TENSORS = 200_000  # of a file; models of a thousand experts a layer have fewer
_METADATA = "__metadata__"


def _check_dtype(value: object) -> str:
    if not isinstance(value, str):
        raise expected("the name of a type, such as BF16")
    if value not in ELEMENT_BITS:
        raise expected(f"a type that is known here: {', '.join(sorted(ELEMENT_BITS))}")
    return value


Size = Annotated[int, BeforeValidator(partial(check_whole, least=0, most=_LARGEST_FILE))]


class StoredTensor(BaseModel):
    """What a header says about a tensor.

    Args:
        dtype: type of its elements, by its name in safetensors.
        shape: length of each dimension.
        data_offsets: positions of its first byte and of the byte after its last one, from the header's end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dtype: Annotated[str, PlainValidator(_check_dtype)]
    shape: list[Size]
    data_offsets: tuple[Size, Size]

    @property
    def nbytes(self) -> int:
        """Size of the tensor in bytes, by its shape and type."""
        return math.prod(self.shape) * ELEMENT_BITS[self.dtype] // 8


class SafetensorsHeader(RootModel[dict[str, StoredTensor]]):
    """The header of a safetensors file: what it says about each tensor, keyed by name."""


def read_safetensors_header(path: Path) -> tuple[int, dict[str, StoredTensor]]:
    """Read the header of a safetensors file.

    Returns:
        The position in the file at which the header ends, and what it says about the tensors, keyed by name,
        in the order in which they are stored: one after another to the end of the file.

    Raises:
        DataError: when it is not a safetensors file, is cut short, has a tensor of an unknown type, or when
            its tensors overlap or leave bytes out.
    """
    with open_foreign(path) as file:
        length = os.fstat(file.fileno()).st_size
        start = 8 + int.from_bytes(file.read(8), "little")
        if not 8 < start <= min(_LARGEST_HEADER, length):
            raise DataError(path, "is not a safetensors file, or is cut short in its header")
        text = file.read(start - 8)
    _check_number(path, text.count(b'"data_offsets"'))  # before the work of parsing it
    try:
        listing = parse_json(text, "header")
        if not isinstance(listing, dict):
            raise DataError("header", "holds no JSON object")
    except DataError as error:
        raise DataError(path, f"is not a safetensors file, or its header is broken ({error})") from error
    listing.pop(_METADATA, None)
    _check_number(path, len(listing))
    tensors = check_file_content(SafetensorsHeader, listing, f"{path}, header").root
    ordered = dict(sorted(tensors.items(), key=lambda item: item[1].data_offsets))
    _check_offsets(path, ordered, length - start)
    return start, ordered


def _check_number(path: Path, tensors: int) -> None:
    """Raise `DataError` for a header of more tensors than any model has in a file."""
    if tensors > _MOST_TENSORS:
        raise DataError(path, f"has {tensors:,} tensors; expected up to {_MOST_TENSORS:,} in a file")


def _check_offsets(path: Path, tensors: dict[str, StoredTensor], data_bytes: int) -> None:
    """Raise `DataError` unless the tensors lie one after another to the end of the file.

    Args:
        path: the file, for errors.
        tensors: the tensors in the order of their offsets.
        data_bytes: number of bytes in the file after the header.
    """
    end = 0
    for name, tensor in tensors.items():
        first, last = tensor.data_offsets
        if last - first != tensor.nbytes:
            raise DataError(
                path,
                f'the header gives "{name}" {last - first:,} bytes, and by its shape and type it has '
                f"{tensor.nbytes:,}",
            )
        if first != end:
            what = (
                "overlaps the tensor before it"
                if first < end
                else f"leaves out {first - end:,} bytes before it"
            )
            raise DataError(path, f'the header is broken: "{name}" {what}')
        end = last
    if end > data_bytes:
        raise DataError(path, f"is cut short: {data_bytes:,} bytes of tensors, and the header says {end:,}")
    if end < data_bytes:
        raise DataError(path, f"has {data_bytes - end:,} bytes after its last tensor; expected its end")
