"""Damaged files of predictions: each is read, or refused in one line."""

from __future__ import annotations

import json

import pytest
from helpers.fuzzing import EXAMPLES, check_refusal, flipped, fuzzed
from hypothesis import given, settings
from hypothesis import strategies as st

from arts.evaluation.predicted_labels import read_labels

FUZZED = settings(fuzzed, max_examples=2 * EXAMPLES)
LABELS = ["positive", "negative", "neutral"] * 3


@pytest.fixture
def contents(units) -> dict[str, bytes]:
    """Sound files of predictions for the seven instances of the fixture, by suffix."""
    pairs = [(i.id, label) for i, label in zip(units, LABELS, strict=False)]
    rows = [json.dumps({"id": id, "prediction": label}) for id, label in pairs]
    lines = [f'"{id}",{label},0.5' for id, label in pairs]
    return {
        ".csv": "\n".join(["id,prediction,score", *lines, ""]).encode(),
        ".jsonl": "\n".join([*rows, ""]).encode(),
        ".json": json.dumps([json.loads(row) for row in rows]).encode(),
        ".tsv": "\n".join(["id\tprediction\tscore", *(line.replace(",", "\t") for line in lines)]).encode(),
    }


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".json", ".tsv"])
@FUZZED
@given(data=st.data())
def test_fuzzed_predictions_are_read_or_refused(suffix, contents, units, tmp_path, data):
    path = tmp_path / f"fuzzed{suffix}"
    path.write_bytes(data.draw(flipped(contents[suffix])))
    check_refusal(lambda: read_labels(path, units))


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".json", ".tsv"])
def test_fuzzed_predictions_the_sound_files_are_read(suffix, contents, units, write):
    assert read_labels(write(f"sound{suffix}", contents[suffix]), units).tolist() == [0, 1, 2, 0, 1, 2, 0]
