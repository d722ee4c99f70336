"""`arts evaluate`: measure models, or files of predictions, on a benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arts.cli.app import run_command
from arts.cli.options import (
    Embeddings,
    Encoder,
    Holdout,
    PostTrained,
    PostTrainingText,
    Ratio,
    Strategies,
    Templates,
    adversarial,
    start_of,
)
from arts.cli.progress import progress_bar
from arts.data.errors import ArtsError
from arts.models.encoders import DEFAULT_ENCODER

if TYPE_CHECKING:
    from arts.evaluation.benchmark import Benchmark
    from arts.evaluation.report import Report
    from arts.interventions.adversarial import Adversarial
    from arts.interventions.base import Intervention
    from arts.models.base import Start

DEFAULT_MODEL = "td-lstm"


class InterventionName(StrEnum):
    """The interventions."""

    ADVERSARIAL = "adversarial"
    MERGE = "merge"
    UNLEARN = "unlearn"


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
        typer.Option(
            help="A model of the zoo (`arts models`), hf:PATH, or package.module:attribute. Repeatable. "
            "Default: td-lstm."
        ),
    ] = None,
    encoder: Encoder = DEFAULT_ENCODER,
    embeddings: Embeddings = None,
    corpus: PostTrainingText = None,
    post_trained: PostTrained = False,
    seed: Annotated[list[int] | None, typer.Option(help="Of training. Repeatable. Default: 1.")] = None,
    predictions: Annotated[
        Path | None, typer.Option(help="Score this CSV, JSONL or Parquet file instead of a model.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="Its column with the labels. Repeatable. Default: prediction."),
    ] = None,
    intervention: Annotated[
        InterventionName | None,
        typer.Option(
            help="Measure each model of the zoo with it too, beside the plain one. unlearn: from the "
            "adversarially trained one, or with --merge-method from the merged one."
        ),
    ] = None,
    strategy: Strategies = None,
    ratio: Ratio = None,
    template: Templates = None,
    holdout_templates: Holdout = None,
    merge_method: Annotated[
        str | None, typer.Option(help="Of merging: as of `arts merge`. Default: metagpt.")
    ] = None,
    domain: Annotated[
        list[str] | None,
        typer.Option(
            help="Of merging: a corpus for another specialist, beside the one that is measured, instead of "
            "a specialist a strategy. Repeatable."
        ),
    ] = None,
    adddiff_curve: Annotated[
        bool,
        typer.Option("--adddiff-curve", help="Accuracy over the number of added aspects, 0 to 5, too."),
    ] = False,
    name: Annotated[str | None, typer.Option(help="What the report calls the model.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for the report JSON and the predictions.")
    ] = None,
    format: Annotated[Format, typer.Option(help="Of what is written to standard output.")] = Format.TABLE,
) -> None:
    """Measure how much of a model's accuracy survives when other aspects, or its own, change.

    With no option: trains td-lstm on the sample corpus that ships with the package, offline.
    """
    from arts.evaluation.benchmark import load_benchmark

    if predictions is None and column:
        raise ArtsError("--column names a column of a predictions file; add --predictions FILE")
    if predictions is not None and (model or seed or intervention or adddiff_curve):
        raise ArtsError(
            "--predictions is scored as it is; leave out --model, --seed, --intervention and --adddiff-curve"
        )
    if intervention and any(":" in name for name in model or ()):
        raise ArtsError(f"--intervention {intervention} trains models of the zoo; see `arts models`")
    way = adversarial(
        "--intervention", intervention is not None, strategy, ratio, template, holdout_templates
    )
    chosen = _chosen(intervention, way, merge_method, domain) if way else None
    if (merge_method or domain) and intervention in (None, InterventionName.ADVERSARIAL):
        raise ArtsError("--merge-method and --domain are of --intervention merge and unlearn")
    if name and max(len(model or ()), len(column or ())) > 1:
        raise ArtsError("--name is for one model or column; leave it out for several")
    models = model or [DEFAULT_MODEL]
    benchmark = load_benchmark(dataset)
    start = start_of(models, encoder, embeddings, corpus, post_trained) if not predictions else None
    reports = []
    for report in (
        _score(benchmark, predictions, column or [None], name)
        if predictions
        else _measure(benchmark, models, seed or [1], start, chosen, name, curve=adddiff_curve)
    ):
        if output:
            _tell(f"wrote {report.save(output)}")
        reports.append(report)
    if adddiff_curve and output:
        _draw(reports, output / f"{benchmark.corpus.name}-adddiff-curve")
    elif adddiff_curve:
        _tell("--output DIR draws the curve")
    _tell(str(benchmark.corpus.notes))
    _show(reports, format)


def _chosen(
    name: InterventionName | None, way: Adversarial, method: str | None, domains: list[str] | None
) -> Intervention:
    """Adversarial training, a merge of what was trained so, or unlearning after either."""
    from arts.interventions.merge import Merge
    from arts.interventions.unlearn import Unlearn

    merge = Merge(method or "metagpt", domains=tuple(domains or ()), adversarial=way)
    if name is InterventionName.MERGE:
        return merge
    if name is InterventionName.UNLEARN:
        return Unlearn(merge if method or domains else way)
    return way


def _score(
    benchmark: Benchmark, path: Path, columns: list[str] | list[None], name: str | None
) -> Iterator[Report]:
    for column in columns:
        yield benchmark.score(path, column=column, name=name)


def _measure(
    benchmark: Benchmark,
    models: list[str],
    seeds: list[int],
    start: Start | None,
    intervention: Intervention | None,
    name: str | None,
    *,
    curve: bool,
) -> Iterator[Report]:
    """Each model plain, and with the intervention, seed by seed."""
    for model in dict.fromkeys(models):
        trained = ":" not in model
        for way in (None, intervention) if intervention else (None,):
            for seed in dict.fromkeys(seeds if trained else seeds[:1]):
                title = f"{model}, {way.name}, seed {seed}" if way else f"{model}, seed {seed}"
                with progress_bar(title) as progress:
                    yield benchmark.evaluate(
                        model,
                        seed=seed,
                        start=start,
                        intervention=way,
                        adddiff_curve=curve,
                        name=f"{name} + {way.name}" if name and way else name,
                        progress=progress,
                    )


def _draw(reports: list[Report], stem: Path) -> None:
    from arts.evaluation.plots import adddiff_curves

    for path in adddiff_curves(reports, stem):
        _tell(f"wrote {path}")


def _show(reports: list[Report], format: Format) -> None:
    from arts.cli import tables
    from arts.evaluation.summary import Summary

    if format is Format.CSV:
        typer.echo(tables.comma_separated(reports))
    elif format is Format.JSON and len(reports) == 1:
        typer.echo(reports[0].model_dump_json(indent=1))
    else:
        summary = Summary.of(reports)
        if format is Format.JSON:
            typer.echo(summary.model_dump_json(indent=1))
        elif format is Format.MARKDOWN:
            typer.echo(tables.markdown(summary))
        else:
            tables.show(tables.table(summary))


def _tell(message: str) -> None:
    if message:
        typer.echo(f"arts: {message}", err=True)


if __name__ == "__main__":
    run_command(evaluate)
