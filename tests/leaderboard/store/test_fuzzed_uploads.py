"""Damaged uploads: each is scored, or refused in one line."""

from __future__ import annotations

import json

import pytest
from helpers.fuzzing import EXAMPLES, changed_fields, check_refusal, flipped, fuzzed
from hypothesis import given, settings
from hypothesis import strategies as st

from arts.data.corpus import Corpus
from arts.evaluation.benchmark import Benchmark
from arts.leaderboard.store import uploads

FUZZED = settings(fuzzed, max_examples=2 * EXAMPLES)
texts = st.one_of(
    st.just(""), st.text(max_size=12), st.sampled_from(["prediction", "0=negative", "a=b,=", "\x1b[2J"])
)


@pytest.fixture
def small_benchmark(units, monkeypatch) -> Benchmark:
    """A benchmark of seven instances, which uploads are scored on in the place of the sample."""
    benchmark = Benchmark(Corpus("sample", tuple(units)))
    monkeypatch.setattr(uploads, "load_benchmark", lambda *_, **__: benchmark)
    monkeypatch.setattr(uploads, "entry_of", lambda *_, **__: None)  # which knows the sample itself
    return benchmark


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
@FUZZED
@given(data=st.data())
def test_fuzzed_uploads_of_predictions_are_scored_or_refused(suffix, small_benchmark, data):
    rows = [{"id": i.id, "prediction": str(i.polarity)} for i in small_benchmark.corpus.test]
    if suffix == ".csv":
        sound = "\n".join(["id,prediction", *(f"{row['id']},{row['prediction']}" for row in rows)])
    else:
        sound = "\n".join(map(json.dumps, rows))
    content = data.draw(flipped(sound.encode()))
    fields = {field: data.draw(texts) for field in ("name", "column", "labels")}
    check_refusal(lambda: uploads.check_upload(f"x{suffix}", content, uploads.UploadForm("sample", **fields)))


@FUZZED
@given(data=st.data())
def test_fuzzed_uploads_of_reports_are_taken_or_refused(report, data):
    sound = json.loads(report.model_dump_json())
    whole = json.dumps(sound).encode()
    content = data.draw(
        st.one_of(flipped(whole), changed_fields(sound).map(lambda fields: json.dumps(fields).encode()))
    )
    name = data.draw(texts)
    check_refusal(lambda: uploads.check_upload("x.json", content, uploads.UploadForm("sample", name)))
