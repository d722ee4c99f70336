"""How far a report can be trusted: it is checked against its predictions, the corpus, and itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from arts.data.corpus import Corpus
from arts.data.corpus_registry import CORPUS_NAMES, local_corpus
from arts.data.errors import DataError
from arts.data.support.arrays import IntArray
from arts.data.support.record import Record
from arts.evaluation.benchmark_layout import BenchmarkLayout
from arts.evaluation.claimed_scores import check_headline, check_scores
from arts.evaluation.dataset_facts import differing_facts
from arts.evaluation.floors import measure_floors
from arts.evaluation.predictions_file import shown
from arts.evaluation.probe_checks import check_curve, check_gap, check_probe, check_swap
from arts.evaluation.probes import Subject, measure_swapped
from arts.evaluation.report_header import check_header, run_doubt
from arts.evaluation.report_record import ReportRecord
from arts.evaluation.score_checks import differing_fields
from arts.evaluation.scores import Bootstrap, Scores

SELF_SUBMITTED = "self-submitted, "  # before what a status means
_POINTS = Bootstrap(resamples=1)  # for scores of which only the points are compared


class Status(StrEnum):
    """How far the scores of a report can be trusted.

    Computed from predictions: verified, if this package ran the model and the corpus is here; consistent, if
    the corpus is not here to check the gold labels; or recomputed, if somebody brought the labels or
    submitted the report, or if the report claims other scores. As in the report: claimed, if there are no
    predictions; or unchecked, if the predictions are still to be checked. From the paper: published.
    """

    VERIFIED = "verified"
    CONSISTENT = "consistent"
    RECOMPUTED = "recomputed"
    CLAIMED = "claimed"
    UNCHECKED = "unchecked"
    PUBLISHED = "published"


MEANING = {
    Status.VERIFIED: "measured by arts, and recomputed from its predictions and the corpus",
    Status.CONSISTENT: "its predictions give these figures; the corpus is not here to check the labels",
    Status.RECOMPUTED: "recomputed here from the corpus and labels that somebody brought",
    Status.CLAIMED: "as reported, without predictions that could be checked",
    Status.UNCHECKED: "as reported; its predictions are still being checked",
    Status.PUBLISHED: "from the paper",
}
PROBES = {  # need the model to be run again
    "adddiff_curve": "ADDDIFF curve",
    "pattern_gap": "pattern gap",
    "same_side": "probe same-side",
    "aspect_masked": "probe aspect-masked",
    "language_model": "other prompts, tokens and time",
}


@dataclass(frozen=True)
class Verification:
    """The outcome of checking a report.

    Args:
        status: how far the scores can be trusted.
        scores: the scores that can be shown: those that the predictions give, if there are any, otherwise
            the claimed ones.
        differing: names of the fields of the report in which it claims something else than its predictions
            and the corpus give.
        remark: what is wrong with the claims, or why the report is not verified; otherwise empty.
        as_reported: names of what the report has besides the scores that cannot be computed again from
            predictions, such as ``pattern gap``.
    """

    status: Status
    scores: Scores
    differing: tuple[str, ...] = ()
    remark: str = ""
    as_reported: tuple[str, ...] = ()

    @property
    def statement(self) -> str:
        """The status and what it means, as one line."""
        probes = f"; {' and '.join(self.as_reported)} as reported" if self.as_reported else ""
        return f"{self.status}: {self.remark or MEANING[self.status]}{probes}"

    def raise_if_differing(self, path: str | Path) -> None:
        """Raise `DataError` if the report claims something else than its predictions and the corpus give.

        Args:
            path: the report's file.
        """
        for name in self.differing:
            given = f"; expected {getattr(self.scores, name)}" if name in Scores.model_fields else ""
            what = "the corpus" if name.startswith("dataset.") else f"{Path(path).stem}.parquet"
            raise DataError(path, f'field "{name}" is not what {what} gives{given}')


def verify(report: ReportRecord, *, source: object) -> Verification:
    """Check a report, and say how far it can be trusted.

    Units, strategies and gold labels are those of the corpus, if it is on this machine. Points must be equal;
    bounds of intervals may differ as those of two bootstraps with other random numbers do.

    Args:
        report: the report, with predictions if there are any.
        source: path or name of the report, for errors.

    Raises:
        DataError: when the report is on another corpus than it says, has impossible names, counts or times,
            or claims scores without predictions that contradict each other or the corpus.
    """
    corpus = local_corpus(report.dataset.name)
    check_header(report, corpus, source=source)
    _check_probes(report, _sentences(report, corpus), source=source)
    as_reported = tuple(what for field, what in PROBES.items() if getattr(report, field))
    if not report.has_predictions:
        _check_claim(report, corpus, source=source)
        return Verification(
            Status.CLAIMED, report, remark=_submitted(report, Status.CLAIMED), as_reported=as_reported
        )
    scores = Scores.of(report.predictions, _expected_bootstrap(report))
    differing = (
        *differing_fields(report, report.predictions, scores),
        *_differing_dataset(report, corpus),
        *_differing_comparisons(report, corpus),
    )
    if differing:
        status, remark = Status.RECOMPUTED, _claims(report, scores, differing)
    elif corpus is None:
        status, remark = Status.CONSISTENT, ""
    elif report.model.kind == "predictions" or report.submission:
        status, remark = Status.RECOMPUTED, _submitted(report, Status.RECOMPUTED)
    else:
        remark = run_doubt(report)
        status = Status.RECOMPUTED if remark else Status.VERIFIED
    return Verification(status, scores, differing, remark, as_reported)


def _submitted(report: ReportRecord, status: Status) -> str:
    """That somebody submitted a report, and what its status means; empty for other reports."""
    return SELF_SUBMITTED + MEANING[status] if report.submission else ""


def _expected_bootstrap(report: ReportRecord) -> Bootstrap:
    """The settings that a report has to have: the usual ones, of what it says if the sentences are known."""
    layout, resample = report.predictions.layout, report.bootstrap.resample
    return Bootstrap.of(layout, None if layout.sentences is None else resample)


def check_quickly(report: ReportRecord, *, source: object) -> None:
    """Check a report by itself, without its predictions and the corpus, in less than a millisecond.

    Args:
        report: the report.
        source: path or name of the report, for errors.

    Raises:
        DataError: when it has impossible names, counts or times, or headline figures that contradict each
            other.
    """
    check_header(report, None, source=source)
    check_headline(report, report.dataset.units, source=source)


def _sentences(report: ReportRecord, corpus: Corpus | None) -> IntArray | None:
    """The number of each unit's sentence, as an array (units,); None if the sentences are not known."""
    if corpus:
        return BenchmarkLayout.of(corpus.test).sentences
    return report.predictions.layout.sentences if report.has_predictions else None


