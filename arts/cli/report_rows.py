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
    """The title of the table of scores, such as ``ARTS sample: 138 units, 490 instances``."""
    data = report.dataset
    return f"ARTS {data.name}: {data.units:,} units, {data.instances:,} instances"


def model_label(report: Report) -> str:
    """The label of a model in tables: its name, and its seed if it has one, as in ``bert, seed 1``."""
    return report.name if report.model.seed is None else f"{report.name}, seed {report.model.seed}"


def model_rows(summary: Summary) -> list[Row]:
    """The rows of scores: one row per report, then one more row for each model with several seeds.

    Each row has the label of the model, then its accuracy, its ARS, and a text for each of REVTGT, REVNON
    and ADDDIFF. The row of a model with several seeds has the mean and the standard deviation of each score
    over the seeds.
    """
    rows = [_report_row(report) for report in summary.reports]
    for group in summary.seeds:
        on_variants = [group.strategies.get(strategy) for strategy in PERTURBATIONS]
        spreads = [group.accuracy, group.ars, *on_variants]
        cells = [_plus_minus(spread.mean, spread.deviation) if spread else "" for spread in spreads]
        rows.append((f"{group.name}, {len(group.seeds)} seeds", *cells))
    return rows


def _report_row(report: Report) -> Row:
    """The row of one report in the table of scores.

    Accuracy and ARS are followed by ``±`` and half their 95% interval. For each strategy, there is the
    accuracy on originals and on their variants, or an empty text if the report has no such variants.
    """
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
    """The rows of published scores, one per model, best ARS first, with the same columns as `model_rows`."""
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
    """Format the change of accuracy, in percent, from originals to their variants: ``80.00→45.00``.

    Args:
        original: accuracy on the originals. None (not published) is shown as ``?``.
        perturbed: accuracy on the variants.
    """
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

    They say for each model how far its accuracy falls to its ARS, and its pattern gap if it was measured.
    For each pair of models that was compared, they give the differences in accuracy and ARS.
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
    """A sentence on how far a model's accuracy falls to its ARS, and under which strategy it falls most."""
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
