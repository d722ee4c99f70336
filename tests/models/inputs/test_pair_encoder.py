"""Sentence and aspect as a pair."""

from __future__ import annotations

import pytest
from helpers.sentences import sentence
from helpers.tiny_models import SPECIAL, WORDS
from helpers.zoo import start

pytestmark = pytest.mark.usefixtures("short_recipes")


def test_pair_encoder_the_aspect_survives_a_sentence_that_is_cut(encoder):
    _, inputs = start("bert", encoder)
    (instance,) = sentence("1", "the soup " + "was good " * 100, soup="positive").instances()
    (features,) = inputs.encode([instance])
    soup = WORDS.index("soup") + len(SPECIAL)
    assert len(features["input_ids"]) == 128
    assert features["input_ids"][-2:] == [soup, 3]
