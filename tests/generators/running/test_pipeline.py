"""Generation in batches: staged, resumed, read back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from arts.data.readers.instances import read_instances
from arts.data.schema import Polarity, Sentence, Strategy
from arts.generators.generator import GenerationOptions
from arts.generators.running import pipeline
from arts.generators.running.batches import GenerationJob, best_rows
from arts.generators.running.pipeline import stream_outcomes
from arts.generators.running.quality_report import Tally
from arts.generators.running.staging import Staging
from arts.generators.strategies.aspectset import AspectSet


def test_pipeline_a_killed_run_goes_on_from_its_last_batch(
    tmp_path: Path, sentences: list[Sentence], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "BATCH_SIZE", 10)
    job = GenerationJob(AspectSet(), GenerationOptions((Strategy.REVTGT,)))
    staging = Staging(tmp_path)
    whole = list(stream_outcomes(sentences, job))
    for batch in whole[:3]:  # and then it is killed
        staging.add(batch, best_rows(batch))
    again = Staging(tmp_path)
    assert again.done == 3
    for batch in stream_outcomes(sentences[30:], job):
        again.add(batch, best_rows(batch))
    rows = [row for shard in again.shards for row in read_instances(shard)]
    assert rows == [row for batch in whole for row in best_rows(batch)]
    assert again.tally() == Tally.count(o for batch in whole for _, group in batch for o in group)


def test_pipeline_labels_survive_the_round_trip(tmp_path: Path, sentences: list[Sentence]) -> None:
    staging = Staging(tmp_path)
    job = GenerationJob(AspectSet(), GenerationOptions((Strategy.REVTGT,)))
    rows = []
    for batch in stream_outcomes(sentences, job):
        rows += best_rows(batch)
        staging.add(batch, best_rows(batch))
    kept = [row for shard in staging.shards for row in read_instances(shard)]
    assert kept == rows
    assert {row.polarity for row in kept} == set(Polarity)


WORKER = """
import multiprocessing, sys
from arts.generators.running.pipeline import _end_with_parent
if __name__ == "__main__":
    worker = multiprocessing.get_context("spawn").Process(target=_end_with_parent)
    worker.start()
    print("started", flush=True)
    sys.stdin.read()
"""


def test_pipeline_a_worker_ends_when_its_parent_is_killed():
    command = [sys.executable, "-c", WORKER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout.readline() == "started\n"
        parent.kill()
        parent.communicate(timeout=60)  # ends when the worker, too, has closed standard output
