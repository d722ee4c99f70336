"""What tests of `arts` share: checkpoints to merge, a model to unlearn from, a report."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.checkpoints import (
    TINY,
    random_weights,
    save,
)
from helpers.classifiers import gold
from helpers.tiny_models import tiny_bert, tiny_llama
from helpers.unlearning import FORGET, QUICK, RETAIN
from helpers.zoo import NAME
from transformers import BertConfig, BertForSequenceClassification

from arts.data.corpus import Corpus
from arts.evaluation.benchmark import Benchmark
from arts.models.registry import aspect_model_class
from arts.unlearning.job import UnlearningJob


@pytest.fixture
def quick_recipe(monkeypatch):
    model_class = aspect_model_class(NAME)
    monkeypatch.setattr(model_class, "recipe", replace(model_class.recipe, epochs=1, min_steps=1))


@pytest.fixture
def family(tmp_path):
    """Makes a base with models that were trained from it, by little."""

    def make(count, *dtypes, shapes=TINY, **options):
        dtypes = dtypes or ("F32",)
        start = random_weights(0, shapes)
        base = save(tmp_path / "base", start, dtypes[0], **options)
        models = []
        for number in range(1, count + 1):
            step = random_weights(number, shapes)
            moved = {name: start[name] + 0.02 * number * step[name] for name in start}
            dtype = dtypes[number % len(dtypes)]
            models.append(save(tmp_path / f"model-{number}", moved, dtype, **options))
        return base, models

    return make


@pytest.fixture
def bench(units):
    return Benchmark(Corpus("mine", tuple(units)))


@pytest.fixture
def report(bench):
    return bench.evaluate(gold, name="oracle")


@pytest.fixture(scope="module")
def causal(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny_llama(str(tmp_path_factory.mktemp("causal")))


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tiny_bert(str(tmp_path_factory.mktemp("classifier")))
    config = BertConfig.from_pretrained(
        folder, label2id={"calm": 0, "loud": 1}, id2label={0: "calm", 1: "loud"}
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture
def lines(tmp_path: Path) -> Callable[..., str]:
    def lines(name: str, rows: list[Any]) -> str:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return str(path)

    return lines


@pytest.fixture
def job(causal: str, lines: Callable[..., str]) -> UnlearningJob:
    return UnlearningJob(
        causal, forget=lines("forget.jsonl", FORGET), retain=lines("retain.jsonl", RETAIN), settings=QUICK
    )
