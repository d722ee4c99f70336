"""`arts unlearn`: take out of a model what some data taught it, and keep the rest."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from arts.cli.app import run_command
from arts.cli.progress import progress_bar
from arts.unlearning.objectives import OBJECTIVES, LossWeights
from arts.unlearning.settings import MAX_LENGTH, UnlearningSettings


def unlearn(
    *,
    model: Annotated[
        str,
        typer.Option(
            help="Model to unlearn from, a causal language model or a sequence classifier: a folder, GGUF "
            "file or Hub id, or smollm2-135m-instruct."
        ),
    ],
    forget: Annotated[
        str,
        typer.Option(help="Forget set: a JSONL, CSV or Parquet file, or the folder or Hub id of a dataset."),
    ],
    retain: Annotated[str, typer.Option(help="Retain set: a file or dataset, as for --forget.")],
    output: Annotated[Path, typer.Option(help="New or empty folder to write the model to.")],
    objective: Annotated[
        str, typer.Option(help=f"Unlearning objective: {', '.join(OBJECTIVES)}.")
    ] = UnlearningSettings.objective,
    weights: Annotated[
        tuple[float, float, float] | None,
        typer.Option(
            help="Weights of the forgetting, replay and mitigation losses. Default: the objective's own; "
            "those of lower-bounded are 0.01 1 1."
        ),
    ] = None,
    learning_rate: Annotated[
        float, typer.Option(help="Learning rate at the first step; it falls linearly to 0.")
    ] = UnlearningSettings.learning_rate,
    batch_size: Annotated[
        int, typer.Option(help="Number of texts in a batch.")
    ] = UnlearningSettings.batch_size,
    retain_ratio: Annotated[
        int, typer.Option(help="Train on N batches of the retain set for each batch of the forget set.")
    ] = UnlearningSettings.retain_ratio,
    gradient_accumulation_steps: Annotated[
        int, typer.Option(help="Accumulate gradients over N batches of the forget set for each step.")
    ] = UnlearningSettings.gradient_accumulation_steps,
    steps: Annotated[
        int | None,
        typer.Option(help="Largest number of optimizer steps. Default: one pass over the forget set."),
    ] = UnlearningSettings.steps,
    eval_steps: Annotated[
        int, typer.Option(help="Check the stopping criteria every N optimizer steps.")
    ] = UnlearningSettings.eval_steps,
    until: Annotated[
        float | None,
        typer.Option(
            help="Stop when the mean of -log(1 - p) on the forget set has fallen to this value, in nats. "
            "Default: never."
        ),
    ] = UnlearningSettings.stop_forget_loss,
    tolerance: Annotated[
        float,
        typer.Option(
            help="Stop when the loss on the retain set has risen by more than this, in nats, and go back to "
            "the last check before that."
        ),
    ] = UnlearningSettings.tolerance,
    seed: Annotated[
        int, typer.Option(help="Random seed of the order of texts and of dropout.")
    ] = UnlearningSettings.seed,
    reference: Annotated[
        str | None,
        typer.Option(
            help="Model whose outputs on the retain set are held: a folder, GGUF file or Hub id. Default: "
            "the model itself."
        ),
    ] = None,
    lora: Annotated[
        int | None,
        typer.Option(min=1, help="Train LoRA adapters of this rank only, and merge them at the end."),
    ] = None,
    max_length: Annotated[
        int, typer.Option(min=2, help="Maximum length of a text in tokens; longer texts are truncated.")
    ] = MAX_LENGTH,
) -> None:
    """Unlearn the pattern that synthetic data left, by a loss that is bounded, and keep the rest.

    A row has messages, prompt and completion, or text; for a classifier, text and label.
    """
    from arts.cli import tables
    from arts.unlearning.job import UnlearningJob

    settings = UnlearningSettings(
        objective=objective,
        weights=LossWeights(*weights) if weights else None,
        learning_rate=learning_rate,
        batch_size=batch_size,
        retain_ratio=retain_ratio,
        gradient_accumulation_steps=gradient_accumulation_steps,
        steps=steps,
        eval_steps=eval_steps,
        stop_forget_loss=until,
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
        max_length=max_length,
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
