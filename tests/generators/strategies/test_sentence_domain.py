"""The domain of a sentence."""

from __future__ import annotations

import pytest

from arts.generators.strategies.sentence_domain import domain_classifier, domain_of_text


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("The soup was delicious, but our waiter was rude and the tables are too small.", "restaurant"),
        ("The battery lasts all day, but the keyboard feels mushy.", "laptop"),
        ("Qwzx vbnm.", ""),
    ],
)
def test_sentence_domain_is_told_where_it_is_clear(sample, text, domain):
    assert domain_of_text(text, domain_classifier(sample.train)) == domain
