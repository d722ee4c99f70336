"""Checkpoints of transformers with a head, measured as they are."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.sentences import sentence
from helpers.tiny_models import NARROW, save_untrained, tiny_tokenizer
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    LlamaConfig,
    LlamaForSequenceClassification,
    PreTrainedTokenizerFast,
    pipeline,
)

from arts.data.corpus import Corpus
from arts.data.errors import ArtsError
from arts.data.label_names import LabelNames
from arts.evaluation.benchmark import Benchmark
from arts.models.checkpoints import load_checkpoint


def save_classifier(folder, encoder, labels, *, tokenizer=True):
    model = BertForSequenceClassification.from_pretrained(
        encoder, num_labels=len(labels), id2label=dict(enumerate(labels))
    )
    model.save_pretrained(folder)
    if tokenizer:
        PreTrainedTokenizerFast.from_pretrained(encoder).save_pretrained(folder)
    return f"hf:{folder}"


def test_checkpoints_is_asked_in_pairs_with_its_labels_mapped(corpus, encoder, tmp_path):
    report = Benchmark(corpus).evaluate(save_classifier(tmp_path / "m", encoder, ["NEU", "neg", "Positive"]))
    asked = pipeline(
        "text-classification",
        model=BertForSequenceClassification.from_pretrained(tmp_path / "m"),
        tokenizer=PreTrainedTokenizerFast.from_pretrained(encoder),
    )
    expected = Benchmark(corpus).evaluate(asked).predictions.probabilities
    assert np.allclose(report.predictions.probabilities, expected)
    assert (report.model.kind, report.name) == ("custom", f"hf:{tmp_path / 'm'}")
    assert len(report.model.checksum) == 64


@pytest.mark.parametrize(
    ("labels", "tokenizer", "message"),
    [
        (["good", "bad", "so-so"], True, "unknown polarity 'good'; expected one of: positive, negative"),
        (
            ["LABEL_0", "LABEL_1"],
            True,
            'label "LABEL_0" is no polarity; expected positive, negative, neutral',
        ),
        (["positive", "negative", "neutral"], False, "has no tokenizer; expected one of tokenizer.json"),
    ],
)
def test_checkpoints_that_cannot_be_asked_is_one_clear_error(labels, tokenizer, message, encoder, tmp_path):
    name = save_classifier(tmp_path / "m", encoder, labels, tokenizer=tokenizer)
    with pytest.raises(ArtsError, match=message):
        load_checkpoint(name.removeprefix("hf:"))


def test_checkpoints_classes_without_names_are_named_by_the_user(units, encoder, tmp_path):
    name = save_classifier(tmp_path / "m", encoder, ["LABEL_0", "LABEL_1", "LABEL_2"])
    named = Corpus("mine", tuple(units), labels=LabelNames.of({0: "neu", 1: "neg", 2: "pos"}))
    probabilities = Benchmark(named).evaluate(name).predictions.probabilities
    again = save_classifier(tmp_path / "named", tmp_path / "m", ["neutral", "negative", "positive"])
    PreTrainedTokenizerFast.from_pretrained(encoder).save_pretrained(tmp_path / "named")
    assert np.allclose(Benchmark(named).evaluate(again).predictions.probabilities, probabilities)


def test_checkpoints_encoder_is_none_for_classification(encoder):
    with pytest.raises(ArtsError, match="saved as BertModel; expected a model for sequence classification"):
        load_checkpoint(encoder)


def test_checkpoints_without_its_head_is_refused(encoder, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "m"
    save_classifier(folder, encoder, ["positive", "negative", "neutral"])
    weights = load_file(folder / "model.safetensors")
    kept = {name: tensor for name, tensor in weights.items() if not name.startswith("classifier")}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ArtsError, match=r"lacks 2 of the weights of BertForSequenceClassification"):
        load_checkpoint(str(folder))


def test_checkpoints_weights_that_are_not_used_are_said(encoder, tmp_path, caplog):
    """As when the configuration has fewer layers than the weights."""
    from safetensors.torch import load_file, save_file

    save_classifier(tmp_path / "m", encoder, ["positive", "negative", "neutral"])
    weights = load_file(tmp_path / "m" / "model.safetensors")
    further = {
        name.replace("layer.0", "layer.1"): tensor.clone()
        for name, tensor in weights.items()
        if "layer.0" in name
    }
    save_file(weights | further, tmp_path / "m" / "model.safetensors", metadata={"format": "pt"})
    load_checkpoint(str(tmp_path / "m"))
    assert f"has {len(further)} weights that BertForSequenceClassification does not use" in caplog.text


LONG = "the soup was good and the staff was kind , but the bar was rude ."  # 16 tokens, and 3 special ones


def benchmark_of_long_texts() -> Benchmark:
    """A benchmark of a short text and of two long ones, of which a short model reads six words."""
    aspects = {"soup": "positive"}
    texts = {"1": "the soup was good", "2": LONG, "3": LONG}
    instances = [i for id, text in texts.items() for i in sentence(id, text, **aspects).instances()]
    return Benchmark(Corpus("mine", tuple(instances)))


def save_with_positions(folder, positions: int, *, inputs: PreTrainedTokenizerFast) -> str:
    """Save a tiny BERT that classifies polarities, and reads texts of so many tokens."""
    names = dict(enumerate(["positive", "negative", "neutral"]))
    config = BertConfig(
        vocab_size=len(inputs),
        **NARROW,
        max_position_embeddings=positions,
        id2label=names,
        initializer_range=0.5,
    )
    return f"hf:{save_untrained(BertForSequenceClassification, config, inputs, str(folder))}"


def test_checkpoints_texts_longer_than_the_positions_are_truncated_counted_and_said(tmp_path, caplog):
    inputs = tiny_tokenizer()
    bench = benchmark_of_long_texts()
    report = bench.evaluate(save_with_positions(tmp_path / "short", 10, inputs=inputs))
    assert report.model.truncated == {"test": 2}
    assert "2 texts of test are longer than the model reads, and were truncated" in caplog.text
    shortened = inputs.decode(inputs(LONG, add_special_tokens=False)["input_ids"][:6])
    batch = inputs(shortened, "soup", return_tensors="pt")
    assert batch["input_ids"].shape == (1, 10)
    model = BertForSequenceClassification.from_pretrained(tmp_path / "short").eval()
    expected = model(**batch).logits.softmax(-1).detach().numpy()[0]
    assert np.allclose(report.predictions.probabilities[1], expected, atol=1e-5)


def test_checkpoints_texts_as_long_as_the_positions_are_read_whole(tmp_path, caplog):
    bench = benchmark_of_long_texts()
    report = bench.evaluate(save_with_positions(tmp_path / "long", 20, inputs=tiny_tokenizer()))
    assert report.model.truncated == {"test": 0}
    assert "truncated" not in caplog.text


def test_checkpoints_a_tokenizer_with_a_shorter_limit_than_the_positions_decides(tmp_path):
    inputs = tiny_tokenizer()
    inputs.model_max_length = 12
    bench = benchmark_of_long_texts()
    assert bench.evaluate(save_with_positions(tmp_path / "m", 64, inputs=inputs)).model.truncated == {
        "test": 2
    }


@pytest.mark.parametrize("positions", [10, 64])
def test_checkpoints_without_a_pad_token_is_asked_text_by_text(tmp_path, positions):
    bench = benchmark_of_long_texts()
    config = LlamaConfig(
        vocab_size=len(tiny_tokenizer()),
        **NARROW,
        num_key_value_heads=2,
        max_position_embeddings=positions,
        id2label=dict(enumerate(["positive", "negative", "neutral"])),
        initializer_range=0.5,
    )
    inputs = tiny_tokenizer()
    inputs.pad_token = None
    save_untrained(LlamaForSequenceClassification, config, inputs, str(tmp_path / "m"))
    report = bench.evaluate(f"hf:{tmp_path / 'm'}")
    assert report.model.truncated == {"test": 2 * (positions == 10)}
    model = LlamaForSequenceClassification.from_pretrained(tmp_path / "m").eval()
    batch = inputs(bench.corpus.test[0].text, "soup", return_tensors="pt")
    expected = model(batch["input_ids"]).logits.softmax(-1).detach().numpy()[0]
    assert np.allclose(report.predictions.probabilities[0], expected, atol=1e-5)
