"""The command `arts export`: write corpora as a Hugging Face dataset repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arts.cli import options
from arts.cli.app import run_command


def export(
    folder: Annotated[Path, typer.Argument()],
    dataset: list[str] | None = None,
    labels: options.Labels = None,
) -> None:
    """Write corpora as a Hugging Face dataset repository.

    datasets.load_dataset(FOLDER, NAME) then loads the corpus of that name, without a loading script.

    Args:
        folder: New or empty folder to write the dataset repository to.
        dataset: Corpus to export: sample, laptop-v2, restaurant-v2, laptop, restaurant, mams, or the path of
            a file (XML, JSON, JSONL, CSV or Parquet) or of a folder with one such file per split.
            Repeatable. Default: sample.
    """
    from arts.data import hf_dataset
    from arts.data.corpus_registry import load_corpus

    options.refuse_idle_labels(*(dataset or ["sample"]))
    names = options.label_polarities(labels)
    corpora = [load_corpus(name, labels=names) for name in dataset or ["sample"]]
    hf_dataset.export_corpora(corpora, folder)
    for corpus in corpora:
        typer.echo(f'datasets.load_dataset("{folder}", "{corpus.name}")')


if __name__ == "__main__":
    run_command(export)
