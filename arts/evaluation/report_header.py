"""Checks of what a report says besides its scores: names, counts, times, and how its model was made."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from arts.data.corpus import Corpus
from arts.data.corpus_registry import CORPUS_NAMES
from arts.data.errors import DataError
from arts.evaluation.lookalikes import imitated_name, name_fault, shape
from arts.evaluation.predictions_file import MOST_INSTANCES, shown
from arts.evaluation.report_record import ReportRecord
from arts.models.registry import ZOO, model_names

EARLIEST = 2000  # year
LATEST = timedelta(days=1)  # by which another machine's clock may be ahead
PAPER = re.compile(r"[(\[{（]\W*paper\W*$", re.IGNORECASE)  # what the board adds to the paper's rows
SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_SECONDS = 10**10  # about 300 years


def check_header(report: ReportRecord, corpus: Corpus | None, *, source: object) -> None:
    """Check the fields of a report that are not scores.

    Args:
        report: the report.
        corpus: the corpus of the name that the report gives; None if it is not on this machine.
        source: path or name of the report, for the error.

    Raises:
        DataError: when a name is not what it seems, a count or time is impossible, or the report is on
            another corpus than the one of that name.
    """
    for field, problem in _problems(report):
        raise DataError(source, f'field "{field}" {problem}')
    dataset = report.dataset
    if corpus and dataset.checksum != corpus.checksum:
        raise DataError(
            source,
            f"a report on another {dataset.name}, of checksum {shown(dataset.checksum[:12])}; expected "
            f'"{corpus.checksum[:12]}". A corpus of your own needs another name',
        )


def _problems(report: ReportRecord) -> Iterator[tuple[str, str]]:
    """Yield the name of each field that cannot be true, and what is wrong with it."""
    dataset, model, provenance = report.dataset, report.model, report.provenance
    names = {"name": model_name_fault(report.name), "model.id": name_fault(model.id)}
    names["dataset.name"] = name_fault(dataset.name) or _disguise(dataset.name, CORPUS_NAMES)
    if report.language_model:
        names["language_model.prompt"] = name_fault(report.language_model.prompt)
        names["language_model"] = next(iter(report.language_model.faults(report)), "")
    if model.intervention is not None:
        names["model.intervention.name"] = name_fault(str(model.intervention.get("name") or ""))
    if report.submission:
        said = report.submission.model_dump().items()
        names |= {f"submission.{field}": name_fault(text) for field, text in said if text}
    yield from ((field, fault) for field, fault in names.items() if fault)
    counts = [*(n for row in report.confusion for n in row), dataset.units, dataset.instances]
    counts += [score.count for score in report.strategies.values()]
    counts += [score.count for score in report.polarities.values()] + [report.invalid]
    if max(counts) > MOST_INSTANCES or not dataset.units:
        yield "dataset.units", f"or another count is impossible; expected 1 to {MOST_INSTANCES:,}"
    started = provenance.started if provenance.started.tzinfo else provenance.started.replace(tzinfo=UTC)
    if started > datetime.now(UTC) + LATEST:
        yield "provenance.started", f"is in the future: {started.date()}"
    if started.year < EARLIEST:
        yield "provenance.started", f"is {started.date()}; expected a day since {EARLIEST}"
    for field, seconds in (
        ("provenance.seconds", provenance.seconds),
        ("model.train_seconds", model.train_seconds),
    ):
        if seconds is not None and not 0 <= seconds < MOST_SECONDS:
            yield field, f"is {seconds}; expected 0 or more seconds"
    if not all(value is None or math.isfinite(value) for value in model.recipe.values()):
        yield "model.recipe", "has a number that is not finite"


def model_name_fault(name: str) -> str:
    """What is wrong with the name of a model in a report; empty if nothing is.

    Example:
        >>> model_name_fault("my model"), model_name_fault("bert (paper)")
        ('', '"bert (paper)" is how the board names the figures of the paper')
    """
    if PAPER.search(name):
        return f"{shown(name)} is how the board names the figures of the paper"
    return name_fault(name) or _disguise(name.strip(), ZOO)


def _disguise(name: str, known: Iterable[str]) -> str:
    """What is wrong with a name that looks like a known one, by more than case and punctuation."""
    if name != name.strip():
        return f"{shown(name)} begins or ends with a space"
    other = imitated_name(name, known)
    plain, expected = (re.sub(r"[\W_]", "", text.casefold()) for text in (name, other))
    return f"{shown(name)} looks like {shown(other)}" if other and plain != expected else ""


def run_doubt(report: ReportRecord) -> str:
    """Why it cannot be said that this package ran the model of a report; empty if nothing speaks against it.

    This package runs models that it trained ("zoo") and others ("custom"), and writes probabilities beside
    the labels; and it asks language models, which may have none. A file of predictions was brought by
    somebody.

    Args:
        report: the report, with its predictions.
    """
    model, predictions = report.model, report.predictions
    base, _, way = report.name.partition(" + ")
    known = next((name for name in ZOO if shape(name) == shape(base)), "")
    trained = (model.seed, model.parameters, model.train_seconds, model.recipe or None)
    if (model.kind == "language-model") != (report.language_model is not None):
        said = "says" if report.language_model else "lacks"
        return f'it is of kind "{model.kind}", but {said} how it was asked'
    if predictions.probabilities is None and not predictions.blind and not report.language_model:
        return f'it is of kind "{model.kind}", but its predictions have no probabilities'
    if known and (model.kind, model.id) != ("zoo", known):
        return f'its name is that of "{known}", but it is of {shown(model.id)}'
    if model.kind in ("custom", "language-model"):
        return ""
    if model.id not in model_names():
        return f'it is of kind "zoo", but no model {shown(model.id)} is known here'
    if None in trained or not SHA256.fullmatch(model.checksum or ""):
        return 'it is of kind "zoo", but lacks the checksum of the weights, or how they were trained'
    if way and not model.intervention:
        return f"its name has {shown(way)}, but no intervention is recorded"
    return ""
