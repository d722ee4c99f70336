"""`arts merge`: join fine-tuned models into one, by MetaGPT's coefficients or another method."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arts.cli.app import run_command
from arts.cli.progress import progress_bar
from arts.data.errors import ArtsError
from arts.merging.choices import Dtype, Granularity, Head, Vocab

if TYPE_CHECKING:
    from arts.merging.job import Job
    from arts.merging.report import MergeReport


class Format(StrEnum):
    """How the report is printed."""

    TABLE = "table"
    JSON = "json"


def merge(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option(help="A new or empty folder. Needed unless --dry-run is given.")
    ] = None,
    base: Annotated[
        str | None, typer.Option(help="The checkpoint that the models were trained from: a folder or Hub id.")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="A fine-tuned checkpoint or LoRA adapter: a folder or Hub id. Repeatable."),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            help="metagpt, average, task-arithmetic, ties, dare, dare-ties, ties-metagpt or dare-metagpt."
        ),
    ] = "metagpt",
    config: Annotated[
        Path | None,
        typer.Option(help="A YAML file in mergekit's schema, instead of the options of a method."),
    ] = None,
    granularity: Annotated[
        Granularity, typer.Option(help="MetaGPT's coefficients: one a model, or one a model and layer.")
    ] = Granularity.GLOBAL,
    weight: Annotated[
        list[float] | None, typer.Option(help="Coefficient of a model, in their order. Repeatable.")
    ] = None,
    density: Annotated[
        float | None, typer.Option(help="Share of each task vector that ties (0.2) or dare (0.55) leaves.")
    ] = None,
    scale: Annotated[float, typer.Option(help="Times what is added to the base.")] = 1.0,
    by_tensor: Annotated[
        bool, typer.Option("--by-tensor", help="Trim, or rescale, tensor by tensor, as mergekit does.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Of what dare drops.")] = 0,
    head: Annotated[
        Head, typer.Option(help="Classifier heads that differ: an error, the base's, or none.")
    ] = Head.ERROR,
    vocab: Annotated[
        Vocab,
        typer.Option(
            help="Vocabularies that differ: an error, or merge each model's (base) or all models' "
            "(intersect) shared tokens."
        ),
    ] = Vocab.ERROR,
    dtype: Annotated[Dtype | None, typer.Option(help="To store in. Default: as the base.")] = None,
    max_shard_size: Annotated[float, typer.Option(min=0.001, help="In GB.")] = 5.0,
    tokenizer_from: Annotated[
        str | None, typer.Option(help="Take the tokenizer and chat template from here, not from the base.")
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Default: one a processor, up to 4.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Stop before anything is written, and report.")
    ] = False,
    by_layer: Annotated[
        bool, typer.Option("--by-layer", help="With --dry-run: report norms, cosines and conflicts by layer.")
    ] = False,
    emit_config: Annotated[
        Path | None, typer.Option(help="Write a mergekit file with the resolved coefficients.")
    ] = None,
    heatmap: Annotated[Path | None, typer.Option(help="Draw the cosines to this .png or .svg file.")] = None,
    check_linearity: Annotated[
        bool, typer.Option("--check-linearity", help="Measure how linear the models are; loads them whole.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print the report.")] = Format.TABLE,
) -> None:
    """Merge fine-tuned models of one base, in constant memory, whatever their size.

    metagpt needs no data and no search: the weight of a model is the squared norm of its task vector over the
    sum of all.
    """
    if (output is None) != dry_run:
        raise ArtsError("give --output FOLDER, or --dry-run to write nothing")
    if by_layer and not dry_run:
        raise ArtsError("--by-layer goes with --dry-run")
    if config is None:
        job = replace(
            _job(base, model, method, granularity, weight, density),
            dtype=dtype.stored if dtype else None,
            tokenizer_from=tokenizer_from,
        )
        more = replace(job.options, scale=scale, by_tensor=by_tensor, seed=seed)
        job = replace(job, options=more)
    else:
        _refuse(context, _OF_METHODS)
        from arts.merging.mergekit_config import read_config

        job = read_config(config)
    job = replace(
        job,
        head=head,
        vocab=vocab,
        shard=int(max_shard_size * 1e9),
        threads=threads,
        command=shlex.join(["arts", "merge", *sys.argv[1 + (sys.argv[1:2] == ["merge"]) :]]),
    )
    with progress_bar("merging") as progress:
        report = job.inspect(progress) if output is None else job.run(output, progress)
    if check_linearity:
        from arts.merging.linearity import nonlinearity
        from arts.merging.report import FILE

        report = report.model_copy(update={"nonlinearity": nonlinearity(job.base, job.models)})
        if output:
            report.write_json(output / FILE)
    _print_report(report, form, by_layer=by_layer)
    if heatmap:
        from arts.merging.heatmap import cosine_map

        cosine_map([entry.name for entry in report.models], report.cosines, heatmap)
    if emit_config:
        from arts.data.support.atomic import atomic_file
        from arts.merging.mergekit_config import emitted

        with atomic_file(emit_config) as partial:
            partial.write_text(emitted(report), encoding="utf-8")
    if output:
        typer.echo(f"arts: wrote {output}", err=True)


_OF_METHODS = (
    "base",
    "model",
    "method",
    "granularity",
    "weight",
    "density",
    "scale",
    "by_tensor",
    "seed",
    "dtype",
    "tokenizer_from",
)


def _refuse(context: typer.Context, names: tuple[str, ...]) -> None:
    """Raise an error for options that a configuration file settles."""
    given = [
        f"--{name.replace('_', '-')}"
        for name in names
        if (source := context.get_parameter_source(name)) and source.name == "COMMANDLINE"
    ]
    if given:
        raise ArtsError(f"--config settles {', '.join(given)}; write it into the file")


def _job(
    base: str | None,
    models: list[str] | None,
    name: str,
    granularity: Granularity,
    weights: list[float] | None,
    density: float | None,
) -> Job:
    """The merge that the options say, each of which has to mean something to the method."""
    if not base or not models:
        raise ArtsError("give --base and at least one --model, or --config FILE")
    from arts.merging.engine import Options
    from arts.merging.job import Job
    from arts.merging.methods import Coefficients, find_method

    method = find_method(name)
    if weights and method.coefficients is not Coefficients.GIVEN:
        raise ArtsError(f"{name} finds the weights itself; leave out --weight")
    if weights and len(weights) != len(models):
        raise ArtsError(
            f"--weight is given {len(weights)} times; expected one for each of {len(models)} models"
        )
    if granularity is Granularity.LAYER and method.coefficients is not Coefficients.METAGPT:
        raise ArtsError(f"--granularity layer is of MetaGPT's coefficients, which {name} does not use")
    if density is not None:
        if not method.thins:
            raise ArtsError(f"--density is of methods that thin out, which {name} does not")
        if not 0 < density <= 1:
            raise ArtsError(f"--density {density}; expected over 0 and up to 1")
        method = replace(method, density=density)
    return Job(
        base,
        models,
        method,
        Options(
            by_layer=granularity is Granularity.LAYER,
            weights=(lambda tensor, model, depth: weights[model]) if weights else None,
        ),
    )


def _print_report(report: MergeReport, form: Format, *, by_layer: bool) -> None:
    """Print a report to standard output, and its warnings to standard error."""
    if form is Format.JSON:
        typer.echo(report.model_dump_json(indent=1))
    else:
        from rich.console import Console

        from arts.merging.report import forecast, layer_table, summary, table

        console = Console()
        console.print(table(report))
        console.print(summary(report), highlight=False)
        if by_layer:
            console.print(layer_table(report))
        if report.output is None:
            console.print(forecast(report), highlight=False)
    for warning in report.warnings:
        typer.echo(f"arts: warning: {warning}", err=True)
    for remark in report.remarks:
        typer.echo(f"arts: {remark}", err=True)


if __name__ == "__main__":
    run_command(merge)
