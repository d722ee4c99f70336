"""The `arts evaluate` command that measures an entry again, worked out from its report."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from arts.data.corpus_registry import CORPUS_NAMES
from arts.data.label_names import LabelNames
from arts.evaluation.language_model_record import LanguageModelInfo
from arts.evaluation.probes import PROBES
from arts.evaluation.report import Report
from arts.evaluation.report_record import ModelInfo
from arts.evaluation.verification import Status
from arts.interventions.composition import Composition
from arts.interventions.registry import MALFORMED, intervention_from
from arts.models.encoders import DEFAULT_ENCODER
from arts.models.language_models.prompts import BUILT_IN
from arts.models.language_models.shots import ShotChoice
from arts.models.record_names import POST_TRAINED
from arts.models.registry import model_names

ADDRESS = "PACKAGE.MODULE:ATTRIBUTE"  # placeholder for a model that is not registered
# A further input of training, as reports name it, to the option of `arts evaluate` that gives it.
EXTRA_OPTIONS = {"embeddings": "--embeddings", "corpus": "--post-training-text"}


@dataclass(frozen=True)
class EvaluateCommand:
    """A command line that measures a model again; as text, it can be pasted into a shell.

    Args:
        arguments: The words of the command line after ``arts``.
        notes: Sentences for the reader: what the command needs besides its arguments, such as the user's own
            files, and which recorded settings it cannot express.
    """

    arguments: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return shlex.join(("arts", *self.arguments))


def reproducible_parts(report: Report, status: Status) -> tuple[str, str]:
    """What of a report can be made again, as two sentences: on its scores, and on its model.

    Args:
        report: The report.
        status: How far its scores can be trusted.
    """
    scores = {
        Status.CLAIMED: "Its scores cannot be computed again: it has no predictions.",
        Status.UNCHECKED: "Its scores are still to be computed from its predictions.",
        Status.CONSISTENT: "Its scores are computed again from its predictions; the corpus is not here.",
    }
    models = {
        "zoo": "Its model can be trained again: the same seed gives the same weights with the same versions "
        "on the same kind of machine.",
        "language-model": "Its model can be asked again; a server may give other answers.",
        "custom": "Its model is the user's own: with it, the command measures it again.",
        "predictions": "Its model is not known here: only the file of predictions can be scored again.",
    }
    computed = "Its scores are computed again from its predictions and the corpus."
    return scores.get(status, computed), models[report.model.kind]


def evaluate_command(report: Report) -> EvaluateCommand:
    """The `arts evaluate` command that measures the model of a report again.

    If the model has an intervention, the command measures it without the intervention, too.
    """
    notes: list[str] = []
    arguments = ["evaluate", "--dataset", report.dataset.name]
    if report.dataset.name not in CORPUS_NAMES:
        files = ", ".join(report.dataset.files)
        notes.append(f"{report.dataset.name} is a file or folder of the user ({files}): give its path.")
    if trained_on := {name.partition("/")[0] for name in report.dataset.files if "/" in name}:
        arguments += ["--train-from", *trained_on]
    arguments += _model_options(report, notes)
    if report.model.labels:
        arguments += ["--labels", str(LabelNames(report.model.labels))]
    if report.adddiff_curve:
        arguments.append("--adddiff-curve")
    for name, probe in PROBES.items():
        if probe.field != "adddiff_curve" and getattr(report, probe.field):
            arguments += ["--probe", name]
    return EvaluateCommand((*arguments, *_name_option(report)), tuple(notes))


def _model_options(report: Report, notes: list[str]) -> Iterator[str]:
    """Yield the arguments that name the model of a report, its seed, its encoder and its intervention.

    Args:
        report: The report.
        notes: List to which sentences are added about what the arguments cannot express.
    """
    model = report.model
    if model.kind == "predictions":
        yield from ("--predictions", model.id)
        notes.append(
            f"{model.id} is a file of the user: give its path, and --column NAME for another column."
        )
        return
    known = ":" in model.id or model.id in model_names()
    yield from ("--model", model.id if known else ADDRESS)
    if not known:
        notes.append(f"{model.id} is not in `arts models` here: give the place of the object in Python.")
    if model.seed is not None:
        yield from ("--seed", str(model.seed))
    is_read = not model.extras.get("embeddings")  # word vectors take the place of the encoder
    if is_read and model.encoder not in (None, DEFAULT_ENCODER):
        yield from ("--encoder", str(model.encoder))
    if report.language_model:
        yield from _asking_options(report.language_model, notes)
    yield from _extra_options(model, notes)
    if model.intervention:
        yield from _intervention_options(model.intervention, notes)


def _asking_options(asked: LanguageModelInfo, notes: list[str]) -> Iterator[str]:
    """Yield the arguments that say how a language model was asked.

    Args:
        asked: How it was asked.
        notes: List to which sentences are added about what the arguments cannot express.
    """
    facts, shots = asked.facts, asked.shots
    names = [score.prompt for score in asked.prompts]
    if tuple(names) != BUILT_IN:
        for name in names:
            yield from ("--prompt", name if name in BUILT_IN else f"{name}.jinja")
    if not {*names} <= {*BUILT_IN}:
        notes.append("Give the files of prompts that are not of this package.")
    if shots.number:
        yield from ("--shots", str(shots.number))
    if shots.by is ShotChoice.NEAREST:
        yield from ("--shots-by", "nearest")
    if facts.system:
        yield from ("--system-prompt", facts.system)
    if facts.parameters.get("length_normalized") is False:
        yield "--no-length-normalized"
    if facts.asked != "log-likelihood" and facts.server:
        yield from ("--base-url", facts.server)


def _extra_options(model: ModelInfo, notes: list[str]) -> Iterator[str]:
    """Yield the arguments for further inputs of training, such as word vectors.

    Args:
        model: The model of a report.
        notes: List to which sentences are added about what the arguments cannot express.
    """
    for extra, value in model.extras.items():
        if value is None:
            continue
        if extra not in EXTRA_OPTIONS:
            notes.append(f"It needs the {extra} {value}.")
        elif value == POST_TRAINED:
            yield "--post-trained"
        else:
            yield from (EXTRA_OPTIONS[extra], value.partition(", SHA-256 ")[0])
            notes.append(f"{EXTRA_OPTIONS[extra]}: {value}.")


def _intervention_options(settings: Mapping[str, Any], notes: list[str]) -> list[str]:
    """The arguments that ask for an intervention; none if this version of arts does not know its settings.

    Args:
        settings: The intervention's name and settings in a report.
        notes: List to which sentences are added about what the arguments cannot express.
    """
    try:
        intervention = intervention_from(settings)
        if different := different_settings(settings, intervention.settings()):
            listed = ", ".join(f"{name} {value}" for name, value in different.items())
            notes.append(f"Other than the command gives, the report has: {listed}.")
        return intervention.arguments()
    except MALFORMED:
        notes.append(f"This version of arts does not know its intervention: {dict(settings)}.")
        return []


def _name_option(report: Report) -> list[str]:
    """The arguments ``--name NAME``; none if `arts evaluate` gives the model of a report that name anyway."""
    model = report.model
    if model.kind == "predictions":
        return [] if report.name == model.id.rpartition(".")[0] else ["--name", report.name]
    if asked := report.language_model:
        name = report.name.removesuffix(", ".join(["", asked.prompt, *asked.shots.words]))
        return [] if name == model.id else ["--name", name]
    ending = f" + {model.intervention.get('name')}" if model.intervention else ""
    name = report.name.removesuffix(ending)
    return [] if name == model.id else ["--name", name]


def different_settings(recorded: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in a report whose values differ from the given ones.

    Args:
        recorded: The settings in the report.
        given: The settings to compare them with. Nested dicts are compared setting by setting, and a
            setting that only one side has is ignored.

    Returns:
        The recorded values that differ, keyed by the name of the setting: for one in a nested dict, its key
        in that dict.
    """
    return dict(_differences(recorded, given))


def _differences(recorded: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the name and the recorded value of each setting that has another value in `given`."""
    for name, value in given.items():
        if name not in recorded:
            continue
        if isinstance(value, Mapping):
            yield from _differences(recorded[name], value)
        elif name == Composition.PARTS:
            for part, given_part in zip(recorded[name], value, strict=True):
                yield from _differences(part, given_part)
        elif _as_json(recorded[name]) != _as_json(value):
            yield name, recorded[name]


def _as_json(value: Any) -> Any:
    """The value as it is read back from JSON: tuples become lists."""
    return [_as_json(item) for item in value] if isinstance(value, list | tuple) else value
