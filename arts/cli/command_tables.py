"""The tables of `arts models`, `arts generate`, `arts diagnose` and `arts unlearn`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding

from arts.cli.tables import FigureTable, sentence
from arts.data.support.rounding import decimal_text, share_text

if TYPE_CHECKING:
    from arts.diagnosis.perplexity import PerplexityQuartiles
    from arts.diagnosis.views import Diagnosis
    from arts.generators.running.quality_report import QualityReport
    from arts.unlearning.report import UnlearnReport

SIZES = ("parameters", "trained")


def model_table(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """The table of registered models, from the rows of `arts.models.registry.model_rows`."""
    caption = (
        "parameters: in millions (M), with the default encoder. trained: those of them that training changes."
    )
    headings = ("name", "paper", *SIZES, "reads")
    grid = FigureTable("Models", headings, names=("paper", "reads"), caption=caption)
    for row in rows:
        sizes = (f"{decimal_text(row[size] / 1e6, 1)}M" if size in row else "" for size in SIZES)
        grid.add_row(row["name"], row["paper"], *sizes, row["reads"])
    return grid


def quality_table(report: QualityReport) -> RenderableType:
    """The results of `arts generate`, to be printed by Rich.

    They are the numbers of originals and variants by strategy, how many originals have no variant and for
    what reasons, and one example of a variant per strategy.
    """
    measured = any(tally.measured for tally in report.strategies.values())
    more = ["nats over source"] if measured else []
    headings = ("strategy", "originals", "variants", "coverage", "expected accepted", *more)
    grid = FigureTable("Generated", headings)
    reasons = FigureTable(
        "Originals without a variant", ("strategy", "originals", "reason"), names=("reason",)
    )
    examples: list[RenderableType] = []
    for strategy, tally in report.strategies.items():
        nats = [decimal_text(tally.nats / tally.measured, 1, sign=True) if tally.measured else ""]
        expected = share_text(tally.expected) if tally.acceptance else ""
        cells = (f"{tally.tried:,}", f"{tally.generated:,}", share_text(tally.coverage), expected)
        grid.add_row(strategy.upper(), *cells, *(nats if measured else ()))
        for reason, count in tally.rejected.most_common():
            reasons.add_row(strategy.upper(), f"{count:,}", reason)
        for example in tally.examples[:1]:
            examples += [
                sentence(f"{strategy.upper()}, {example.target} ({example.polarity})", "bold"),
                _indented(f"original: {example.source}", "dim"),
                _indented(f"variant: {example.text}"),
            ]
    written = [*_writing_tables(report)]
    return Group(grid, *written, *([reasons] if reasons.has_rows else ()), *examples)


def _writing_tables(report: QualityReport) -> Iterator[FigureTable]:
    """What came of what a language model wrote; nothing where none was asked."""
    tallies = {strategy: tally.writing for strategy, tally in report.strategies.items() if tally.writing}
    if not tallies:
        return
    headings = ("strategy", "asked", "accepted", "rules instead", "tokens changed, mean")
    grid = FigureTable("Written by a language model", headings)
    refused = FigureTable("Proposals refused", ("strategy", "proposals", "reason"), names=("reason",))
    for strategy, tally in tallies.items():
        name, distance = strategy.upper(), decimal_text(tally.mean_distance, 1)
        grid.add_row(name, f"{tally.asked:,}", f"{tally.accepted:,}", f"{tally.replaced:,}", distance)
        for reason, count in tally.refused.most_common():
            refused.add_row(name, f"{count:,}", reason)
    yield grid
    if refused.has_rows:
        yield refused


def _indented(text: str, style: str = "") -> RenderableType:
    return Padding(sentence(text, style), (0, 0, 0, 2), expand=False)


def diagnosis_tables(diagnosis: Diagnosis) -> RenderableType:
    """The results of `arts diagnose`, to be printed by Rich.

    They are the separability of synthetic and natural texts (how well a classifier tells them apart), and
    the ten tokens most over-represented in the synthetic texts. If language models scored the texts, the
    perplexities of both kinds of text follow, one row per language model.
    """
    auc = diagnosis.separability
    grid = FigureTable(
        "Tokens that peak in the synthetic texts, per 1,000 tokens",
        ("token", "synthetic", "natural", "z"),
        caption="z: how sure the difference is, the z-score of the log-odds ratio.",
    )
    for peak in diagnosis.tokens[:10]:
        cells = (decimal_text(value, 1) for value in (peak.synthetic, peak.natural, peak.log_odds))
        grid.add_row(peak.token, *cells)
    mean, low, high = (decimal_text(value, 3) for value in (auc.auc, auc.low, auc.high))
    parts: list[RenderableType] = [
        sentence(
            f"{diagnosis.synthetic:,} synthetic and {diagnosis.natural:,} natural texts. Told apart by their "
            f"embeddings with an AUC of {mean} (folds: {low} to {high}; 0.5: not at all; 1: always)."
        ),
        grid,
    ]
    if diagnosis.perplexity:
        perplexities = FigureTable("Perplexity: median (quartiles)", ("model", "synthetic", "natural"))
        for row in diagnosis.perplexity:
            perplexities.add_row(row.model, *map(_quartiles, (row.synthetic, row.natural)))
        parts.append(perplexities)
    return Group(*parts)


def _quartiles(perplexity: PerplexityQuartiles) -> str:
    """Format the median of perplexities and, in brackets, their quartiles."""
    low, median, high = (
        decimal_text(value, 1) for value in (perplexity.low, perplexity.median, perplexity.high)
    )
    return f"{median} ({low} to {high})"


def probe_table(report: UnlearnReport) -> RenderableType:
    """The results of `arts unlearn`: a table with one row per training step at which it evaluated the model.

    A row has the losses on the forget set and on the retain set. The step whose weights were kept is marked.
    """
    grid = FigureTable(
        "Loss per prediction, in nats", ("step", "forget set: -log(1 - p)", "retain set: -log p")
    )
    for probe in report.probes:
        remark = " (kept)" if probe.step == report.kept else ""
        grid.add_row(f"{probe.step:,}{remark}", decimal_text(probe.forget, 4), decimal_text(probe.retain, 4))
    return grid
