"""Perplexities against a plain loop over tokens."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from helpers.tiny_models import tiny_letter_llama, tiny_llama
from transformers import AutoModelForCausalLM, AutoTokenizer

from arts.data.errors import ArtsError
from arts.diagnosis.perplexity import model_perplexities, text_perplexities
from arts.models.language_models.language_model import LanguageModel

TEXTS = ["the soup was good", "good , kind staff and a bad bar .", "we got a table"]


def loop_perplexity(folder, text, *, start=()):
    """exp of the mean of -log p(token | the tokens before it), a token at a time."""
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    ids = [*start, *tokenizer(text, add_special_tokens=False)["input_ids"]]
    losses = []
    for position in range(1, len(ids)):
        with torch.no_grad():
            logits = model(torch.tensor([ids[:position]])).logits[0, -1].double()
        losses.append(-logits.log_softmax(0)[ids[position]].item())
    return math.exp(sum(losses) / len(losses))


@pytest.mark.parametrize(
    ("tiny", "start"), [(tiny_llama, ()), (tiny_letter_llama, (0,))], ids=["without BOS", "with BOS"]
)
def test_perplexity_is_that_of_a_plain_loop(tiny, start, tmp_path):
    folder = tiny(str(tmp_path / "model"))
    expected = [loop_perplexity(folder, text, start=start) for text in TEXTS]
    assert text_perplexities(LanguageModel.load(folder), TEXTS) == pytest.approx(expected, rel=1e-4)


def test_perplexity_texts_without_a_predicted_token_are_counted(tmp_path):
    model = LanguageModel.load(tiny_llama(str(tmp_path / "model")))
    assert np.isnan(text_perplexities(model, ["soup", ""])).all()
    record, (synthetic, natural) = model_perplexities(
        model, {"synthetic": [*TEXTS, "soup"], "natural": TEXTS}
    )
    assert (record.unscored, record.truncated, len(synthetic), len(natural)) == (1, 0, 3, 3)
    assert record.checksum == model.checksum
    with pytest.raises(ArtsError, match="predicts no token of the natural texts; expected longer texts"):
        model_perplexities(model, {"synthetic": TEXTS, "natural": ["soup", "bar"]})


def test_perplexity_texts_that_are_too_long_are_truncated_and_counted(tmp_path):
    model = LanguageModel.load(tiny_llama(str(tmp_path / "model")))
    long = "the soup was good " * 20  # 80 tokens; the model reads 64
    record, _ = model_perplexities(model, {"synthetic": [long, *TEXTS], "natural": TEXTS})
    assert record.truncated == 1
    assert model.score([long]).tokens.tolist() == [63]
