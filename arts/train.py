"""The command `arts train`: train a model of the zoo and save it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arts.cli import options, training_options
from arts.cli.app import run_command, tell
from arts.cli.number_types import Seed
from arts.cli.progress import progress_bar
from arts.cli.strategy_option import TrainingStrategies
from arts.data.support.atomic import new_folder
from arts.data.support.free_places import check_new_folder
from arts.data.support.rounding import decimal_text
from arts.models.encoders import DEFAULT_ENCODER
from arts.models.runtime import PrecisionOption, use_device, use_precision


def train(
    *,
    model: str,
    output: Path,
    dataset: str = "sample",
    labels: options.Labels = None,
    columns: options.Columns = None,
    seed: Seed = 1,
    encoder: options.Encoder = DEFAULT_ENCODER,
    embeddings: options.Embeddings = None,
    post_training_text: options.PostTrainingText = None,
    post_trained: options.PostTrained = False,
    adversarial: Annotated[bool, typer.Option("--adversarial")] = False,
    strategy: TrainingStrategies = None,
    variant_ratio: options.VariantRatio = None,
    min_acceptance: options.MinAcceptance = None,
    template: options.Templates = None,
    holdout_templates: options.HoldoutTemplates = None,
    device: options.Device = None,
    precision: training_options.Precision = PrecisionOption.AUTO,
) -> None:
    """Train a model on a corpus and save it with its tokenizer.

    Afterwards, `arts evaluate --model hf:FOLDER` measures the model saved in FOLDER. The Auto classes of
    transformers can load it, too.

    Args:
        model: Name of the model to train; `arts models` lists them.
        output: New or empty folder to save the model to.
        dataset: Corpus to train on: sample, laptop, restaurant, laptop-v2, restaurant-v2, mams, or the path
            of a folder with the splits train and dev.
        seed: Random seed of initialisation, dropout and batch order.
        adversarial: Adversarial training: train also on perturbed variants of the training sentences.
    """
    intervention = options.intervention_from_options(
        "adversarial" if adversarial else None,
        options.adversarial_values(
            strategy,
            variant_ratio,
            templates=template,
            holdout=holdout_templates,
            min_acceptance=min_acceptance,
        ),
        switch="--adversarial",
    )
    options.refuse_idle_labels(dataset)
    check_new_folder(output)
    use_device(device)
    use_precision(precision)
    start = options.starting_point(
        [model],
        encoder,
        embeddings=embeddings,
        post_training_text=post_training_text,
        post_trained=post_trained,
    )
    from arts.data.corpus_registry import load_corpus
    from arts.data.schema import original_instances
    from arts.interventions.adversarial import Adversarial
    from arts.models.recipe import TrainingRequest
    from arts.models.trained_models import train_or_load

    corpus = load_corpus(
        dataset, labels=options.label_polarities(labels), columns=options.column_names(columns)
    )
    corpus.check_training_splits("expected a folder that has both")
    title = f"{model}, seed {seed}"
    with progress_bar(title, announced=f"training {title}") as progress:
        if isinstance(intervention, Adversarial):
            instances, dev = intervention.splits(corpus)
        else:
            instances, dev = original_instances(corpus.train), original_instances(corpus.dev)
        request = TrainingRequest(model, seed, start, progress)
        trained = train_or_load(request, train=instances, dev=dev)
    with new_folder(output) as work:
        trained.save(work.result)
    curve = trained.record["curve"]
    epoch = curve[trained.record["epoch"] - 1]
    tell(
        f"wrote {output}: {model}, {trained.parameters:,} parameters, {len(instances):,} training "
        f"instances; on dev: accuracy {decimal_text(epoch['accuracy'])}, "
        f"macro-F1 {decimal_text(epoch['macro_f1'])} "
        f"(epoch {epoch['epoch']} of {len(curve)})"
    )


if __name__ == "__main__":
    run_command(train)
