"""How to measure an entry again: the command line, from its report."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from arts.data.corpus_registry import NAMES
from arts.data.errors import ArtsError
from arts.evaluation.report import ModelInfo, Report
from arts.models.encoders import DEFAULT_ENCODER
from arts.models.registry import model_names

if TYPE_CHECKING:
    from arts.interventions.adversarial import Adversarial
    from arts.interventions.merge import Merge

PLACE = "PACKAGE.MODULE:ATTRIBUTE"  # of a model that has no name
POST_TRAINED = "post-trained already"  # in the extras of a report, instead of a text
MALFORMED = (ArtsError, AttributeError, KeyError, TypeError, ValueError)  # settings that are not ours


@dataclass(frozen=True)
class Command:
    """A command line.

    Args:
        arguments: of ``arts``.
        notes: what it needs beside, or does not say.
    """

    arguments: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return shlex.join(("arts", *self.arguments))


def command_of(report: Report) -> Command:
    """The `arts evaluate` that a report came of.

    An intervention's command measures the plain model, too.
    """
    notes: list[str] = []
    arguments = ["evaluate", "--dataset", report.dataset.name]
    if report.dataset.name not in NAMES:
        files = ", ".join(report.dataset.files)
        notes.append(f"{report.dataset.name} is a file or folder of the user ({files}): give its path.")
    arguments += _model(report, notes)
    if report.adddiff_curve:
        arguments.append("--adddiff-curve")
    return Command((*arguments, *_name(report)), tuple(notes))


def _model(report: Report, notes: list[str]) -> Iterator[str]:
    model = report.model
    if model.kind == "predictions":
        yield from ("--predictions", model.id)
        notes.append(
            f"{model.id} is a file of the user: give its path, and --column NAME for another column."
        )
        return
    known = ":" in model.id or model.id in model_names()
    yield from ("--model", model.id if known else PLACE)
    if not known:
        notes.append(f"{model.id} is not in `arts models` here: give the place of the object in Python.")
    if model.seed is not None:
        yield from ("--seed", str(model.seed))
    if model.encoder not in (None, DEFAULT_ENCODER):
        yield from ("--encoder", str(model.encoder))
    yield from _extras(model, notes)
    if model.intervention:
        yield from _intervention(model.intervention, notes)


def _extras(model: ModelInfo, notes: list[str]) -> Iterator[str]:
    for extra, value in model.extras.items():
        if value is None:
            continue
        if extra == "parser":
            notes.append(f"It needs the parser {value}.")
        elif value == POST_TRAINED:
            yield "--post-trained"
        else:
            yield from (f"--{extra}", value.partition(", SHA-256 ")[0])
            notes.append(f"--{extra}: {value}.")


def _intervention(settings: Mapping[str, Any], notes: list[str]) -> list[str]:
    try:
        asked = asked_for(settings)
        if beyond := differing(settings, asked):
            said = ", ".join(f"{name} {value}" for name, value in beyond.items())
            notes.append(f"Other than the command gives, the report has: {said}.")
        return options_of(asked)
    except MALFORMED:
        notes.append(f"This version of arts does not know its intervention: {dict(settings)}.")
        return []


def _name(report: Report) -> list[str]:
    """``--name``, unless the report is called as it would be without."""
    model = report.model
    if model.kind == "predictions":
        return [] if report.name == model.id.rpartition(".")[0] else ["--name", report.name]
    ending = f" + {model.intervention.get('name')}" if model.intervention else ""
    name = report.name.removesuffix(ending)
    return [] if name == model.id else ["--name", name]


@dataclass(frozen=True)
class Asked:
    """An intervention as the command line can ask for it.

    Args:
        name: of it.
        way: itself; for unlearning, how the model was taught.
    """

    name: str
    way: Adversarial | Merge

    def settings(self) -> dict[str, Any]:
        """As the intervention's own; that of unlearning would load torch, which takes seconds."""
        from arts.interventions.unlearn import Unlearn

        if self.name != Unlearn.name:
            return self.way.settings()
        own = {field.name: field.default for field in fields(Unlearn) if field.name != "taught"}
        return {**own, "taught": {"name": self.way.name, **self.way.settings()}}


