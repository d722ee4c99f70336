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
# The smallest magnitudes that are rounded to infinity: half a step above the largest number.
OVERFLOW = {"F32": 2.0**128 - 2.0**103, "F16": 65520.0, "BF16": 2.0**128 - 2.0**119}
_STORED = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}
_HALF_STEP = np.uint32(0x8000)  # half the distance of two bf16 numbers, in the bits of an fp32 number
_LOWER_HALF = np.uint32(0xFFFF)
_SHIFT = np.uint32(16)
_DROPPED_BITS = np.uint64(52 - 7)  # of the 52 bits of a fraction in fp64, 7 are kept in bf16
_ALMOST_HALF = np.uint64((1 << 44) - 1)
_KEPT_BITS = np.uint64(2**64 - (1 << 45))
_SMALLEST_NORMAL = np.float32(2.0**-126)


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
    stored = raw.view(_STORED[dtype])
    if dtype != "BF16":
        out[:] = stored
    elif out.dtype == np.float32:  # a bf16 is the upper half of an fp32
        bits = out.view("<u4")
        bits[:] = stored
        np.left_shift(bits, _SHIFT, out=bits)
    else:
        out[:] = (stored.astype(np.uint32) << _SHIFT).view(np.float32)


def decode_at(raw: Raw, dtype: str, positions: Positions) -> Values:
    """Convert some elements among bytes of a safetensors file to fp64, without rounding.

    Args:
        raw: the bytes of n elements, little-endian.
        dtype: the type that they are stored in: F32, F16 or BF16.
        positions: indices of the elements, an array (m,).

    Returns:
        A new array (m,).
    """
    out = np.empty(len(positions))
    decode(raw.view(_STORED[dtype])[positions].view(np.uint8), dtype, out=out)
    return out


def largest_magnitudes(stored: npt.NDArray[np.uint16], dtype: str) -> npt.NDArray[np.float64]:
    """The largest absolute value in each row of numbers.

    Args:
        stored: the numbers as they are stored, an array (rows, n); none is NaN.
        dtype: the type that they are stored in: F16 or BF16.

    Returns:
        An array (rows,).
    """
    # Read as integers, numbers of one sign are ordered by magnitude; those below 0, as unsigned integers.
    signed = stored.view("<i2")
    bits = [
        max(int(above.max()), int(below.max()) & 0x7FFF) for above, below in zip(signed, stored, strict=True)
    ]
    out = np.empty(len(bits))
    decode(np.array(bits, np.uint16).view(np.uint8), dtype, out=out)
    return out


def encode(exact: Values, dtype: str, *, out: Raw) -> bool:
    """Convert fp64 numbers to bytes of a safetensors file, each rounded once to the nearest of the type.

    A number halfway between two numbers of the type is rounded to the even one.

    Args:
        exact: fp64 array (n,).
        dtype: the type to store them in: F32, F16 or BF16.
        out: array of bytes to write to, of the size that n elements need.

    Returns:
        Whether all numbers that are stored are finite.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        if dtype == "BF16":
            bits = bf16_values(exact).view("<u4")
            bits >>= _SHIFT
            out.view("<u2")[:] = bits
        else:
            out.view(_STORED[dtype])[:] = exact
        return not exact.size or bool(np.abs(exact).max() < OVERFLOW[dtype])


def encode_bf16_estimates(estimates: Values, error: float, *, out: Raw, space: Values) -> Positions:
    """Convert fp32 numbers that are not exact to bytes in BF16, and find those that could be wrong.

    A number is doubtful when the numbers that are smaller and larger by the error are not rounded to the same
    number. The error therefore has to exceed the largest possible one.

    Args:
        estimates: fp32 array (n,).
        error: a number that exceeds the error of each estimate, including that of adding it in fp32.
        out: array of ``2 * n`` bytes to write to.
        space: fp32 array (2, n) to work in.

    Returns:
        The indices of the doubtful elements. The caller calculates these in fp64 and encodes them again.
    """
    for sign, row in zip((-1, 1), space, strict=True):
        np.add(estimates, np.float32(sign * error), out=row)
    low, high = bits = space.view("<u4")
    np.add(bits, _HALF_STEP, out=bits)
    np.bitwise_xor(low, high, out=low)
    np.right_shift(high, _SHIFT, out=high)
    out.view("<u2")[:] = high
    return np.flatnonzero(low > _LOWER_HALF)


def bf16_values(exact: Values) -> npt.NDArray[np.float32]:
    """Round fp64 numbers to the nearest BF16 numbers, which are returned as fp32 numbers.

    A number halfway between two BF16 numbers is rounded to the even one. To go by way of fp32 would round
    twice, to the wrong one of two BF16 numbers where the fp32 number is halfway between them.

    Args:
        exact: fp64 array (n,).

    Returns:
        A new array (n,).

    Example:
        Numbers just below, exactly at and just above halfway between the BF16 numbers 1 and 1 + 2**-7:

        >>> [float(bf16_values(np.array([1 + 2**-8 + d]))[0]) > 1 for d in (-(2**-40), 0, 2**-40)]
        [False, False, True]
    """
    bits = exact.view(np.uint64)
    rounded = bits >> _DROPPED_BITS
    rounded &= np.uint64(1)
    rounded += bits
    rounded += _ALMOST_HALF
    rounded &= _KEPT_BITS
    values: npt.NDArray[np.float32] = rounded.view(np.float64).astype(np.float32)
    small = np.flatnonzero(np.abs(values) < _SMALLEST_NORMAL)
    if len(small):  # these are multiples of one number
        values[small] = np.copysign(np.rint(exact[small] * 2.0**133) * 2.0**-133, exact[small])
    return values
