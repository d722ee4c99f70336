"""`arts unlearn`: take out of a model what some data taught it, and keep the rest."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from arts.cli.app import run_command
from arts.cli.progress import progress_bar


def unlearn(
    *,
    model: Annotated[
        str,
        typer.Option(
            help="A causal or sequence-classification checkpoint: a folder, GGUF file or Hub id, or "
            "smollm2-135m-instruct."
        ),
    ],
    forget: Annotated[
        str, typer.Option(help="What to forget: JSONL, CSV or Parquet, or a dataset's folder or Hub id.")
    ],
    retain: Annotated[str, typer.Option(help="What to keep, likewise.")],
    output: Annotated[Path, typer.Option(help="A new or empty folder.")],
    objective: Annotated[
        str, typer.Option(help="lower-bounded, gradient-ascent, gradient-difference, npo or kl.")
    ] = "lower-bounded",
    weights: Annotated[
        tuple[float, float, float] | None,
        typer.Option(
            help="Of the forgetting, replay and mitigation terms. Default: the objective's; "
            "lower-bounded has 0.01 1 1."
        ),
    ] = None,
    rate: Annotated[float, typer.Option(help="Learning rate, at first.")] = 5e-5,
    batch_size: Annotated[int, typer.Option(help="Texts a batch.")] = 4,
    ratio: Annotated[int, typer.Option(help="Batches of what is kept for each of what is forgotten.")] = 1,
    accumulate: Annotated[int, typer.Option(help="Batches to forget an update.")] = 1,
    steps: Annotated[
        int | None, typer.Option(help="Updates at most. Default: one pass over what is forgotten.")
    ] = None,
    every: Annotated[int, typer.Option(help="Updates between two looks at whether to stop.")] = 20,
    until: Annotated[
        float | None, typer.Option(help="Stop when -log(1 - p) on what is forgotten is down to this.")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="Stop when the loss on what is kept has risen by more, and go back.")
    ] = 0.1,
    seed: Annotated[int, typer.Option(help="Of order and dropout.")] = 1,
    reference: Annotated[
        str | None, typer.Option(help="The original to stay near. Default: the model itself.")
    ] = None,
    lora: Annotated[int | None, typer.Option(min=1, help="Train LoRA adapters of this rank only.")] = None,
    longest: Annotated[int, typer.Option(min=2, help="Pieces that a text is cut to.")] = 1024,
) -> None:
    """Unlearn the pattern that synthetic data left, by a loss that is bounded, and keep the rest.

    A row has messages, prompt and completion, or text; for a classifier, text and label.
    """
    from arts.cli import tables
    from arts.unlearning.job import UnlearningJob
    from arts.unlearning.objectives import LossWeights
    from arts.unlearning.settings import UnlearningSettings

    settings = UnlearningSettings(
        objective=objective,
        weights=LossWeights(*weights) if weights else None,
        rate=rate,
        batch_size=batch_size,
        ratio=ratio,
        accumulate=accumulate,
        steps=steps,
        every=every,
        until=until,
        tolerance=tolerance,
        seed=seed,
    )
    job = UnlearningJob(
        model,
        forget=forget,
        retain=retain,
        settings=settings,
        reference=reference,
        lora=lora,
        longest=longest,
        command=shlex.join(["arts", "unlearn", *sys.argv[1 + (sys.argv[1:2] == ["unlearn"]) :]]),
    )
    with progress_bar("unlearning") as progress:
        report = job.run(output, progress)
    tables.show(tables.probe_table(report))
    typer.echo(
        f"arts: wrote {output}: {report.stopped}; the weights are those of step {report.kept}", err=True
    )


if __name__ == "__main__":
    run_command(unlearn)
