"""Files of texts to diagnose."""

from __future__ import annotations

import pytest
from helpers.texts import NATURAL, SYNTHETIC

from arts.data.errors import ArtsError, DataError
from arts.diagnosis.texts import enough_texts, read_texts
from arts.diagnosis.views import diagnose_texts


def test_texts_bad_texts(encoder, write):
    with pytest.raises(ArtsError, match="3 different natural texts; expected 10 or more"):
        diagnose_texts(SYNTHETIC, NATURAL[:3] * 9, encoder=encoder)
    rows = '{"prompt": "a", "completion": "b"}\n{"question": "a"}\n'
    with pytest.raises(DataError, match=r"line 2: a row with question; expected messages"):
        read_texts(write("rows.jsonl", rows))


def test_texts_too_few_texts_are_said_of_their_file(write):
    with pytest.raises(DataError, match=r"few\.txt: 2 different texts; expected 10 or more"):
        enough_texts(write("few.txt", "a\nb\n" * 9))
