"""The command `arts evaluate`: measure models, or files of predictions, on a benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arts.cli import options
from arts.cli.app import run_command, tell
from arts.cli.evaluation_results import draw_curves, show_results
from arts.cli.given_options import refuse_given, refuse_repeated, tell_idle_labels
from arts.cli.intervention_options import InterventionOptions
from arts.cli.language_model_options import AskingOptions
from arts.cli.leaks import LeakPolicy, Leaks, write_leaks
from arts.cli.number_types import Seeds
from arts.cli.resample_option import Resampling
from arts.cli.result_format import ResultFormat
from arts.cli.start_options import StartOptions
from arts.cli.training_options import TrainingOptions
from arts.data.errors import ArtsError
from arts.data.support.free_places import check_folder
from arts.data.support.input_files import STANDARD_INPUT
from arts.evaluation.resample import Resample
from arts.models.language_models.registry import is_language_model
from arts.models.registry import is_trained_here
from arts.models.runtime import use_device

DEFAULT_MODEL = "td-lstm"
CHECKPOINT_PREFIX = "hf:"
_TRAINING_OPTIONS = ("seed", *StartOptions.names(), *TrainingOptions.names())


def evaluate(
    *,
    dataset: str = "sample",
    train_from: str | None = None,
    model: list[str] | None = None,
    seed: Seeds = None,
    predictions: Path | None = None,
    column: list[str] | None = None,
    labels: options.Labels = None,
    columns: options.Columns = None,
    undisputed: Annotated[bool, typer.Option("--undisputed")] = False,
    leaks: Leaks = LeakPolicy.WARN,
    adddiff_curve: Annotated[bool, typer.Option("--adddiff-curve")] = False,
    probe: list[str] | None = None,
    resample: Resampling = Resample.SENTENCES,
    name: str | None = None,
    device: options.Device = None,
    output: Path | None = None,
    format: ResultFormat = ResultFormat.TABLE,
    starting: StartOptions,
    interventions: InterventionOptions,
    calculation: TrainingOptions,
    asking: AskingOptions,
) -> None:
    """Measure how much of a model's accuracy remains when the sentences are perturbed.

    Without options, td-lstm is trained and measured on the sample corpus that ships with the package; this
    needs no network.

    Args:
        dataset: Corpus to measure on: sample, laptop-v2, restaurant-v2, laptop, restaurant, mams, or the
            path of a file (XML, JSON, JSONL, CSV, TSV, Parquet or text), which is a test split, or of a
            folder with one such file per split; - for standard input, hf:ID for a dataset of the Hugging Face
            Hub. Models are measured on the test split, after training on the training split
            where they need training.
        train_from: Corpus whose training and dev splits models are trained on, as --dataset takes it; for a
            dataset without such splits, such as one that `arts generate` wrote, or to measure a model on
            another domain. Default: the value of --dataset.
        undisputed: Leave out the units whose gold label both blind readings rejected; for laptop-v2 and
            restaurant-v2.
        model: Model to measure: a name that `arts models` lists, which is trained first; hf: followed by
            the folder or Hub id of a saved model; lm: followed by those of a language model; openai: followed
            by the name of one behind a server (see --base-url); or the import path package.module:attribute
            of a classifier, or of a function that maps instances to labels. Repeatable. Default: td-lstm.
        seed: Random seed of training, or of the examples of --shots. Repeatable: each model is trained and
            measured once per seed. Default: 1.
        predictions: CSV, JSONL or Parquet file of predictions to score instead of a model. Its columns are
            id, the id of an instance of the test split, and prediction, the label predicted for it (see
            --column).
        column: Column of the predictions file that contains the predicted labels. Repeatable: each column
            is scored as a separate model. Default: prediction.
        adddiff_curve: Also measure the accuracy when ADDDIFF adds 0, 1, 2, 3, 4 or 5 aspects to each
            sentence; the same as --probe adddiff-curve. With --output, the curves of all models are plotted.
        probe: Also measure by what the model is right: same-side (clauses are added that agree with the
            label), aspect-masked (the aspect term is masked), aspect-swapped (another aspect of the
            sentence is asked about; needs no further answers), adddiff-curve, or all. Repeatable.
        name: Name of the model in the report. Default: the value of --model; with --predictions, the value
            of --column or, without it, the name of the file.
        output: Folder to write reports (JSON) and predictions (Parquet) to, one of each per model and
            seed.
        format: Format of the results on standard output.
    """
    from arts.cli.measurements import measure, score
    from arts.data.corpus_registry import undisputed_name
    from arts.evaluation.benchmark import load_benchmark
    from arts.evaluation.probes import check_probe_names

    dataset = undisputed_name(dataset) if undisputed else dataset
    refuse_repeated("column", column)
    refuse_repeated("probe", probe)
    probes = [*(probe or ()), *(["adddiff-curve"] if adddiff_curve else [])]
    check_probe_names(probes)
    refuse_given("column", when=predictions is None, because="without --predictions FILE")
    refuse_given(
        *("model", "train_from", "leaks", "adddiff_curve", "device", *_TRAINING_OPTIONS),
        *(*InterventionOptions.names(), *AskingOptions.names()),
        when=predictions is not None,
        because="with --predictions, which is scored as it is",
    )
    if dataset == str(predictions) == STANDARD_INPUT:
        raise ArtsError(
            "--dataset - and --predictions -: expected a file for one; standard input is read once"
        )
    named = interventions.intervention
    if named and any(":" in label for label in model or ()):
        raise ArtsError(
            f"--intervention {' + '.join(named)} trains models that `arts models` lists; expected one of "
            "them, such as --model bert with --encoder FOLDER"
        )
    training = interventions.chosen()
    if name and max(len(model or ()), len(column or ())) > 1:
        raise ArtsError("--name is for one model or column; leave it out for several")
    models = model or [DEFAULT_MODEL]
    if training:
        for trained in models:
            training.check_model(trained)
    if not predictions:
        asking.refuse_idle(models, probes)
        asking.prompts()
        _check_own_models(models, asking, probes)
        if all(map(is_trained_here, models)):
            options.refuse_idle_labels(dataset, train_from, *(interventions.domain or ()))
    if output:
        check_folder(output)
    use_device(device)
    calculation.use([] if predictions else models)
    names = options.label_polarities(labels)
    benchmark = load_benchmark(
        dataset,
        labels=names,
        columns=options.column_names(columns),
        train_from=train_from,
        drop_leaks=leaks is LeakPolicy.DROP,
        resample=resample,
    )
    if asking.dry_run:
        from arts.cli.asking import show_forecast

        show_forecast(benchmark, models, asking, seeds=seed or [1], probes=probes)
        return
    if predictions:
        results = score(benchmark, predictions, columns=column, name=name, probes=probes)
    else:
        results = measure(
            benchmark,
            models,
            seeds=seed or [1],
            start=starting.start(models),
            intervention=training,
            name=name,
            probes=probes,
            asking=asking,
        )
    reports = []
    for report in results:
        if output:
            path = report.save(output)
            tell(f"wrote {path}")
            write_leaks(report.leaks, path.with_name(f"{path.stem}-leaks.md"))
        reports.append(report)
    has_curve = any(report.adddiff_curve for report in reports)
    if has_curve and output:
        draw_curves(reports, output)
    elif has_curve:
        tell("--output DIR draws the curve")
    tell(str(benchmark.corpus.notes))
    tell_idle_labels(names)
    show_results(reports, format)


def _check_own_models(models: list[str], asking: AskingOptions, probes: list[str]) -> None:
    """Refuse options of training if no model is trained here, and say of which models they do not hold.

    Raises:
        ArtsError: when such an option was given, and none of the models is trained here.
    """
    own = [model for model in models if not is_trained_here(model)]
    seeded = [model for model in own if asking.draws and is_language_model(model)]
    training = [option for option in _TRAINING_OPTIONS if not (seeded and option == "seed")]
    from arts.evaluation.probes import add_clauses

    refuse_given(
        "train_from",
        when=all(model.startswith(CHECKPOINT_PREFIX) for model in models) and not add_clauses(probes),
        because=f"on {', '.join(own)}, which is trained already",
    )
    refuse_given(
        "leaks",
        when=all(model.startswith(CHECKPOINT_PREFIX) or is_language_model(model) for model in models),
        because=f"on {', '.join(own)}, which is not trained here",
    )
    refuse_given(
        *training,
        when=len(own) == len(models),
        because=f"on {', '.join(own)}, which is not trained here",
    )
    once = [model for model in own if model not in seeded]
    if once and len(own) < len(models):
        tell(f"{', '.join(once)}: measured once, as it is; the options of training hold for the other models")


if __name__ == "__main__":
    run_command(evaluate)
