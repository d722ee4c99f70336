"""Rounding of figures: half up, on the exact decimal."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arts.data.support.rounding import (
    bytes_text,
    decimal_text,
    p_value_text,
    round_half_up,
    share_text,
    significant_text,
)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (80.645, 2, "80.65"),
        (80.65, 1, "80.7"),
        (0.125, 2, "0.13"),
        (2.675, 2, "2.68"),
        (-2.675, 2, "-2.68"),
        ((80.64 + 80.65) / 2, 2, "80.65"),
        (100 * 0.285, 1, "28.5"),
        (-0.0049, 2, "0.00"),
        (-0.0, 1, "0.0"),
        (999.995, 2, "1,000.00"),
        (1e300, 0, f"{10**300:,}"),
        (float("nan"), 2, "NaN"),
        (float("inf"), 2, "Infinity"),
    ],
)
def test_rounding_a_five_goes_up(value, decimals, text):
    assert decimal_text(value, decimals) == text


@given(thousandths=st.integers(-(10**8), 10**8))
def test_rounding_is_that_of_the_decimal_that_is_written(thousandths):
    exact = Decimal(thousandths).scaleb(-3)
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(str(round_half_up(float(exact)))) == rounded
    assert Decimal(decimal_text(float(exact)).replace(",", "")) == rounded


@pytest.mark.parametrize(
    ("p_value", "text"),
    [
        (9.6e-05, "p < 0.001"),
        (0.00099999, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.0125, "p = 0.013"),
        (0.9999, "p = 1.000"),
        (0, "p < 0.001"),
    ],
)
def test_rounding_p_values_are_written_as_papers_do(p_value, text):
    assert p_value_text(p_value) == text


def test_rounding_signs_shares_digits_and_bytes():
    assert [decimal_text(v, 1, sign=True) for v in (0.25, -0.25, 0)] == ["+0.3", "-0.3", "0.0"]
    assert (share_text(0.28545), share_text(1, 0)) == ("28.5%", "100%")
    assert [significant_text(v, 3) for v in (0.012345, 123.45, 1234.5, 0, 9.995)] == [
        "0.0123",
        "123",
        "1.23e+03",
        "0.00",
        "10.0",
    ]
    assert [bytes_text(v) for v in (0, 999_994, 999_996, 5e15)] == [
        "0.00 kB",
        "999.99 kB",
        "1.00 MB",
        "5,000.00 TB",
    ]
