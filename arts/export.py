"""The command `arts export`: write corpora as a Hugging Face dataset repository."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from arts.cli import options
from arts.cli.app import run_command, tell
from arts.data.errors import ArtsError


def export(
    folder: Annotated[Path, typer.Argument()],
    dataset: list[str] | None = None,
    labels: options.Labels = None,
    columns: options.Columns = None,
    template: Annotated[bool, typer.Option("--template")] = False,
) -> None:
    """Write corpora as a Hugging Face dataset repository, or what to predict on as a table.

    datasets.load_dataset(FOLDER, NAME) then loads the corpus of that name, without a loading script.

    Args:
        folder: New or empty folder to write the dataset repository to; with --template, a new file.
        dataset: Corpus to export: sample, laptop-v2, restaurant-v2, laptop, restaurant, mams, or the path of
            a file (XML, JSON, JSONL, CSV, TSV, Parquet or text) or of a folder with one such file per split;
            - for standard input, hf:ID for a dataset of the Hugging Face Hub. Repeatable. Default: sample.
        template: Write one table to fill in instead, CSV, TSV or JSONL by the suffix of FOLDER: an id, text,
            term and span per row, and an empty column prediction. `arts evaluate --predictions` scores it.
    """
    from arts.data import hf_dataset
    from arts.data.corpus_registry import load_corpus
    from arts.data.predictions_template import check_template_path, write_template

    options.refuse_idle_labels(*(dataset or ["sample"]))
    names = options.label_polarities(labels)
    renamed = options.column_names(columns)
    if template:
        check_template_path(folder)
        if len(dataset or ()) > 1:
            raise ArtsError("--template writes one table; expected one --dataset")
    corpora = [load_corpus(name, labels=names, columns=renamed) for name in dataset or ["sample"]]
    if template:
        write_template(corpora[0].test, folder)
        tell(str(corpora[0].notes))
        named = ["--dataset", dataset[0]] if dataset else []
        scoring = shlex.join(["arts", "evaluate", *named, "--predictions", str(folder)])
        tell(f"wrote {folder}: fill in the column prediction; {scoring} scores it")
        return
    hf_dataset.export_corpora(corpora, folder)
    for corpus in corpora:
        tell(str(corpus.notes))
        typer.echo(f'datasets.load_dataset("{folder}", "{corpus.name}")')
    measuring = shlex.join(["arts", "evaluate", "--dataset", str(folder / corpora[0].name)])
    tell(f"wrote {folder}; measure models on it: {measuring}")


if __name__ == "__main__":
    run_command(export)
