"""The one way in which figures are rounded for readers: half up, on the exact decimal."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

EXACT_DIGITS = ".13g"  # what a double holds beyond them is the noise of its arithmetic
BYTE_UNITS = ("kB", "MB", "GB", "TB")
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)  # digits enough for every double


def round_half_up(value: float, decimals: int = 2) -> float:
    """Round a number as readers do by hand: a 5 goes up, away from zero.

    Args:
        value: a finite number.
        decimals: number of decimals to keep.

    Example:
        >>> round_half_up(80.645), round_half_up(0.125), round(80.645, 2), round(0.125, 2)
        (80.65, 0.13, 80.64, 0.12)
    """
    return float(_rounded(value, decimals))


def decimal_text(value: float, decimals: int = 2, *, sign: bool = False) -> str:
    """Write a number with a fixed number of decimals and commas between thousands, rounded half up.

    Args:
        value: the number; what is not finite is written as Python does.
        decimals: number of decimals.
        sign: whether ``+`` is written before numbers above zero. Zero never has a sign.

    Example:
        >>> decimal_text(80.645), decimal_text(0.25, 1, sign=True), decimal_text(-0.001)
        ('80.65', '+0.3', '0.00')
    """
    rounded = _rounded(value, decimals)
    if rounded == 0:
        return f"{abs(rounded):.{decimals}f}"
    return f"{rounded:{'+' if sign else ''},.{decimals}f}"


def share_text(share: float, decimals: int = 1) -> str:
    """Write a fraction as a percentage, as in ``12.5%``.

    Example:
        >>> share_text(0.12345), share_text(1)
        ('12.3%', '100.0%')
    """
    return f"{decimal_text(100 * share, decimals)}%"


def significant_text(value: float, digits: int) -> str:
    """Write a number with so many significant digits, rounded half up, as ``0.0120`` or ``1.23e-07``.

    Example:
        >>> significant_text(0.12345, 4), significant_text(1234567, 3), significant_text(9.1, 3)
        ('0.1235', '1.23e+06', '9.10')
    """
    exact = Decimal(format(value, EXACT_DIGITS))
    rounded = Context(prec=digits, rounding=ROUND_HALF_UP).plus(exact) if exact.is_finite() else exact
    return f"{float(rounded):#.{digits}g}".rstrip(".")


def bytes_text(count: float) -> str:
    """Write a number of bytes in the unit that suits it, as in ``1.25 GB``.

    Example:
        >>> bytes_text(91136), bytes_text(1.25e9)
        ('91.14 kB', '1.25 GB')
    """
    power = min(max(int(f"{count:.4e}".partition("e")[2]) // 3, 1), len(BYTE_UNITS))
    return f"{decimal_text(count / 1000**power)} {BYTE_UNITS[power - 1]}"


def p_value_text(p_value: float) -> str:
    """Write a p-value as papers do: with three decimals, or as ``p < 0.001``.

    Example:
        >>> p_value_text(0.0322), p_value_text(9.6e-05), p_value_text(1.0)
        ('p = 0.032', 'p < 0.001', 'p = 1.000')
    """
    return "p < 0.001" if p_value < 0.001 else f"p = {decimal_text(p_value, 3)}"


def _rounded(value: float, decimals: int) -> Decimal:
    """The decimal that is shown; NaN and the infinities stay what they are."""
    exact = Decimal(format(value, EXACT_DIGITS))
    return _WIDE.quantize(exact, Decimal(1).scaleb(-decimals)) if exact.is_finite() else exact
