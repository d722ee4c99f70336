"""Sentence and aspect as a pair."""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import replace

import pytest
import torch
from helpers.sentences import TOY, sentence
from helpers.tiny_models import SPECIAL, WORDS
from helpers.zoo import fit, start
from safetensors.torch import load_file, save_file

from arts.data.corpus import Corpus
from arts.data.errors import DataError
from arts.data.schema import original_instances
from arts.evaluation.benchmark import Benchmark
from arts.models.recipe import Start
from arts.models.trained_models import read_record, write_record

pytestmark = pytest.mark.usefixtures("short_recipes")


def test_pair_encoder_the_aspect_survives_a_sentence_that_is_cut(encoder):
    _, inputs = start("bert", encoder)
    (instance,) = sentence("1", "the soup " + "was good " * 100, soup="positive").instances()
    (features,) = inputs.encode([instance])
    soup = WORDS.index("soup") + len(SPECIAL)
    assert len(features["input_ids"]) == 128
    assert features["input_ids"][-2:] == [soup, 3]


def with_pooling(encoder, folder, declared):
    """A copy of an encoder that declares its pooling, as sentence-transformers does."""
    shutil.copytree(encoder, folder)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(declared))
    return str(folder)


def legacy(*modes):
    names = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")
    return {"word_embedding_dimension": 16, **{f"pooling_mode_{name}": name in modes for name in names}}


@pytest.mark.parametrize(
    ("declared", "pooling"),
    [
        (legacy("cls_token"), "first"),
        (legacy("mean_tokens"), "mean"),
        (legacy("max_tokens"), "max"),
        ({"embedding_dimension": 16, "pooling_mode": "cls"}, "first"),
        ({"pooling_mode": "mean", "include_prompt": True}, "mean"),
        ({"pooling_mode": ["max"]}, "max"),
        ({}, "mean"),
    ],
)
def test_pair_encoder_the_declared_pooling_is_what_is_calculated(declared, pooling, encoder, tmp_path):
    model, inputs = start("bert", with_pooling(encoder, tmp_path / "encoder", declared))
    batch = inputs.collate(inputs.encode(original_instances(TOY[:3])))
    with torch.no_grad():
        states = model.eval().encoder(**batch).last_hidden_state
        rows = [row[mask.bool()] for row, mask in zip(states, batch["attention_mask"], strict=True)]
        expected = {
            "first": lambda row: row[0],
            "mean": lambda row: row.mean(0),
            "max": lambda row: row.max(0).values,
        }[pooling]
        torch.testing.assert_close(model.pool(**batch), torch.stack([expected(row) for row in rows]))


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (
            legacy("mean_sqrt_len_tokens"),
            "declares the pooling pooling_mode_mean_sqrt_len_tokens; expected cls",
        ),
        ({"pooling_mode": "lasttoken"}, "declares the pooling lasttoken; expected cls, mean or max"),
        ({"pooling_mode": "weightedmean"}, "declares the pooling weightedmean; expected"),
        (legacy("cls_token", "mean_tokens"), "pooling_mode_cls_token, pooling_mode_mean_tokens; expected"),
        ({"pooling_mode": ["mean", "max"]}, "declares the pooling mean, max; expected"),
    ],
)
def test_pair_encoder_a_pooling_that_is_not_known_is_refused(declared, message, encoder, tmp_path):
    folder = with_pooling(encoder, tmp_path / "encoder", declared)
    with pytest.raises(DataError, match=message):
        start("bert", folder)
    start("capsbert", folder)  # it reads every token


def without_pooler(encoder, folder):
    shutil.copytree(encoder, folder)
    weights = load_file(folder / "model.safetensors")
    kept = {name: tensor for name, tensor in weights.items() if not name.startswith("pooler.")}
    assert len(kept) == len(weights) - 2
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    return str(folder)


POOLER = ["pooler.dense.bias", "pooler.dense.weight"]


@pytest.mark.parametrize(
    ("name", "pooling", "random"),
    [
        ("bert", None, POOLER),
        ("bert-sent", None, POOLER),
        ("bert-pt", None, POOLER),
        ("bert", "mean", []),
        ("capsbert", None, []),
        ("td-lstm", None, []),
    ],
)
def test_pair_encoder_a_pooler_that_began_at_random_is_recorded_where_it_is_used(
    name, pooling, random, encoder, tmp_path
):
    folder = without_pooler(encoder, tmp_path / "encoder")
    if pooling:
        folder = with_pooling(folder, tmp_path / "pooled", {"pooling_mode": pooling})
    model, _ = start(name, folder)
    assert model.config.random_weights == random


def long_corpus():
    """The first sentence of each split is longer than a model over pairs reads."""
    long = sentence("long", "The soup " + "was good " * 100 + ".", soup="positive")
    sentences = [long, *TOY]
    return Corpus("long", tuple(original_instances(sentences)), lambda split: sentences)


def test_pair_encoder_truncated_sentences_and_random_weights_are_reported_and_said(encoder, tmp_path, caplog):
    folder = without_pooler(encoder, tmp_path / "encoder")
    with caplog.at_level(logging.WARNING, "arts"):
        report = Benchmark(long_corpus()).evaluate("bert", start=Start(folder))
    assert report.model.truncated == {"train": 1, "dev": 1, "test": 1}
    assert report.model.random_weights == tuple(POOLER)
    assert "bert: 1 texts of test are longer than the model reads, and were truncated" in caplog.text
    assert "bert: the encoder lacks the weights pooler.dense.bias, pooler.dense.weight" in caplog.text
    assert report.model.environment["threads"] == torch.get_num_threads()
    trained = {**report.model.environment, "precision": report.provenance.environment["precision"]}
    assert report.provenance.environment == trained  # the precision of training may have been measured
    caplog.clear()
    again = Benchmark(long_corpus()).evaluate("bert", start=Start(folder))  # from the cache
    assert again.model == report.model
    assert "1 texts of test" in caplog.text


@pytest.mark.parametrize("size", [121, 122, 123, 124, 125, 126])
def test_pair_encoder_counts_as_truncated_what_does_not_fit(size, encoder):
    instance = next(sentence("1", "soup " + "good " * size, soup="positive").instances())
    for name, special in (("bert", 4), ("bert-sent", 2), ("capsbert", 4)):  # [CLS], [SEP], aspect, [SEP]
        _, inputs = start(name, encoder)
        assert inputs.count_truncated([instance]) == (1 + size + special > 128)
    _, inputs = start("td-lstm", encoder)
    assert inputs.count_truncated([instance]) == 0


def test_pair_encoder_a_model_that_was_stored_before_is_loaded_and_measured(encoder, tmp_path):
    """Its record lacks what is recorded now."""
    model = fit("bert", encoder)
    model.save(tmp_path / "old")
    record = read_record(tmp_path / "old")
    new = ("environment", "variants", "truncated", "random_weights")
    write_record({key: value for key, value in record.items() if key not in new}, tmp_path / "old")
    report = Benchmark(long_corpus()).evaluate(f"hf:{tmp_path / 'old'}")
    assert report.model.truncated == {"test": 1}
    assert report.predictions.probabilities is not None
    assert not replace(model, record={}).remarks
