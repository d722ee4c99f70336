"""Places of added clauses, balanced over a split."""

from __future__ import annotations

from collections import Counter

from arts.generators.running.balanced_places import _balance
from arts.generators.strategies.joints import Place


def test_balanced_places_each_is_as_frequent_as_the_others_as_far_as_sentences_allow():
    """Names stand for variants: two units have one place alone, six can choose, one has none inside."""
    choices = {"a": [Place.LAST], "b": [Place.LAST], "c": [Place.FIRST, Place.LAST]}
    choices |= {unit: list(Place) for unit in "defghi"}
    by_unit = {unit: {place: f"{unit} {place}" for place in places} for unit, places in choices.items()}
    chosen = _balance(by_unit)
    assert [name[0] for name in chosen] == list("abcdefghi")
    assert chosen[:3] == ["a last", "b last", "c first"]
    assert set(Counter(name[2:] for name in chosen).values()) == {3}
