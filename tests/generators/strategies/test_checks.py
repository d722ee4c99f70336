"""Faults of a variant."""

from __future__ import annotations

import pytest

from arts.generators.strategies.checks import fault


def test_checks_regression_no_marker_is_left_in_the_text() -> None:
    assert fault("It is good.", "It is [NEG] good.") == "a left-over marker"
    assert fault("It is good.", "It is {bad}.") == "a left-over marker"


@pytest.mark.parametrize(
    ("source", "text", "name"),
    [
        ("It works.", "It does not not work.", "a doubled negation"),
        ("It is a size.", "It is a not great size.", '"a not"'),
        ("It works.", "It works, but, the lid is weak.", None),
        ("It works.", "It works.. The lid is weak.", "doubled punctuation"),
        ("It works..", "It works.. The lid is weak.", None),
        ("It works.", "It works.", "no change"),
    ],
)
def test_checks_name_the_fault_unless_the_source_has_it(source: str, text: str, name: str | None) -> None:
    assert fault(source, text) == name
