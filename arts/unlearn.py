"""The command `arts unlearn`: remove from a model what some texts taught it, and keep the rest."""

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
        typer.Option(
            help="Forget set, the texts to unlearn: a JSONL, CSV or Parquet file, or the folder or Hub id "
            "of a dataset."
        ),
    ],
    retain: Annotated[
        str,
        typer.Option(
            help="Retain set, texts on which the model is to stay as it is: a JSONL, CSV or Parquet file, "
            "or the folder or Hub id of a dataset."
        ),
    ],
    output: Annotated[Path, typer.Option(help="New or empty folder to write the unlearned model to.")],
    objective: Annotated[
        str, typer.Option(help=f"Unlearning objective: {', '.join(OBJECTIVES)}.")
    ] = UnlearningSettings.objective,
    weights: Annotated[
        tuple[float, float, float] | None,
        typer.Option(
            help="Weights of the three losses: forgetting (on the forget set), replay (cross-entropy on "
            "the retain set) and mitigation (KL divergence from the outputs of --reference on the retain "
            "set). Default: the objective's own, which are 0.01 1 1 for lower-bounded."
        ),
    ] = None,
    learning_rate: Annotated[
        float, typer.Option(help="Learning rate at the first step; it falls linearly to 0.")
    ] = UnlearningSettings.learning_rate,
    batch_size: Annotated[
        int, typer.Option(help="Number of texts per batch.")
    ] = UnlearningSettings.batch_size,
    retain_ratio: Annotated[
        int,
        typer.Option(
            help="Number of batches of the retain set that are trained on per batch of the forget set."
        ),
    ] = UnlearningSettings.retain_ratio,
    gradient_accumulation_steps: Annotated[
        int, typer.Option(help="Number of batches of the forget set per optimizer step.")
    ] = UnlearningSettings.gradient_accumulation_steps,
    steps: Annotated[
        int | None,
        typer.Option(
            help="Largest number of optimizer steps. Default: as many as one pass over the forget set takes."
        ),
    ] = UnlearningSettings.steps,
    eval_steps: Annotated[
        int,
        typer.Option(
            help="Number of optimizer steps between two checks of the stopping criteria (--until and "
            "--tolerance)."
        ),
    ] = UnlearningSettings.eval_steps,
    until: Annotated[
        float | None,
        typer.Option(
            help="Stop when the mean of -log(1 - p) on the forget set has fallen to this value, in nats "
            "per prediction; p is the probability of the token or label to forget. Default: do not stop "
            "for this reason."
        ),
    ] = UnlearningSettings.stop_forget_loss,
    tolerance: Annotated[
        float,
        typer.Option(
            help="Largest rise of the loss (cross-entropy) on the retain set, in nats per prediction. When "
            "it rises further, training stops, and the weights of the last check within the tolerance are "
            "kept."
        ),
    ] = UnlearningSettings.tolerance,
    seed: Annotated[
        int, typer.Option(help="Random seed of the order of texts and of dropout.")
    ] = UnlearningSettings.seed,
    reference: Annotated[
        str | None,
        typer.Option(
            help="Model whose outputs on the retain set are to be preserved: a folder, GGUF file or Hub "
            "id. Default: the model to unlearn from."
        ),
    ] = None,
    lora: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Train only LoRA adapters, of this rank, instead of all weights, and merge them into the "
            "model at the end.",
        ),
    ] = None,
    max_length: Annotated[
        int, typer.Option(min=2, help="Maximum length of a text in tokens; longer texts are truncated.")
    ] = MAX_LENGTH,
) -> None:
    """Unlearn what the forget set taught a model, and keep its behaviour on the retain set.

    The default objective minimises a loss that has a lower bound, unlike gradient ascent. A row of a file has
    one of three forms: messages; prompt and completion; or text. For a classifier, a row has text and label.
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
