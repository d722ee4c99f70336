"""What tests of generators share."""

from __future__ import annotations

import pytest

from arts.data.schema import Sentence
from arts.generators.running.sentence_source import load_sentence_source


@pytest.fixture(scope="module")
def sentences() -> list[Sentence]:
    return list(load_sentence_source("sample").sentences)