def asked_for(settings: Mapping[str, Any]) -> Asked:
    """The intervention that the command line can ask for and that comes nearest to a report's settings.

    Raises:
        ArtsError, AttributeError, KeyError, TypeError, ValueError: when they are not of an intervention.
    """
    name = settings["name"]
    return Asked(name, _way(settings["taught"] if name == "unlearn" else settings))


def _way(settings: Mapping[str, Any]) -> Adversarial | Merge:
    from arts.interventions.merge import Merge

    name = settings["name"]
    if name == Merge.name and "domains" in settings:
        return Merge(settings["method"], domains=tuple(settings["domains"]))
    if name == Merge.name:
        return Merge(settings["method"], adversarial=_adversarial_of(settings))
    if name == "adversarial":
        return _adversarial_of(settings)
    raise ArtsError(f'no intervention "{name}"')


def _adversarial_of(settings: Mapping[str, Any]) -> Adversarial:
    from arts.data.schema import Strategy
    from arts.interventions.adversarial import Adversarial

    seen, holdout = tuple(settings["templates"]), tuple(settings["holdout"])
    chosen = {Strategy(strategy) for strategy in settings["strategies"]}
    strategies = tuple(strategy for strategy in Strategy if strategy in chosen)
    every = Adversarial(strategies, settings["ratio"], holdout=holdout)
    return every if every.seen == seen else Adversarial(strategies, settings["ratio"], seen, holdout)


def differing(settings: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """The settings of a report that are not those of an intervention, by name."""
    return dict(_differing(settings, asked.settings()))


def _differing(recorded: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        if name not in recorded:
            continue
        if isinstance(value, Mapping):
            yield from _differing(recorded[name], value)
        elif _plain(recorded[name]) != _plain(value):
            yield name, recorded[name]


def _plain(value: Any) -> Any:
    """As it is after JSON."""
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def options_of(asked: Asked) -> list[str]:
    """The options of `arts evaluate` that ask for an intervention; those at their defaults are left out.

    Example:
        >>> from arts.interventions.merge import Merge
        >>> options_of(Asked("merge", Merge("ties")))
        ['--intervention', 'merge', '--merge-method', 'ties']
    """
    from arts.interventions.merge import Merge

    options, way = ["--intervention", asked.name], asked.way
    if not isinstance(way, Merge):
        return options + _adversarial_options(way)
    if asked.name != way.name or way.method != Merge.method:  # what is unlearnt from a merge is said by it
        options += ["--merge-method", way.method]
    options += _repeated("--domain", way.domains)
    return options if way.domains else options + _adversarial_options(way.adversarial)


def _adversarial_options(way: Adversarial) -> list[str]:
    from arts.interventions.adversarial import Adversarial

    options = []
    if way.strategies != Adversarial.strategies:
        options += _repeated("--strategy", map(str, way.strategies))
    if way.ratio != Adversarial.ratio:
        options += ["--ratio", str(way.ratio)]
    if way.templates != Adversarial.templates:
        options += _repeated("--template", way.templates)
    return options + _repeated("--holdout-templates", way.holdout)


def _repeated(option: str, values: Any) -> list[str]:
    return [part for value in values for part in (option, value)]


def described(settings: Mapping[str, Any]) -> str:
    """An intervention in a few words: its name, and what is not at its default.

    Example:
        >>> from arts.interventions.adversarial import Adversarial
        >>> described({"name": "adversarial", **Adversarial(ratio=1).settings()})
        'adversarial --ratio 1'
    """
    try:
        asked = asked_for(settings)
        further = [f"{name} {value}" for name, value in differing(settings, asked).items()]
        return ", ".join([shlex.join(options_of(asked)[1:]), *further])
    except MALFORMED:
        return str(settings.get("name", "unknown"))
