"""The command `arts merge`: merge fine-tuned models into one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arts.cli.app import run_command, starting_over_after_interrupts, tell, typed_command
from arts.cli.given_options import refuse_given
from arts.cli.merge_extras import MergeExtras
from arts.cli.number_types import Seed
from arts.cli.option_errors import as_option_errors
from arts.cli.options import Device, ReportFormat
from arts.cli.progress import progress_bar
from arts.data.errors import ArtsError
from arts.merging.policies import (
    DARE_DENSITY,
    DEFAULT_METHOD,
    MAX_SHARD_BYTES,
    SAFETENSORS_NAMES,
    TIES_DENSITY,
    Granularity,
    HeadPolicy,
    StorageDtype,
    VocabPolicy,
)
from arts.models.runtime import use_device

if TYPE_CHECKING:
    from arts.merging.job import MergeJob
    from arts.merging.methods import MergeMethod
    from arts.merging.report import MergeReport

Density = Annotated[
    float | None,
    typer.Option(
        help="Share of the elements of each task vector that are kept; the others are set to 0. "
        f"Default: {TIES_DENSITY} for ties methods, {DARE_DENSITY} for dare methods."
    ),
]


def merge(
    *,
    output: Path | None = None,
    base: str | None = None,
    model: list[str] | None = None,
    method: str = DEFAULT_METHOD,
    config: Path | None = None,
    granularity: Granularity = Granularity.GLOBAL,
    weight: list[float] | None = None,
    density: Density = None,
    scale: float = 1.0,
    by_tensor: Annotated[bool, typer.Option("--by-tensor")] = False,
    seed: Seed = 0,
    head: HeadPolicy = HeadPolicy.ERROR,
    vocab: VocabPolicy = VocabPolicy.ERROR,
    dtype: StorageDtype | None = None,
    max_shard_size: float = MAX_SHARD_BYTES / 1e9,
    tokenizer_from: str | None = None,
    threads: int | None = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    by_layer: Annotated[bool, typer.Option("--by-layer")] = False,
    emit_config: Path | None = None,
    heatmap: Path | None = None,
    check_linearity: Annotated[bool, typer.Option("--check-linearity")] = False,
    device: Device = None,
    form: Annotated[ReportFormat, typer.Option("--format")] = ReportFormat.TABLE,
) -> None:
    """Merge models that were fine-tuned from one base; memory does not grow with the size of the models.

    A task vector is a model minus the base. The default method, metagpt, needs neither data nor a search: the
    coefficient of a model is the squared norm of its task vector, divided by the sum of the squared norms of
    all task vectors.

    Args:
        output: New or empty folder to write the merged model to. Required unless --dry-run is given.
        base: Checkpoint that the models were fine-tuned from: a folder or Hub id. Required unless --config is
            given.
        model: Fine-tuned checkpoint or LoRA adapter to merge: a folder or Hub id. Repeatable. Required unless
            --config is given.
        method: Merge method: metagpt, average, task-arithmetic, ties, dare, dare-ties, ties-metagpt or
            dare-metagpt.
        config: YAML file in mergekit's schema with the base, the models, the method and its options;
            do not give these on the command line as well.
        granularity: MetaGPT's coefficients: one per model (global) or per model and layer (layer).
        weight: Coefficient of a model. Repeatable: one per --model, in the same order. Default: 0.3 for
            task-arithmetic and dare, 1 for ties and dare-ties; the other methods find the coefficients.
        scale: Factor on the weighted sum of task vectors that is added to the base.
        by_tensor: Sparsify each tensor separately, as mergekit does, not the whole model at once.
        seed: Random seed of the elements that dare methods drop.
        head: When a head differs from the base's, such as that of a classifier: error stops, keep-base keeps
            the base's, first takes that of the first --model with its labels, drop leaves it out.
        vocab: When a vocabulary differs from the base's: error stops, base merges the tokens that each
            model shares with the base, intersect merges only the tokens that all models share. Other
            tokens stay as in the base.
        dtype: Type to store the weights in. Default: their type in the base.
        max_shard_size: Largest size of a weights file, in GB.
        tokenizer_from: Folder or Hub id to take the tokenizer and the chat template from. Default: the base.
        threads: Number of threads. Default: one per processor, up to 4.
        dry_run: Write no model; report norms, cosines and sign conflicts, and the time, memory and disk space
            that the merge would take.
        by_layer: With --dry-run: also report norms, cosines and sign conflicts for each layer.
        emit_config: New file to write a mergekit configuration of this merge to: its method is linear, with
            the coefficients as they were calculated.
        heatmap: New file (.png or .svg) to draw the cosines of the task vectors in.
        check_linearity: Also measure how far the models' outputs are from changing linearly along their
            task vectors, as MetaGPT assumes; whole models are loaded into memory.
        form: Format of the report on standard output.
    """
    if (output is None) != dry_run:
        raise ArtsError("give --output FOLDER, or --dry-run to write nothing")
    refuse_given("by_layer", when=not dry_run, because="without --dry-run")
    refuse_given("device", when=not check_linearity, because="without --check-linearity")
    refuse_given("max_shard_size", "tokenizer_from", when=dry_run, because="with --dry-run")
    refuse_given(*_CONFIG_OPTIONS, when=config, because="with --config, which settles it in the file")
    from arts.merging.command_settings import check_command_settings

    if device:
        use_device(device)
    with as_option_errors(**{"lambda": "scale"}):
        numbers = {"lambda": scale, "weight": weight, "density": density}
        check_command_settings(**numbers, max_shard_size=max_shard_size, threads=threads)
    if config is None:
        job = replace(
            _job(base, model, method, granularity, weight, density),
            dtype=SAFETENSORS_NAMES[dtype] if dtype else None,
            tokenizer_from=tokenizer_from,
        )
        _refuse_idle_sparsification(job.method)
        job = replace(job, options=replace(job.options, scale=scale, by_tensor=by_tensor, seed=seed))
    else:
        from arts.merging.mergekit_config import read_mergekit_config

        job = read_mergekit_config(config)
    job = replace(
        job,
        head=head,
        vocab=vocab,
        max_shard_bytes=int(max_shard_size * 1e9),
        threads=threads,
        command=typed_command("merge"),
    )
    extras = MergeExtras(job, output, heatmap, emit_config, check_linearity)
    extras.check()
    with progress_bar("merging") as progress, starting_over_after_interrupts():
        report = job.inspect(progress) if output is None else job.run(output, progress)
    report = extras.add_nonlinearity(report)
    _print_report(report, form, by_layer=by_layer)
    extras.write(report)
    if output:
        tell(f"wrote {output}")


_CONFIG_OPTIONS = (
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


def _job(
    base: str | None,
    models: list[str] | None,
    name: str,
    granularity: Granularity,
    weights: list[float] | None,
    density: float | None,
) -> MergeJob:
    """Make the merge job from the values of the options.

    Raises:
        ArtsError: when --base or --model is missing, or a value is invalid or of no use to the method.
    """
    if not base or not models:
        raise ArtsError("give --base and at least one --model, or --config FILE")
    from arts.merging.job import MergeJob
    from arts.merging.methods import Coefficients, find_method
    from arts.merging.model_names import repeated_model
    from arts.merging.options import MergeOptions

    method = find_method(name)
    if (repeated := repeated_model(models)) is not None:
        raise ArtsError(f"--model {repeated} is given twice; expected each model once")
    if weights and method.coefficients is not Coefficients.GIVEN:
        raise ArtsError(f"{name} finds the weights itself; leave out --weight")
    if weights and len(weights) != len(models):
        raise ArtsError(
            f"--weight is given {len(weights)} times; expected one for each of {len(models)} models"
        )
    if granularity is Granularity.LAYER and method.coefficients is not Coefficients.METAGPT:
        raise ArtsError(f"--granularity layer is of MetaGPT's coefficients, which {name} does not use")
    if density is not None:
        if not method.sparsifies:
            raise ArtsError(f"--density is of methods that sparsify, which {name} does not")
        method = replace(method, density=density)
    return MergeJob(
        base,
        models,
        method=method,
        options=MergeOptions(
            by_layer=granularity is Granularity.LAYER,
            weights=(lambda tensor, model, depth: weights[model]) if weights else None,
        ),
    )


def _refuse_idle_sparsification(method: MergeMethod) -> None:
    """Refuse the options of sparsification that have no effect on a method."""
    from arts.merging.methods import Sparsification

    because = f"on {method.name}, which does not sparsify"
    refuse_given("by_tensor", when=not method.sparsifies, because=because)
    because = f"on {method.name}, which drops nothing at random"
    refuse_given("seed", when=method.sparsification is not Sparsification.DROP, because=because)


def _print_report(report: MergeReport, form: ReportFormat, *, by_layer: bool) -> None:
    """Print a report on standard output, and its warnings and remarks on standard error."""
    if form is ReportFormat.JSON:
        typer.echo(report.model_dump_json(indent=1))
    else:
        from arts.cli import tables
        from arts.cli.merge_tables import merge_tables

        tables.show(merge_tables(report, by_layer=by_layer))
    for warning in report.warnings:
        tell(f"warning: {warning}")
    for remark in report.remarks:
        tell(remark)


if __name__ == "__main__":
    run_command(merge)
