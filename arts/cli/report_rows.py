"""The rows and sentences about an evaluation that all output formats (terminal, Markdown) share."""

from __future__ import annotations

from collections.abc import Sequence

from arts.cli.asking_remarks import asking_remarks
from arts.data.published_scores import PublishedTable
from arts.data.schema import PERTURBATIONS
from arts.data.support.rounding import decimal_text
from arts.evaluation.floors import floors
from arts.evaluation.probe_summary import HEADINGS as PROBE_HEADINGS
from arts.evaluation.probe_summary import probe_rows, probe_verdicts
from arts.evaluation.report import Report
from arts.evaluation.report_record import EPOCH_CHOICES, EpochChoice
from arts.evaluation.resample import Resample
from arts.evaluation.scores import Floor, change_text
from arts.evaluation.seed_summary import SeedSummary
from arts.evaluation.summary import Pairing, Summary
from arts.evaluation.verdicts import verdicts

NO_VARIANTS = "no variants"
INVALID_HEADING = "invalid answers"
HEADINGS = ("model", "accuracy", "ARS", "REVTGT", "REVNON", "ADDDIFF")
DIFFERENCE_HEADINGS = ("", "first minus second", "right only by the first", "right only by the second")
Row = tuple[str, ...]


def legend(resample: Resample) -> str:
    """What the columns of a table of scores mean, and ± in it.

    Args:
        resample: what the bootstrap of the scores drew.
    """
    return (
        "ARS: originals that are right together with all their variants. REVTGT, REVNON, ADDDIFF: "
        "accuracy on the originals → on their variants; over several seeds, the mean on the variants alone. "
        "Floors: what is right without reading what is said of the target. "
        f"±: half the 95% interval by bootstrap over {resample}; for several seeds, over both."
    )


def headings(reports: Sequence[Report]) -> Row:
    """The headings of a table of scores; one of invalid answers is added where there are any."""
    return (*HEADINGS, *([INVALID_HEADING] if _show_invalid(reports) else []))


def _show_invalid(reports: Sequence[Report]) -> bool:
    return any(report.invalid or report.language_model for report in reports)


def report_title(report: Report) -> str:
    """The title of the table of scores, such as ``ARTS sample: 138 units, 490 instances``."""
    data = report.dataset
    return f"ARTS {data.name}: {data.units:,} units, {data.instances:,} instances"


def model_rows(summary: Summary) -> list[Row]:
    """The rows of scores: one row per report, then one more row for each model with several seeds or prompts.

    Each row has the label of the model, then its accuracy, its ARS, and a text for each of REVTGT, REVNON
    and ADDDIFF. The row of a model with several seeds has the mean of each score over the seeds, that of a
    language model with several prompts the mean, lowest and highest. Where there are language models or
    invalid answers, the number and share of invalid answers follow.
    """
    shown = _show_invalid(summary.reports)
    rows = [_report_row(report, shown) for report in summary.reports]
    rows += [_seed_row(group, shown) for group in summary.seeds]
    for asked in summary.prompts:
        means = [asked.strategies.get(strategy) for strategy in PERTURBATIONS]
        cells = [str(spread) if spread else NO_VARIANTS for spread in (asked.accuracy, asked.ars, *means)]
        rows.append((asked.label, *cells, ""))
    return rows


def _report_row(report: Report, show_invalid: bool) -> Row:
    """The row of one report in the table of scores.

    Accuracy and ARS are followed by ``±`` and half their 95% interval. For each strategy, there is the
    accuracy on originals and on their variants, or "no variants" if the report has no such variants.

    Args:
        report: the report.
        show_invalid: whether the number and share of invalid answers follow.
    """
    return (
        report.label,
        *_score_cells(report),
        *([report.invalid_answers if report.invalid else "0"] if show_invalid else []),
    )


def _score_cells(scored: Report | Floor) -> Row:
    """The accuracy, the ARS and the change by each strategy of a model or floor."""
    strategies = [scored.strategies.get(strategy) for strategy in PERTURBATIONS]
    return (
        *(_plus_minus(score.value, (score.high - score.low) / 2) for score in (scored.accuracy, scored.ars)),
        *(score.change if score else NO_VARIANTS for score in strategies),
    )


def _seed_row(group: SeedSummary, show_invalid: bool) -> Row:
    """The row of a model with several seeds: the mean of each score, ``±`` and half its 95% interval."""
    on_variants = [group.strategies.get(strategy) for strategy in PERTURBATIONS]
    cells = [
        _plus_minus(score.mean, (score.high - score.low) / 2) if score else NO_VARIANTS
        for score in (group.accuracy, group.ars, *on_variants)
    ]
    return (f"{group.name}, {len(group.seeds)} seeds", *cells, *([""] if show_invalid else []))


def _plus_minus(value: float, margin: float) -> str:
    """Format a score and its margin, both in percent, such as ``80.00 ±2.1``."""
    return f"{decimal_text(value)} ±{decimal_text(margin, 1)}"


def pair_rows(pair: Pairing, reports: Sequence[Report], seeds: Sequence[SeedSummary]) -> list[Row]:
    """The rows of compared reports, with the columns of `model_rows`.

    Two reports have the names of the comparison. Of more, each has its own, and the means of the models with
    several seeds follow.

    Args:
        pair: the comparison of two models.
        reports: the reports of the two.
        seeds: the means of those with several seeds.
    """
    shown = _show_invalid(reports)
    rows = [_report_row(report, shown) for report in reports]
    if pair.seeds:
        return [*rows, *(_seed_row(group, shown) for group in seeds)]
    return [(name, *row[1:]) for name, row in zip((pair.first, pair.second), rows, strict=True)]


