"""Tables on the terminal: their style, and the tables of several commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from arts.diagnosis.views import Diagnosis
    from arts.generators.running.quality_report import QualityReport
    from arts.unlearning.report import UnlearnReport

WIDTH = 100  # characters per line, if the output is not a terminal


def show(renderable: RenderableType) -> None:
    """Print a table or text on standard output."""
    console = Console()
    Console(width=None if console.is_terminal else WIDTH).print(renderable)


def new_table(title: str, headings: Sequence[str]) -> Table:
    """Create a table without rows; the first column is aligned to the left, the others to the right."""
    grid = Table(title=title, title_style="bold", title_justify="left", box=SIMPLE_HEAD, padding=(0, 0, 0, 1))
    for position, heading in enumerate(headings):
        grid.add_column(heading, justify="right" if position else "left", no_wrap=True)
    return grid


def model_table(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """The table of registered models, from the rows of `arts.models.registry.model_rows`."""
    grid = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("name", "paper", "parameters", "trained", "reads"):
        numeric = heading in ("parameters", "trained")
        grid.add_column(heading, justify="right" if numeric else "left", no_wrap=heading == "name")
    for row in rows:
        sizes = (f"{row[size] / 1e6:.1f}M" if size in row else "" for size in ("parameters", "trained"))
        grid.add_row(row["name"], row["paper"], *sizes, row["reads"])
    return grid


def quality_table(report: QualityReport) -> RenderableType:
    """The results of `arts generate`, to be printed by Rich.

    They are the numbers of originals and variants by strategy, how many originals have no variant and for
    what reasons, and one example of a variant per strategy.
    """
    measured = any(tally.measured for tally in report.strategies.values())
    headings = ("strategy", "originals", "variants", "coverage", *(["nats over source"] if measured else []))
    grid = new_table("Generated", headings)
    reasons: list[RenderableType] = []
    examples: list[RenderableType] = []
    for strategy, tally in report.strategies.items():
        nats = [f"{tally.nats / tally.measured:+.1f}"] if tally.measured else []
        cells = (f"{tally.tried:,}", f"{tally.generated:,}", f"{tally.coverage:.1%}")
        grid.add_row(strategy.upper(), *cells, *nats)
        for reason, count in tally.rejected.most_common():
            reasons.append(Text(f"  {strategy.upper()}: {count:,} × {reason}"))
        for example in tally.examples[:1]:
            examples.append(Text(f"{strategy.upper()}, {example.target} ({example.polarity})", style="bold"))
            examples += [Text(f"  {example.source}", style="dim"), Text(f"  {example.text}")]
    head = [Text("Originals without a variant:")] if reasons else []
    return Group(grid, *head, *reasons, Text(), *examples)


def diagnosis_tables(diagnosis: Diagnosis) -> RenderableType:
    """The results of `arts diagnose`, to be printed by Rich.

    They are the separability of synthetic and natural texts (how well a classifier tells them apart), and
    the ten tokens most over-represented in the synthetic texts. If language models scored the texts, the
    perplexities of both kinds of text follow, one row per language model.
    """
    auc = diagnosis.separability
    grid = new_table("Tokens that peak", ("token", "per 1,000 synthetic", "natural", "z"))
    for peak in diagnosis.tokens[:10]:
        cells = (f"{peak.synthetic:.1f}", f"{peak.natural:.1f}", f"{peak.log_odds:.1f}")
        grid.add_row(Text(peak.token), *cells)
    parts: list[RenderableType] = [
        Text(
            f"{diagnosis.synthetic:,} synthetic and {diagnosis.natural:,} natural texts. Told apart by their "
            f"embeddings with an AUC of {auc.auc:.3f} (folds: {auc.low:.3f} to {auc.high:.3f}; "
            "0.5: not at all)."
        ),
        grid,
    ]
    if diagnosis.perplexity:
        perplexities = new_table("Perplexity: median (quartiles)", ("model", "synthetic", "natural"))
        for row in diagnosis.perplexity:
            pair = (f"{p.median:.1f} ({p.low:.1f} to {p.high:.1f})" for p in (row.synthetic, row.natural))
            perplexities.add_row(Text(row.model), *pair)
        parts.append(perplexities)
    return Group(*parts)


def probe_table(report: UnlearnReport) -> RenderableType:
    """The results of `arts unlearn`: a table with one row per training step at which it evaluated the model.

    A row has the losses on the forget set and on the retain set. The step whose weights were kept is marked.
    """
    grid = new_table(
        "Loss per prediction, in nats", ("step", "forget set: -log(1 - p)", "retain set: -log p")
    )
    for probe in report.probes:
        remark = " (kept)" if probe.step == report.kept else ""
        grid.add_row(f"{probe.step}{remark}", f"{probe.forget:.4f}", f"{probe.retain:.4f}")
    return grid
