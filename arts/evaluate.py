"""`arts evaluate`: measure models, or files of predictions, on a benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arts.console import command_line, run
from arts.data.errors import ArtsError
from arts.models.encoders import DEFAULT_ENCODER

if TYPE_CHECKING:
    from arts.benchmark import Benchmark
    from arts.models.training import Progress
    from arts.report import Report

DEFAULT_MODEL = "td-lstm"


class Format(StrEnum):
    """How the result is written to standard output."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"
    CSV = "csv"


def evaluate(
    dataset: Annotated[
        str, typer.Option(help="sample, laptop, restaurant, mams, or the path of a file or folder.")
    ] = "sample",
    model: Annotated[
        list[str] | None,
        typer.Option(help="A model of the zoo, or package.module:attribute. Repeatable. Default: td-lstm."),
    ] = None,
    encoder: Annotated[
        str, typer.Option(help="Pretrained encoder of the zoo's models: a folder or Hub id.")
    ] = DEFAULT_ENCODER,
    seed: Annotated[list[int] | None, typer.Option(help="Of training. Repeatable. Default: 1.")] = None,
    predictions: Annotated[
        Path | None, typer.Option(help="Score this CSV, JSONL or Parquet file instead of a model.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="Its column with the labels. Repeatable. Default: prediction."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What the report calls the model.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for the report JSON and the predictions.")
    ] = None,
    format: Annotated[Format, typer.Option(help="Of what is written to standard output.")] = Format.TABLE,
) -> None:
    """Measure how much of a model's accuracy survives when other aspects, or its own, change.

    With no option: trains td-lstm on the sample corpus that ships with the package, offline.
    """
    from arts.benchmark import load_benchmark

    if predictions is None and column:
        raise ArtsError("--column names a column of a predictions file; add --predictions FILE")
    if predictions is not None and (model or seed):
        raise ArtsError("--predictions is scored as it is; leave out --model and --seed")
    if name and max(len(model or ()), len(column or ())) > 1:
        raise ArtsError("--name is for one model or column; leave it out for several")
    benchmark = load_benchmark(dataset)
    reports = []
    for report in (
        _score(benchmark, predictions, column or [None], name)
        if predictions
        else _measure(benchmark, model or [DEFAULT_MODEL], seed or [1], encoder, name)
    ):
        if output:
            _tell(f"wrote {report.save(output)}")
        reports.append(report)
    _tell(str(benchmark.corpus.notes))
    _show(reports, format)


def _score(
    benchmark: Benchmark, path: Path, columns: list[str] | list[None], name: str | None
) -> Iterator[Report]:
    for column in columns:
        yield benchmark.score(path, column=column, name=name)


def _measure(
    benchmark: Benchmark, models: list[str], seeds: list[int], encoder: str, name: str | None
) -> Iterator[Report]:
    for model in dict.fromkeys(models):
        trained = ":" not in model
        for seed in dict.fromkeys(seeds if trained else seeds[:1]):
            with _progress(f"{model}, seed {seed}") as progress:
                yield benchmark.evaluate(model, seed=seed, encoder=encoder, name=name, progress=progress)


@contextmanager
def _progress(title: str) -> Iterator[Progress]:
    """A progress bar on standard error, shown from the first step on."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[remark]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(title, total=None, remark="")

        def progress(done: int, total: int, remark: str) -> None:
            bar.update(task, completed=done, total=total, remark=remark)

        yield progress


def _show(reports: list[Report], format: Format) -> None:
    from arts import render
    from arts.summary import Summary

    if format is Format.CSV:
        typer.echo(render.comma_separated(reports))
    elif format is Format.JSON and len(reports) == 1:
        typer.echo(reports[0].model_dump_json(indent=1))
    else:
        summary = Summary.of(reports)
        if format is Format.JSON:
            typer.echo(summary.model_dump_json(indent=1))
        elif format is Format.MARKDOWN:
            typer.echo(render.markdown(summary))
        else:
            render.show(render.table(summary))


def _tell(message: str) -> None:
    if message:
        typer.echo(f"arts: {message}", err=True)


if __name__ == "__main__":
    run(command_line(evaluate))
