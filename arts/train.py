"""`arts train`: train a model of the zoo and save it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
from arts.data.support.atomic import check_new, new_folder
from arts.models.encoders import DEFAULT_ENCODER


def train(
    model: Annotated[str, typer.Option(help="A model of the zoo; `arts models` lists them.")],
    output: Annotated[Path, typer.Option(help="A new or empty folder.")],
    dataset: Annotated[
        str, typer.Option(help="sample, laptop, restaurant, mams, or the path of a folder with splits.")
    ] = "sample",
    seed: Annotated[int, typer.Option(help="Of initialisation, dropout and order.")] = 1,
    encoder: Encoder = DEFAULT_ENCODER,
    embeddings: Embeddings = None,
    corpus: PostTrainingText = None,
    post_trained: PostTrained = False,
    adversarially: Annotated[
        bool, typer.Option("--adversarial", help="On perturbations of the training split, too.")
    ] = False,
    strategy: Strategies = None,
    ratio: Ratio = None,
    template: Templates = None,
    holdout_templates: Holdout = None,
) -> None:
    """Train a model on a corpus and save it, with its tokenizer.

    `arts evaluate --model hf:OUTPUT` measures it, and transformers' Auto classes load it.
    """
    way = adversarial("--adversarial", adversarially, strategy, ratio, template, holdout_templates)
    check_new(output)
    start = start_of([model], encoder, embeddings, corpus, post_trained)
    from arts.data.corpus_registry import load_corpus
    from arts.data.schema import originals
    from arts.models.trained_models import trained

    data = load_corpus(dataset)
    splits = way.splits(data) if way else (originals(data.train), originals(data.dev))
    with progress_bar(f"{model}, seed {seed}") as progress:
        made = trained(model, *splits, seed=seed, start=start, progress=progress)
    with new_folder(output) as work:
        made.save(work.result)
    kept = made.record["curve"][made.record["epoch"] - 1]
    typer.echo(
        f"arts: wrote {output}: {model}, {made.parameters:,} parameters, {len(splits[0]):,} training "
        f"instances; on dev: accuracy {kept['accuracy']}, macro-F1 {kept['macro_f1']} "
        f"(epoch {kept['epoch']} of {len(made.record['curve'])})",
        err=True,
    )


if __name__ == "__main__":
    run_command(train)
