"""Words and where the aspect is."""

from __future__ import annotations

import pytest
from helpers.sentences import sentence
from helpers.zoo import start

from arts.data.errors import ArtsError

pytestmark = pytest.mark.usefixtures("short_recipes")


def test_word_models_an_aspect_without_a_word_is_one_clear_error(encoder):
    _, inputs = start("td-lstm", encoder)
    (instance,) = sentence("1", "the \x00 soup", **{"\x00": "neutral"}).instances()
    with pytest.raises(ArtsError, match='id "1_0": the tokenizer finds no word'):
        inputs.encode([instance])
