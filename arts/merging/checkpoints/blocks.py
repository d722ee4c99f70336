"""Blocks of numbers: as they are stored, and to calculate with; by numpy alone, so that it starts fast."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Raw = npt.NDArray[np.uint8]  # bytes as stored, little-endian
Values = npt.NDArray[np.floating]
Places = npt.NDArray[np.intp]

SIZES = {"F32": 4, "F16": 2, "BF16": 2}  # bytes a number, by the names of safetensors
_DOUBT = 16  # units in the last place of fp32 by which a sum of a few terms can be off
_NOWHERE: Places = np.empty(0, np.intp)


def decode(raw: Raw, dtype: str, out: Values) -> None:
    """Write stored numbers to `out` (fp32 or fp64), exactly.

    Example:
        >>> out = np.empty(2, np.float32)
        >>> decode(np.frombuffer(bytes.fromhex("803f 40c0"), np.uint8), "BF16", out)
        >>> out.tolist()
        [1.0, -3.0]
    """
    if dtype == "BF16" and out.dtype == np.float32:  # it is the upper half of an fp32
        bits = out.view("<u4")
        bits[:] = raw.view("<u2")
        np.left_shift(bits, 16, out=bits)
    elif dtype == "BF16":
        out[:] = (raw.view("<u2").astype(np.uint32) << 16).view(np.float32)
    else:
        out[:] = raw.view("<f4" if dtype == "F32" else "<f2")


def encode(values: Values, dtype: str, out: Raw) -> Places:
    """Write numbers to `out` as they are stored, each rounded once, to the nearest, halfway to even.

    Args:
        values: fp32 or fp64.
        dtype: to store them in.
        out: as many bytes as that takes.

    Returns:
        Where fp32 lies so near to halfway between two numbers of bf16 that what was lost before could
        misround it: to be calculated again in fp64, and stored from that.
    """
    if dtype != "BF16":
        with np.errstate(over="ignore"):  # the writer looks for what is not finite
            out.view("<f4" if dtype == "F32" else "<f2")[:] = values
        return _NOWHERE
    if values.dtype == np.float64:
        bits = leaning(values).view("<u4")
        bits = bits + (np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)))
        out.view("<u2")[:] = bits >> np.uint32(16)
        return _NOWHERE
    bits = values.view("<u4") + np.uint32(0x8000)
    distance = bits.astype(np.uint16)  # from halfway
    distance += np.uint16(_DOUBT)
    bits >>= np.uint32(16)
    out.view("<u2")[:] = bits
    return np.flatnonzero(distance < 2 * _DOUBT)


def leaning(exact: Values) -> Values:
    """fp64 values as fp32 that bf16 rounds as it would round the fp64.

    A value that fp32 rounds to exactly halfway between two numbers of bf16 is moved to the side it came from.

    Example:
        >>> [float(leaning(np.array([1 + 2**-8 + more]))[0]) > 1 + 2**-8 for more in (-(2**-40), 0, 2**-40)]
        [False, False, True]
    """
    near: npt.NDArray[np.float32] = exact.astype(np.float32)
    halfway = (near.view("<u4") & np.uint32(0xFFFF)) == 0x8000
    side = np.where(exact > near, np.float32(np.inf), np.float32(-np.inf))
    moved = halfway & (exact != near)
    return np.where(moved, np.nextafter(near, side), near)
