"""The command `arts train`: train a model of the zoo and save it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from arts.cli import options
from arts.cli.app import run_command, tell
from arts.cli.given_options import refuse_given
from arts.cli.intervention_options import InterventionOptions
from arts.cli.leaks import LeakPolicy, Leaks, write_leaks
from arts.cli.number_types import Seed
from arts.cli.progress import progress_bar
from arts.cli.start_options import StartOptions
from arts.cli.training_options import TrainingOptions
from arts.data.support.atomic import new_folder
from arts.data.support.free_places import check_new_folder
from arts.data.support.rounding import decimal_text
from arts.models.record_names import OUTCOME
from arts.models.runtime import use_device


def train(
    *,
    model: str,
    output: Path,
    dataset: str = "sample",
    labels: options.Labels = None,
    columns: options.Columns = None,
    seed: Seed = 1,
    adversarial: Annotated[bool, typer.Option("--adversarial")] = False,
    leaks: Leaks = LeakPolicy.WARN,
    device: options.Device = None,
    starting: StartOptions,
    interventions: InterventionOptions,
    calculation: TrainingOptions,
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
    refuse_given("adversarial", when=interventions.intervention, because="with --intervention")
    if adversarial:
        interventions = replace(interventions, intervention=["adversarial"])
    training = interventions.chosen("--adversarial" if adversarial else "--intervention")
    if training:
        training.check_model(model)
    options.refuse_idle_labels(dataset, *(interventions.domain or ()))
    check_new_folder(output)
    use_device(device)
    calculation.use([model])
    start = starting.start([model])
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
