"""Blocks of numbers: as they are stored, and to calculate with; by numpy alone, so that it starts fast."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Raw = npt.NDArray[np.uint8]  # bytes as stored, little-endian
Values = npt.NDArray[np.floating]

SIZES = {"F32": 4, "F16": 2, "BF16": 2}  # bytes a number, by the names of safetensors
_MIDPOINT = 0x8000  # of the lower half of an fp32: halfway between two neighbours in bf16
_DOUBT = 64  # units in the last place of fp32 by which a sum of a few terms can be off


def decode(raw: Raw, dtype: str, out: Values) -> None:
    """Write stored numbers to `out` (fp32 or fp64), exactly.

    Example:
        >>> out = np.empty(2, np.float32)
        >>> decode(np.frombuffer(bytes.fromhex("803f 40c0"), np.uint8), "BF16", out)
        >>> out.tolist()
        [1.0, -3.0]
    """
    if dtype == "BF16" and out.dtype == np.float32:  # it is the upper half of an fp32
        halves = out.view("<u2")
        halves[0::2] = 0
        halves[1::2] = raw.view("<u2")
    elif dtype == "BF16":
        out[:] = (raw.view("<u2").astype(np.uint32) << 16).view(np.float32)
    else:
        out[:] = raw.view("<f4" if dtype == "F32" else "<f2")


def encode(values: Values, dtype: str, out: Raw) -> None:
    """Write numbers to `out` as they are stored, each rounded once, to the nearest, halfway to even.

    Args:
        values: fp32 or fp64.
        dtype: to store them in.
        out: as many bytes as that takes.
    """
    if dtype == "BF16":
        if values.dtype == np.float64:
            values = leaning(values)
        bits = values.view("<u4")
        rounded = bits + (np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)))
        out.view("<u2")[:] = rounded.view("<u2")[1::2]
    else:
        with np.errstate(over="ignore"):  # the writer looks for what is not finite
            out.view("<f4" if dtype == "F32" else "<f2")[:] = values


def doubtful(values: Values) -> npt.NDArray[np.intp]:
    """Where fp32 values lie so near to halfway between two numbers of bf16 that an error could misround."""
    lower = values.view("<u2")[0::2] - np.uint16(_MIDPOINT - _DOUBT)
    return np.flatnonzero(lower < 2 * _DOUBT)


def leaning(exact: Values) -> Values:
    """fp64 values as fp32 that bf16 rounds as it would round the fp64.

    A value that fp32 rounds to exactly halfway between two numbers of bf16 is moved to the side it came from.

    Example:
        >>> out = np.empty(2, np.uint8)
        >>> encode(leaning(np.array([1 + 2**-8 + 2**-40])), "BF16", out)  # just over halfway
        >>> out.tobytes().hex()
        '813f'
    """
    near: npt.NDArray[np.float32] = exact.astype(np.float32)
    halfway = (near.view("<u4") & np.uint32(0xFFFF)) == _MIDPOINT
    side = np.where(exact > near, np.float32(np.inf), np.float32(-np.inf))
    moved = halfway & (exact != near)
    return np.where(moved, np.nextafter(near, side), near)
