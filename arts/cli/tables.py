"""Reports for people (Rich tables, Markdown) and for spreadsheets (CSV)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from arts.data.published import PublishedTable, published
from arts.data.schema import PERTURBATIONS
from arts.evaluation.report import Report
from arts.evaluation.scores import Estimate
from arts.evaluation.summary import Summary
from arts.generators.running.quality_report import QualityReport

if TYPE_CHECKING:
    from arts.diagnosis.views import Diagnosis
    from arts.unlearning.report import UnlearnReport

HEADINGS = ("model", "accuracy", "ARS", "REVTGT", "REVNON", "ADDDIFF")
WIDTH = 100  # columns, where the output is not a terminal
Row = tuple[str, ...]


def table(summary: Summary) -> RenderableType:
    """The tables of a run: the models, the published ones, and for one model what it does by part."""
    first = summary.reports[0]
    known = published(first.dataset.name)
    parts: list[RenderableType] = [_score_table(summary, known)]
    if len(summary.reports) == 1:
        parts += [_strategy_table(first)] if first.strategies else []
        parts.append(_polarity_table(first))
    parts += _curve_table(summary.reports)
    parts += [Text(line) for line in _remarks(summary)]
    if known:
        parts.append(Text(f"Published: {known['source']}.", style="dim"))
    return Group(*parts)


def show(renderable: RenderableType) -> None:
    """Print on standard output."""
    console = Console()
    Console(width=None if console.is_terminal else WIDTH).print(renderable)


def markdown(summary: Summary) -> str:
    """The score table and the remarks as Markdown."""
    first = summary.reports[0]
    known = published(first.dataset.name)
    rows = [*_model_rows(summary), *(_published_rows(known) if known else ())]
    lines = [
        f"### {_title(first)}",
        "",
        *_markdown_table(HEADINGS, rows),
        "",
        *(f"{line}  " for line in (_LEGEND, *_remarks(summary))),
    ]
    if curves := _curve_rows(summary.reports):
        lines += ["", *_markdown_table(curves[0], curves[1:]), ""]
    if known:
        lines.append(f"Published: {known['source']}.")
    return "\n".join(lines).rstrip()


def comma_separated(reports: Sequence[Report]) -> str:
    """One line a report, a column a figure (percent)."""
    buffer = io.StringIO()
    rows = [_flat(report) for report in reports]
    writer = csv.DictWriter(buffer, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().rstrip("\n")


def catalogue(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """The models that go by a name."""
    grid = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("name", "paper", "parameters", "trained", "reads"):
        numeric = heading in ("parameters", "trained")
        grid.add_column(heading, justify="right" if numeric else "left", no_wrap=heading == "name")
    for row in rows:
        sizes = (f"{row[size] / 1e6:.1f}M" if size in row else "" for size in ("parameters", "trained"))
        grid.add_row(row["name"], row["paper"], *sizes, row["reads"])
    return grid


def quality(report: QualityReport) -> RenderableType:
    """What a run of the generators made, what it did not and why, and the first examples."""
    measured = any(part.measured for part in report.strategies.values())
    headings = ("strategy", "originals", "variants", "coverage", *(["nats over source"] if measured else []))
    grid = _grid("Generated", headings)
    reasons: list[RenderableType] = []
    examples: list[RenderableType] = []
    for strategy, part in report.strategies.items():
        nats = [f"{part.nats / part.measured:+.1f}"] if part.measured else []
        counts = (f"{part.tried:,}", f"{part.generated:,}", f"{part.coverage:.1%}")
        grid.add_row(strategy.upper(), *counts, *nats)
        for reason, count in part.rejected.most_common():
            reasons.append(Text(f"  {strategy.upper()}: {count:,} × {reason}"))
        for example in part.examples[:1]:
            examples.append(Text(f"{strategy.upper()}, {example.target} ({example.polarity})", style="bold"))
            examples += [Text(f"  {example.source}", style="dim"), Text(f"  {example.text}")]
    head = [Text("Originals without a variant:")] if reasons else []
    return Group(grid, *head, *reasons, Text(), *examples)


def diagnosis(found: Diagnosis) -> RenderableType:
    """How far synthetic text can be told from natural text, its peaks, and perplexities."""
    apart = found.separability
    grid = _grid("Tokens that peak", ("token", "per 1,000 synthetic", "natural", "z"))
    for peak in found.tokens[:10]:
        cells = (f"{peak.synthetic:.1f}", f"{peak.natural:.1f}", f"{peak.log_odds:.1f}")
        grid.add_row(Text(peak.token), *cells)
    parts: list[RenderableType] = [
        Text(
            f"{found.synthetic:,} synthetic and {found.natural:,} natural texts. Told apart by their "
            f"embeddings with an AUC of {apart.auc:.3f} (folds: {apart.low:.3f} to {apart.high:.3f}; 0.5: "
            "not at all)."
        ),
        grid,
    ]
    if found.perplexity:
        spreads = _grid("Perplexity: median (quartiles)", ("model", "synthetic", "natural"))
        for one in found.perplexity:
            pair = (f"{s.median:.1f} ({s.low:.1f} to {s.high:.1f})" for s in (one.synthetic, one.natural))
            spreads.add_row(Text(one.model), *pair)
        parts.append(spreads)
    return Group(*parts)


def unlearning(report: UnlearnReport) -> RenderableType:
    """How what was to be forgotten, and what was to be kept, went on."""
    grid = _grid("Nats a row", ("step", "-log(1 - p), to be forgotten", "-log p, to be kept"))
    for probe in report.probes:
        kept = " (kept)" if probe.step == report.kept else ""
        grid.add_row(f"{probe.step}{kept}", f"{probe.forget:.4f}", f"{probe.retain:.4f}")
    return grid


_LEGEND = (
    "ARS: originals that are right together with all their variants. REVTGT, REVNON, ADDDIFF: "
    "accuracy on the originals → on their variants. ±: half the 95% bootstrap interval; over several "
    "seeds, the standard deviation."
)


def _title(report: Report) -> str:
    data = report.dataset
    return f"ARTS {data.name}: {data.units:,} units, {data.instances:,} instances"


def _grid(title: str, headings: Sequence[str]) -> Table:
    grid = Table(title=title, title_style="bold", title_justify="left", box=SIMPLE_HEAD, padding=(0, 0, 0, 1))
    for position, heading in enumerate(headings):
        grid.add_column(heading, justify="right" if position else "left", no_wrap=True)
    return grid


def _score_table(summary: Summary, known: PublishedTable | None) -> Table:
    grid = _grid(_title(summary.reports[0]), HEADINGS)
    grid.caption, grid.caption_justify = _LEGEND, "left"
    for row in _model_rows(summary):
        grid.add_row(*row, style="bold")
    if known:
        grid.add_section()
        for row in _published_rows(known):
            grid.add_row(*row, style="dim")
    return grid


def _model_rows(summary: Summary) -> list[Row]:
    rows = [_report_row(report) for report in summary.reports]
    for group in summary.seeds:
        changed = [group.strategies.get(strategy) for strategy in PERTURBATIONS]
        spreads = [group.accuracy, group.ars, *changed]
        cells = [_give(spread.mean, spread.deviation) if spread else "" for spread in spreads]
        rows.append((f"{group.name}, {len(group.seeds)} seeds", *cells))
    return rows


def _report_row(report: Report) -> Row:
    scores = [report.strategies.get(strategy) for strategy in PERTURBATIONS]
    return (
        _label(report),
        *(_give(e.value, (e.high - e.low) / 2) for e in (report.accuracy, report.ars)),
        *(_arrow(s.original.value, s.perturbed.value) if s else "" for s in scores),
    )


def _give(value: float, take: float) -> str:
    return f"{value:.2f} ±{take:.1f}"


def _label(report: Report) -> str:
    return report.name if report.model.seed is None else f"{report.name}, seed {report.model.seed}"


def _published_rows(known: PublishedTable) -> list[Row]:
    return [
        (
            f"({score['model']})",
            f"{score['accuracy']:.2f}     ",
            f"{score['ars']:.2f}     ",
            *(_arrow(*score[name]) for name in ("revtgt", "revnon", "adddiff")),
        )
        for score in sorted(known["scores"], key=lambda score: -score["ars"])
    ]


def _arrow(original: float | None, perturbed: float) -> str:
    return f"{'?' if original is None else f'{original:.2f}'}→{perturbed:.2f}"


def _strategy_table(report: Report) -> Table:
    grid = _grid("By strategy", ("", "variants", "originals right", "variants right", "both right"))
    for strategy, by in report.strategies.items():
        cells = (str(estimate) for estimate in (by.original, by.perturbed, by.both))
        grid.add_row(strategy.upper(), f"{by.count:,}", *cells)
    return grid


def _polarity_table(report: Report) -> Table:
    grid = _grid("By polarity of the original", ("", "units", "accuracy", "F1", "ARS"))
    for polarity, by in report.polarities.items():
        grid.add_row(polarity, f"{by.count:,}", str(by.accuracy), f"{by.f1:.2f}", str(by.ars))
    overall = (str(report.accuracy), f"{report.macro_f1.value:.2f} (macro)", str(report.ars))
    grid.add_row("all", f"{report.dataset.units:,}", *overall)
    return grid


def _curve_table(reports: Sequence[Report]) -> list[RenderableType]:
    first = next((report.adddiff_curve for report in reports if report.adddiff_curve), None)
    if first is None:
        return []
    headings, *rows = _curve_rows(reports)
    grid = _grid(f"Accuracy by number of aspects added, {first.units:,} units", headings)
    for row in rows:
        grid.add_row(*row)
    return [grid]


def _curve_rows(reports: Sequence[Report]) -> list[Row]:
    """The headings, and a row for each report with a curve; nothing where none has one."""
    curves = [(_label(report), report.adddiff_curve.points) for report in reports if report.adddiff_curve]
    if not curves:
        return []
    headings = ("model", *(str(point.added) for point in curves[0][1]))
    return [headings, *((label, *(f"{p.accuracy.value:.2f}" for p in points)) for label, points in curves)]


def _gap(report: Report) -> list[str]:
    gap = report.pattern_gap
    if not gap:
        return []
    return [
        f"{_label(report)}: ADDDIFF with templates seen in training {gap.seen}, with unseen ones "
        f"({', '.join(gap.unseen_templates)}) {gap.unseen}; pattern gap {gap.gap} ({gap.units:,} units)."
    ]


def _remarks(summary: Summary) -> list[str]:
    """What the figures say, in words."""
    lines = [_verdict(report) for report in summary.reports if report.strategies]
    if not lines:
        lines = ["This dataset has no variants: nothing was perturbed, and ARS is no more than accuracy."]
    lines += [line for report in summary.reports for line in _gap(report)]
    for pair in summary.comparisons:
        seed = "" if pair.seed is None else f" (seed {pair.seed})"
        lines.append(
            f"{pair.first} minus {pair.second}{seed}: accuracy {pair.accuracy}; ARS {pair.ars} "
            "(paired bootstrap, exact McNemar)."
        )
    return lines


def _verdict(report: Report) -> str:
    name, score = min(
        report.strategies.items(),
        key=lambda item: item[1].perturbed.value - item[1].original.value,
    )
    drop = report.accuracy.value - report.ars.value
    return (
        f"{_label(report)}: {report.accuracy.value:.1f}% of the originals are right, "
        f"{report.ars.value:.1f}% through all variants: {drop:.1f} points are not robust. "
        f"Most is lost under {name.upper()} "
        f"({score.original.value:.1f} → {score.perturbed.value:.1f})."
    )


def _markdown_table(headings: Sequence[str], rows: Sequence[Row]) -> list[str]:
    ruler = ["---", *["---:"] * (len(headings) - 1)]
    return [f"| {' | '.join(cell.strip() for cell in cells)} |" for cells in (headings, ruler, *rows)]


def _flat(report: Report) -> dict[str, object]:
    row: dict[str, object] = {
        "dataset": report.dataset.name,
        "model": report.name,
        "seed": report.model.seed,
        "units": report.dataset.units,
        "instances": report.dataset.instances,
    }
    for name, estimate in (
        ("accuracy", report.accuracy),
        ("macro_f1", report.macro_f1),
        ("ars", report.ars),
    ):
        row |= _columns(name, estimate)
    for strategy, score in report.strategies.items():
        row[f"{strategy}_count"] = score.count
        row |= _columns(f"{strategy}_original", score.original)
        row |= _columns(f"{strategy}_perturbed", score.perturbed)
    return row


def _columns(name: str, estimate: Estimate) -> dict[str, float]:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
