"""Conversion between the bytes of a safetensors file and arrays of floating-point numbers.

It needs numpy alone, not torch, so that ``arts merge`` starts fast.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Raw = npt.NDArray[np.uint8]  # bytes as stored, little-endian
Values = npt.NDArray[np.floating]  # fp32 or fp64
Positions = npt.NDArray[np.intp]  # indices of elements

SIZES = {"F32": 4, "F16": 2, "BF16": 2}  # bytes per element, keyed by the type's name in safetensors
_ROUNDING_ERROR = 16  # error that a sum of a few terms can have, in units in the last place of fp32
_NO_POSITIONS: Positions = np.empty(0, np.intp)


def decode(raw: Raw, dtype: str, *, out: Values) -> None:
    """Convert bytes of a safetensors file to floating-point numbers, without rounding.

    Args:
        raw: the bytes of n elements, little-endian.
        dtype: the type that they are stored in: F32, F16 or BF16.
        out: fp32 or fp64 array (n,) to write to.

    Example:
        The numbers 1 and -3 in BF16, two bytes each:

        >>> out = np.empty(2, np.float32)
        >>> decode(np.frombuffer(bytes.fromhex("803f 40c0"), np.uint8), "BF16", out=out)
        >>> out.tolist()
        [1.0, -3.0]
    """
    if dtype == "BF16" and out.dtype == np.float32:  # a bf16 is the upper half of an fp32
        bits = out.view("<u4")
        bits[:] = raw.view("<u2")
        np.left_shift(bits, 16, out=bits)
    elif dtype == "BF16":
        out[:] = (raw.view("<u2").astype(np.uint32) << 16).view(np.float32)
    else:
        out[:] = raw.view("<f4" if dtype == "F32" else "<f2")


def encode(values: Values, dtype: str, *, out: Raw) -> Positions:
    """Convert numbers to bytes of a safetensors file, each rounded to the nearest number of the type.

    A number halfway between two numbers of the type is rounded to the even one.

    Args:
        values: fp32 or fp64 array (n,).
        dtype: the type to store them in: F32, F16 or BF16.
        out: array of bytes to write to, of the size that n elements need.

    Returns:
        An integer array: the indices of the fp32 values that are so close to halfway between two BF16 numbers
        that a rounding error in the value itself can decide between the two. The caller calculates these
        values in fp64 and encodes them again. Empty for fp64 values, and when `dtype` is not BF16.
    """
    if dtype != "BF16":
        with np.errstate(over="ignore"):  # the caller checks for what is not finite
            out.view("<f4" if dtype == "F32" else "<f2")[:] = values
        return _NO_POSITIONS
    if values.dtype == np.float64:
        bits = bf16_safe_fp32(values).view("<u4")
        bits = bits + (np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)))
        out.view("<u2")[:] = bits >> np.uint32(16)
        return _NO_POSITIONS
    bits = values.view("<u4") + np.uint32(0x8000)
    distance = bits.astype(np.uint16)  # from halfway
    distance += np.uint16(_ROUNDING_ERROR)
    bits >>= np.uint32(16)
    out.view("<u2")[:] = bits
    return np.flatnonzero(distance < 2 * _ROUNDING_ERROR)


def bf16_safe_fp32(exact: Values) -> Values:
    """Convert fp64 numbers to fp32 numbers that round to the same BF16 numbers as the fp64 numbers do.

    A number that is rounded twice can end at the wrong BF16 number, when fp32 puts it exactly halfway between
    two of them. Its fp32 number is then moved by one step, to the side of halfway that the fp64 number is on.

    Example:
        Numbers just below, exactly at and just above halfway between the BF16 numbers 1 and 1 + 2**-7:

        >>> [float(bf16_safe_fp32(np.array([1 + 2**-8 + d]))[0]) > 1 + 2**-8 for d in (-(2**-40), 0, 2**-40)]
        [False, False, True]
    """
    nearest: npt.NDArray[np.float32] = exact.astype(np.float32)
    halfway = (nearest.view("<u4") & np.uint32(0xFFFF)) == 0x8000
    direction = np.where(exact > nearest, np.float32(np.inf), np.float32(-np.inf))
    return np.where(halfway & (exact != nearest), np.nextafter(nearest, direction), nearest)