def _check_probes(report: ReportRecord, sentences: IntArray | None, *, source: object) -> None:
    """Raise `DataError` if the figures of a probe, or the pattern gap, of a report cannot be true."""
    units = report.dataset.units
    right = sum(row[k] for k, row in enumerate(report.confusion) if k < len(row))
    if report.adddiff_curve:
        check_curve(report.adddiff_curve, units=units, right=right, sentences=sentences, source=source)
    if report.pattern_gap:
        check_gap(report.pattern_gap, units=units, sentences=sentences, source=source)
    for field in ("same_side", "aspect_masked"):
        if score := getattr(report, field):
            check_probe(
                score, units=units, right=right, sentences=sentences, what=PROBES[field], source=source
            )
    if report.aspect_swapped:
        check_swap(report.aspect_swapped, units=units, sentences=sentences, source=source)


def _check_claim(report: ReportRecord, corpus: Corpus | None, *, source: object) -> None:
    """Raise `DataError` if what a report without predictions claims contradicts itself or the corpus."""
    dataset = report.dataset
    check_headline(report, dataset.units, source=source)
    if dataset.units + sum(score.count for score in report.strategies.values()) != dataset.instances:
        raise DataError(source, f"its originals and variants are not {dataset.instances} instances")
    for name in differing_facts(dataset, corpus) if corpus else ():
        value = getattr(dataset, name.partition(".")[2])
        raise DataError(source, f'field "{name}" is not what the corpus gives: {shown(value)}')
    layout = BenchmarkLayout.of(corpus.test) if corpus else None
    check_scores(report, layout, one_each=dataset.name in CORPUS_NAMES, source=source)


def _differing_dataset(report: ReportRecord, corpus: Corpus | None) -> list[str]:
    """The names of the fields of a report's dataset that contradict its predictions and the corpus."""
    if corpus:
        return differing_facts(report.dataset, corpus)
    layout = report.predictions.layout
    counts = {"units": int(layout.units.max()) + 1, "instances": len(layout.units)}
    return [f"dataset.{name}" for name, n in counts.items() if getattr(report.dataset, name) != n]


def _differing_comparisons(report: ReportRecord, corpus: Corpus | None) -> list[str]:
    """The names of the fields beside the scores that predictions and the corpus give, but otherwise.

    They are the floors and the probe that asks nothing. Their points are compared.
    """
    differing = []
    if corpus and report.floors and _points(report.floors) != _points(measure_floors(corpus.test, _POINTS)):
        differing.append("floors")
    if corpus and report.aspect_swapped:
        fresh = measure_swapped(Subject(corpus, report.predictions, resample=report.aspect_swapped.resample))
        if _points([report.aspect_swapped]) != _points([fresh]):
            differing.append("aspect_swapped")
    return differing


def _points(records: Sequence[Record]) -> list[object]:
    """What records hold, as JSON values, without the bounds of intervals."""

    def without_bounds(value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {name: without_bounds(part) for name, part in value.items() if name not in ("low", "high")}

    return [without_bounds(record.model_dump(mode="json")) for record in records]


def _claims(report: ReportRecord, scores: Scores, differing: tuple[str, ...]) -> str:
    """What a report claims, and what its predictions give instead."""
    return (
        f"claims accuracy {report.accuracy.value:.2f} and ARS {report.ars.value:.2f}; its predictions give "
        f"{scores.accuracy.value:.2f} and {scores.ars.value:.2f} (differing: {', '.join(differing)})"
    )
