"""The command `arts train`: train a model of the zoo and save it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from arts.cli import intervention_options, options, training_options
from arts.cli.app import run_command, tell
from arts.cli.given_options import refuse_given
from arts.cli.leaks import LeakPolicy, Leaks, write_leaks
from arts.cli.number_types import Seed
from arts.cli.progress import progress_bar
from arts.cli.strategy_option import TrainingStrategies
from arts.data.support.atomic import new_folder
from arts.data.support.free_places import check_new_folder
from arts.data.support.rounding import decimal_text
from arts.models.encoders import DEFAULT_ENCODER
from arts.models.record_names import OUTCOME
from arts.models.runtime import PrecisionOption, use_device


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
    intervention: intervention_options.Interventions = None,
    strategy: TrainingStrategies = None,
    variant_ratio: intervention_options.VariantRatio = None,
    min_acceptance: options.MinAcceptance = None,
    template: intervention_options.Templates = None,
    holdout_templates: intervention_options.HoldoutTemplates = None,
    balance_places: intervention_options.BalancePlaces = None,
    consistency_weight: intervention_options.ConsistencyWeight = None,
    same_side: intervention_options.SameSide = None,
    position: intervention_options.PositionBias = None,
    noaspect_reading: intervention_options.NoAspectReading = None,
    noaspect_temperature: intervention_options.NoAspectTemperature = None,
    merge_method: intervention_options.MergeMethod = None,
    domain: intervention_options.Domains = None,
    intervention_option: intervention_options.FurtherOptions = None,
    leaks: Leaks = LeakPolicy.WARN,
    device: options.Device = None,
    precision: training_options.Precision = PrecisionOption.AUTO,
    gradient_checkpointing: training_options.GradientCheckpointing = False,
    gradient_accumulation_steps: training_options.GradientAccumulationSteps = 1,
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
        adversarial: Short for --intervention adversarial: train also on perturbed variants of the training
            sentences.
    """
    refuse_given("adversarial", when=intervention, because="with --intervention")
    training = intervention_options.intervention_from_options(
        intervention or (["adversarial"] if adversarial else []),
        {
            "strategy": strategy,
            "variant_ratio": variant_ratio,
            "min_acceptance": min_acceptance,
            "template": template,
            "holdout_templates": holdout_templates,
            "balance_places": balance_places,
            "consistency_weight": consistency_weight,
            "same_side": same_side,
            "position": position,
            "noaspect_reading": noaspect_reading,
            "noaspect_temperature": noaspect_temperature,
            "merge_method": merge_method,
            "domain": domain,
        },
        extra=intervention_option or (),
        switch="--adversarial" if adversarial else "--intervention",
    )
    if training:
        training.check_model(model)
    options.refuse_idle_labels(dataset, *(domain or ()))
    check_new_folder(output)
    use_device(device)
    training_options.use_training_options(
        [model],
        precision=precision,
        gradient_checkpointing=gradient_checkpointing,
        gradient_accumulation_steps=gradient_accumulation_steps,
    )
    start = options.starting_point(
        [model],
        encoder,
        embeddings=embeddings,
        post_training_text=post_training_text,
        post_trained=post_trained,
    )
    from arts.data.corpus_registry import load_corpus
    from arts.evaluation.systems import ALL_LEAK
    from arts.interventions.contribution import plain_plan
    from arts.leaks.leak_check import LeakDetector
    from arts.leaks.training_data import TrainingData
    from arts.models.recipe import TrainingRequest
    from arts.models.trained_models import train_by_plan

    corpus = load_corpus(
        dataset, labels=options.label_polarities(labels), columns=options.column_names(columns)
    )
    corpus.check_training_splits("expected a folder that has both")
    data = TrainingData(corpus, LeakDetector(corpus.test), drop=leaks is LeakPolicy.DROP)
    data.corpus.check_training_splits(ALL_LEAK)
    title = f"{model}, seed {seed}"
    with progress_bar(title, announced=f"training {title}") as progress:
        request = TrainingRequest(model, seed, start, progress, observe_data=data.observe)
        if training:
            trained = training.train(request, data.corpus)
        else:
            trained = train_by_plan(request, plain_plan(data.corpus))
    check = data.check()
    with new_folder(output) as work:
        trained.save(work.result)
    write_leaks(check, output / "leaks.md")
    facts = [f"{trained.parameters:,} parameters", *_training_facts(trained.record)]
    tell(f"wrote {output}: {model}, {', '.join(facts)}")


def _training_facts(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a training record says of the instances, the epochs and what was chosen on dev."""
    if curve := record["curve"]:  # merging and unlearning leave none
        epoch = curve[record["epoch"] - 1]
        yield (
            f"{record['instances']:,} training instances; on dev: accuracy "
            f"{decimal_text(epoch['accuracy'])}, macro-F1 {decimal_text(epoch['macro_f1'])} "
            f"(epoch {epoch['epoch']} of {len(curve)})"
        )
    for name, value in record.get(OUTCOME, {}).get("chosen", {}).items():
        yield f"{name} {value if isinstance(value, str) else format(value, 'g')} chosen on dev"


if __name__ == "__main__":
    run_command(train)
