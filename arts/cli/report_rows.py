"""The rows and sentences about an evaluation that all output formats (terminal, Markdown) share."""

from __future__ import annotations

from collections.abc import Sequence

from arts.data.published_scores import PublishedTable
from arts.data.schema import PERTURBATIONS
from arts.evaluation.report import Report
from arts.evaluation.summary import Summary

HEADINGS = ("model", "accuracy", "ARS", "REVTGT", "REVNON", "ADDDIFF")
Row = tuple[str, ...]
LEGEND = (
    "ARS: originals that are right together with all their variants. REVTGT, REVNON, ADDDIFF: "
    "accuracy on the originals → on their variants. ±: half the 95% bootstrap interval; over several "
    "seeds, the standard deviation."
)


def report_title(report: Report) -> str:
    """The title of the table of scores: the corpus, and its numbers of units and instances."""
    data = report.dataset
    return f"ARTS {data.name}: {data.units:,} units, {data.instances:,} instances"


def model_label(report: Report) -> str:
    """The label of a model in tables: its name, and its seed if it has one, as in ``bert, seed 1``."""
    return report.name if report.model.seed is None else f"{report.name}, seed {report.model.seed}"


def model_rows(summary: Summary) -> list[Row]:
    """The rows of scores: one row per report, then one row per model with several seeds.

    Each row is a tuple of texts, in the order of `HEADINGS`. The row of a model with several seeds has the
    mean and the standard deviation of each score over the seeds.
    """
    rows = [_report_row(report) for report in summary.reports]
    for group in summary.seeds:
        on_variants = [group.strategies.get(strategy) for strategy in PERTURBATIONS]
        spreads = [group.accuracy, group.ars, *on_variants]
        cells = [_plus_minus(spread.mean, spread.deviation) if spread else "" for spread in spreads]
        rows.append((f"{group.name}, {len(group.seeds)} seeds", *cells))
    return rows


def _report_row(report: Report) -> Row:
    """The row of one report: texts in the order of `HEADINGS`, empty for strategies without variants."""
    scores = [report.strategies.get(strategy) for strategy in PERTURBATIONS]
    return (
        model_label(report),
        *(_plus_minus(score.value, (score.high - score.low) / 2) for score in (report.accuracy, report.ars)),
        *(_change(score.original.value, score.perturbed.value) if score else "" for score in scores),
    )


def _plus_minus(value: float, margin: float) -> str:
    """Format a score and its margin, both in percent, such as ``80.00 ±2.1``."""
    return f"{value:.2f} ±{margin:.1f}"


def published_rows(table: PublishedTable) -> list[Row]:
    """The rows of published scores, one per model, best ARS first; texts in the order of `HEADINGS`."""
    return [
        (
            f"({score['model']})",
            f"{score['accuracy']:.2f}     ",
            f"{score['ars']:.2f}     ",
            *(_change(*score[name]) for name in ("revtgt", "revnon", "adddiff")),
        )
        for score in sorted(table["scores"], key=lambda score: -score["ars"])
    ]


def _change(original: float | None, perturbed: float) -> str:
    """Format accuracy on originals (``?`` for None) and on their variants, such as ``80.00→45.00``."""
    return f"{'?' if original is None else f'{original:.2f}'}→{perturbed:.2f}"


def curve_rows(reports: Sequence[Report]) -> list[Row]:
    """The table of accuracy by number of added aspects: the headings, then one row per report.

    Reports without an ADDDIFF curve are left out. The list is empty if no report has one.
    """
    curves = [
        (model_label(report), report.adddiff_curve.points) for report in reports if report.adddiff_curve
    ]
    if not curves:
        return []
    headings = ("model", *(str(point.added) for point in curves[0][1]))
    return [headings, *((label, *(f"{p.accuracy.value:.2f}" for p in points)) for label, points in curves)]


def remarks(summary: Summary) -> list[str]:
    """Sentences about the scores of an evaluation, for printing below its tables.

    They say how much of each model's accuracy is robust, its pattern gap if it was measured, and how models
    compare in pairs.
    """
    lines = [_verdict(report) for report in summary.reports if report.strategies]
    if not lines:
        lines = ["This dataset has no variants: nothing was perturbed, and ARS is no more than accuracy."]
    lines += [line for report in summary.reports for line in _gap_remarks(report)]
    for pair in summary.comparisons:
        seed = "" if pair.seed is None else f" (seed {pair.seed})"
        lines.append(
            f"{pair.first} minus {pair.second}{seed}: accuracy {pair.accuracy}; ARS {pair.ars} "
            "(paired bootstrap, exact McNemar)."
        )
    return lines


def _verdict(report: Report) -> str:
    """A sentence on how much of a model's accuracy is robust, and which strategy lowers it most."""
    name, score = min(
        report.strategies.items(),
        key=lambda item: item[1].perturbed.value - item[1].original.value,
    )
    drop = report.accuracy.value - report.ars.value
    return (
        f"{model_label(report)}: {report.accuracy.value:.1f}% of the originals are right, "
        f"{report.ars.value:.1f}% through all variants: {drop:.1f} points are not robust. "
        f"Most is lost under {name.upper()} "
        f"({score.original.value:.1f} → {score.perturbed.value:.1f})."
    )


def _gap_remarks(report: Report) -> list[str]:
    """A list with one sentence on a model's pattern gap; empty if it was not measured."""
    gap = report.pattern_gap
    if not gap:
        return []
    return [
        f"{model_label(report)}: ADDDIFF with templates seen in training {gap.seen}, with unseen ones "
        f"({', '.join(gap.unseen_templates)}) {gap.unseen}; pattern gap {gap.gap} ({gap.units:,} units)."
    ]