def difference_rows(pair: Pairing) -> list[Row]:
    """The rows of the differences between two models in accuracy and ARS, with `DIFFERENCE_HEADINGS`."""
    return [
        (name, str(difference), f"{difference.only_first:,} {what}", f"{difference.only_second:,} {what}")
        for name, difference, what in (("accuracy", pair.accuracy, "originals"), ("ARS", pair.ars, "units"))
    ]


def published_rows(table: PublishedTable) -> list[Row]:
    """The rows of published scores, one per model, best ARS first, with the columns of `HEADINGS`."""
    return [
        (
            f"({score['model']})",
            decimal_text(score["accuracy"]),
            decimal_text(score["ars"]),
            *(change_text(*score[name]) for name in ("revtgt", "revnon", "adddiff")),
        )
        for score in sorted(table["scores"], key=lambda score: -score["ars"])
    ]


def floor_rows(reports: Sequence[Report]) -> list[Row]:
    """The rows of the floors, with the columns of `headings`."""
    extra = [""] * (len(headings(reports)) - len(HEADINGS))
    return [(f"floor: {floor.name}", *_score_cells(floor), *extra) for floor in floors(reports[0])]


def published_source(table: PublishedTable) -> str:
    """A sentence that says where the published scores come from."""
    return f"In brackets: as published by {table['source']}."


def curve_rows(reports: Sequence[Report]) -> list[Row]:
    """The table of accuracy by number of added aspects: the headings, then one row per report.

    Reports without an ADDDIFF curve are left out. The list is empty if no report has one.
    """
    curves = [(report.label, report.adddiff_curve.points) for report in reports if report.adddiff_curve]
    if not curves:
        return []
    headings = ("model", *(str(point.added) for point in curves[0][1]))
    return [
        headings,
        *((label, *(decimal_text(p.accuracy.value) for p in points)) for label, points in curves),
    ]


def probe_table(reports: Sequence[Report]) -> list[Row]:
    """The table of probes: the headings, then a row per report and probe; empty if no probe was made."""
    rows = [(report.label, *row) for report in reports for row in probe_rows(report)]
    return [("model", *PROBE_HEADINGS), *rows] if rows else []


def remarks(summary: Summary) -> list[str]:
    """Sentences about the scores of an evaluation, for printing below its tables.

    They are those of `verdicts`; for each model its invalid answers, its probes, its pattern gap and its
    leaks, if there are any; how epochs were chosen; and for each language model, how it was asked and what
    that took. For each pair of models that was compared, they give the differences in accuracy and ARS.
    """
    lines = verdicts(summary.reports)
    lines += [line for report in summary.reports for line in _invalid_remarks(report)]
    lines += [f"{report.label}: {line}" for report in summary.reports for line in probe_verdicts(report)]
    lines += [line for report in summary.reports for line in _gap_remarks(report)]
    lines += _epoch_remarks(summary.reports)
    lines += [line for report in summary.reports for line in _leak_remarks(report)]
    if summary.prompts:
        lines.append(
            "Several prompts: the mean, with the lowest and the highest prompt in brackets; under REVTGT, "
            "REVNON and ADDDIFF, on the variants alone."
        )
    lines += asking_remarks(summary.reports)
    return lines + [_difference(pair) for pair in summary.comparisons]


def _difference(pair: Pairing) -> str:
    """A sentence on how two models differ."""
    if not any(d.only_first or d.only_second for d in (pair.accuracy, pair.ars)):
        names = f"{pair.first} and {pair.second} {pair.measured}".rstrip()
        return f"{names} are right on the same originals and units."
    return f"{pair.headline()} ({pair.method})."


def _invalid_remarks(report: Report) -> list[str]:
    """A list with one sentence on a model's invalid answers; empty if it gave none."""
    if not report.invalid:
        return []
    return [
        f"{report.label}: {report.invalid_answers} of the {report.dataset.instances:,} answers are invalid: "
        "they name no label, and count as wrong in every score."
    ]


def _gap_remarks(report: Report) -> list[str]:
    """A list with one sentence on a model's pattern gap; empty if it was not measured."""
    gap = report.pattern_gap
    if not gap:
        return []
    return [
        f"{report.label}: accuracy on ADDDIFF variants by templates seen in training {gap.seen}, by held-out "
        f"ones ({', '.join(gap.unseen_templates)}) {gap.unseen}; pattern gap {gap.gap}, over {gap.units:,} "
        "units."
    ]


def _epoch_remarks(reports: Sequence[Report]) -> list[str]:
    """A list with one sentence on how the epochs were chosen; empty if no model was trained here."""
    choices: dict[EpochChoice, list[str]] = {}
    for report in reports:
        if report.model.kind == "zoo":
            choices.setdefault(report.model.chosen_epoch, []).append(report.label)
    if len(choices) == 1:
        return [f"Epoch of every trained model: {EPOCH_CHOICES[choice]}." for choice in choices]
    listed = (f"{EPOCH_CHOICES[choice]} ({', '.join(labels)})" for choice, labels in choices.items())
    return [f"Epochs: {'; '.join(listed)}."] if choices else []


def _leak_remarks(report: Report) -> list[str]:
    """A list with one sentence on a model's leaks; empty if none are known."""
    leaks = report.leaks
    if not leaks or not (leaks.certain or leaks.dropped or leaks.named_sets):
        return []
    return [f"{report.label}: {leaks.statement}."]
