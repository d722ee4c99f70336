"""The figures of probes as rows of a table, and sentences on what they say."""

from __future__ import annotations

from arts.data.support.rounding import decimal_text
from arts.evaluation.paired_tests import Difference
from arts.evaluation.probe_scores import AnswerShare, ProbeScore, SwapScore
from arts.evaluation.report import Report

HEADINGS = ("probe", "originals", "accuracy before", "on the probe", "change")
Row = tuple[str, ...]


def probe_rows(report: Report) -> list[Row]:
    """The figures of the probes of a report, with `HEADINGS`; empty if none was made."""
    rows = [
        _score_row(name, score)
        for name, score in (("same side", report.same_side), ("aspect masked", report.aspect_masked))
        if score
    ]
    if swapped := report.aspect_swapped:
        rows.append(_share_row("aspect swapped, another label", swapped.changed, "answer changes"))
        if swapped.stayed:
            rows.append(_share_row("aspect swapped, the same label", swapped.stayed, "answer stays"))
    return rows


def _score_row(name: str, score: ProbeScore) -> Row:
    return name, f"{score.count:,}", str(score.original), str(score.probed), str(score.change)


def _share_row(name: str, answers: AnswerShare, what: str) -> Row:
    return name, f"{answers.count:,}", "", f"{what} {answers.share}", ""


def probe_verdicts(report: Report) -> list[str]:
    """A sentence on each row of `probe_rows`, the two of swapped aspects together."""
    lines = []
    if report.same_side:
        lines.append(_on_same_side(report.same_side))
    if report.aspect_masked:
        lines.append(_on_masked(report.aspect_masked))
    if report.aspect_swapped:
        lines.append(_on_swapped(report.aspect_swapped))
    return lines


def _on_same_side(score: ProbeScore) -> str:
    meaning = _meaning(
        score.change,
        falls="it answers against what is added",
        rises="it follows what is added",
        stays="what agrees does not mislead it",
    )
    change = _change(score.change)
    return f"where clauses are added that agree with the label, accuracy {change}: {meaning}."


def _on_masked(score: ProbeScore) -> str:
    meaning = _meaning(
        score.change,
        falls="so much depends on the term itself",
        rises="the term itself misleads it",
        stays="the term itself makes no clear difference",
    )
    return f"without the aspect term, accuracy {_change(score.change)}: {meaning}."


def _meaning(change: Difference, *, falls: str, rises: str, stays: str) -> str:
    """What a change means: that of a fall or a rise whose interval does not contain 0, or of neither."""
    if change.high < 0:
        return falls
    return rises if change.low > 0 else stays


def _change(change: Difference) -> str:
    """How an accuracy changes, with the interval."""
    low, high = (decimal_text(bound, 1, sign=True) for bound in (change.low, change.high))
    return f"changes by {decimal_text(change.value, sign=True)} points [{low}, {high}]"


def _on_swapped(score: SwapScore) -> str:
    if not score.changed.share.value:
        return (
            "asked about another aspect with another label, it never changes its answer: it does not read "
            "which aspect is asked about, or does not use it."
        )
    stays = "" if score.stayed is None else f"; with the same label, it stays in {score.stayed.share}"
    return (
        f"asked about another aspect with another label, its answer changes in {score.changed.share} percent "
        f"of the cases, and should in all{stays}."
    )
