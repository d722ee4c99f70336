"""The folder that ``arts generate`` writes: instances, as a dataset or as JSON, and the quality report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from arts.data.hf_dataset import DatasetConfig, dataset_card
from arts.data.readers.arts_json import write_arts_json
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.tables import read_table
from arts.data.schema import Instance
from arts.generators.choices import OutputFormat
from arts.generators.running.quality_report import QualityReport
from arts.generators.running.staging import Staging

REPORT_FILE = "quality.json"


def write_output(
    staging: Staging, folder: Path, *, name: str, split: str, format: OutputFormat, report: QualityReport
) -> None:
    """Write the finished batches of a run as one corpus, with the quality report.

    The format HF puts the instances into ``FOLDER/NAME/SPLIT.parquet`` and a dataset card (for the Hugging
    Face Hub) into ``FOLDER/README.md``. The format ARTS puts them into ``FOLDER/NAME/SPLIT.json``, without a
    card. With both, the report goes to ``FOLDER/quality.json``.

    Args:
        staging: the finished batches.
        folder: the folder to write to.
        name: the name of the corpus.
        split: the name of its split.
        format: the file format of the instances.
        report: the quality report of the run.
    """
    (folder / name).mkdir(parents=True, exist_ok=True)
    if format is OutputFormat.ARTS:
        write_arts_json(_instances(staging), folder / name / f"{split}.json")
    else:
        rows = _concatenate(staging.shards, folder / name / f"{split}.parquet")
        dataset_card([DatasetConfig(name, {split: rows})], _CARD).save(folder / "README.md")
    (folder / REPORT_FILE).write_text(report.model_dump_json(indent=1), encoding="utf-8")


def _instances(staging: Staging) -> Iterator[Instance]:
    """Stream the instances of the finished batches."""
    for shard in staging.shards:
        yield from read_table(shard, ReadingNotes())


def _concatenate(shards: list[Path], path: Path) -> int:
    """Write the rows of several Parquet files to one, a file at a time, and return their number."""
    import pyarrow.parquet as pq

    rows = 0
    with pq.ParquetWriter(path, pq.read_schema(shards[0])) as writer:
        for shard in shards:
            table = pq.read_table(shard)
            writer.write_table(table)
            rows += table.num_rows
    return rows


_CARD = """
# Perturbed sentences for aspect-based sentiment analysis

Written by `arts generate`; `quality.json` says from what, with which options, how many of each kind, and how
many originals have no variant and why. One row is one question to a model: the polarity of `term`, at
characters `start` to `end` (exclusive) of `text`. Rows that share `unit` are an original and its variants.

| config | split | rows |
|---|---|---|
{table}

`strategy`: original; revtgt (the target's sentiment reversed); revnon (the other aspects' reversed or
exaggerated); adddiff (aspects of the opposite sentiment added). `aspects`: every aspect with its polarity in
this text. `edits`: what was replaced, as offsets into the original. The sentences are under the terms of the
corpus that they were made from.
"""
