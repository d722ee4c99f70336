"""The rows of the board: one per model, with the means of its scores over its random seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

from arts.data.schema import Strategy
from arts.data.support.rounding import round_half_up
from arts.evaluation.scores import Estimate
from arts.evaluation.seed_summary import SeedMean, SeedSummary
from arts.evaluation.verification import Status
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.published import is_packaged
from arts.leaderboard.store.seed_groups import SeedGroup, seed_groups, summaries


@dataclass(frozen=True)
class BoardRow:
    """One model on one corpus: its entries, one per random seed, and its scores over them.

    Args:
        entries: The entries, sorted by seed.
        accuracy, ars, macro_f1: Scores in percent, with 95% intervals. For several entries, they are means
            with intervals over seeds and sentences; for one, they are its own. The paper gives no macro-F1.
        strategies: Accuracy on the variants in percent, keyed by the strategy that made them.
        spans_seeds: Whether the intervals are no more than the span of those of the seeds, because there are
            no checked predictions to compute that of the mean from.
    """

    entries: SeedGroup
    accuracy: Estimate
    ars: Estimate
    macro_f1: Estimate | None
    strategies: Mapping[Strategy, Estimate]
    spans_seeds: bool = False

    @property
    def first(self) -> BoardEntry:
        """The entry with the lowest seed."""
        return self.entries[0]

    @property
    def key(self) -> str:
        """Identifies the row: the configuration of several entries, or the key of a single one."""
        return self.first.key if len(self.entries) == 1 else self.first.configuration

    @property
    def label(self) -> str:
        """The name of the model, without the seed; that of a row of the paper ends with "(paper)"."""
        return self.first.label if self.is_published else self.first.name

    @property
    def seeds(self) -> tuple[int, ...]:
        """The random seeds of the entries, in their order; empty if there are none."""
        return tuple(entry.seed for entry in self.entries if entry.seed is not None)

    @property
    def status(self) -> Status:
        """How far the scores can be trusted; it is the same for all entries."""
        return self.first.status

    @property
    def is_published(self) -> bool:
        """Whether the scores are those of the paper."""
        return self.status is Status.PUBLISHED

    @property
    def is_ranked(self) -> bool:
        """Whether the row has a rank: its predictions were checked, or its scores come with this package."""
        checked = self.first.has_predictions and self.status is not Status.UNCHECKED
        return checked or is_packaged(self.first)

    @cached_property
    def by_seed(self) -> list[BoardRow]:
        """The rows of the single entries; empty if there is one."""
        return [row_of(entry) for entry in self.entries] if len(self.entries) > 1 else []

    @cached_property
    def originals(self) -> dict[Strategy, float]:
        """Accuracy in percent on the originals of a strategy's variants, where known; means over seeds."""
        known = [s for s in self.strategies if all(s in entry.originals for entry in self.entries)]
        return {s: round_half_up(fmean(entry.originals[s] for entry in self.entries)) for s in known}

    @cached_property
    def drops(self) -> dict[Strategy, float]:
        """By how many points accuracy falls from the originals to the variants of a strategy, where known."""
        return {s: round_half_up(value - self.strategies[s].value) for s, value in self.originals.items()}

    @property
    def same_side(self) -> float | None:
        """By how many points accuracy changes when agreeing clauses are added; None unless all tell it."""
        known = [entry.same_side for entry in self.entries if entry.same_side is not None]
        return round_half_up(fmean(known)) if len(known) == len(self.entries) else None

    @cached_property
    def worst_strategy(self) -> Strategy | None:
        """The strategy under which the most accuracy is lost; None if it is not known, or none is lost."""
        drops = {strategy: drop for strategy, drop in self.drops.items() if drop > 0}
        return max(drops, key=drops.__getitem__) if drops else None


def board_rows(entries: Sequence[BoardEntry]) -> list[BoardRow]:
    """The rows of entries of one corpus, best ARS first.

    Entries of one model with different seeds are one row, see
    `arts.leaderboard.store.seed_groups.seed_groups`. The intervals of means over seeds were computed when the
    entries were checked. Without checked predictions, they span those of the seeds.

    Args:
        entries: The entries.
    """
    groups = seed_groups(entries)
    means = summaries(groups)
    rows = (
        _row_of_seeds(group, means[group[0].key]) if group[0].key in means else row_of(*group)
        for group in groups
    )
    return sorted(rows, key=row_order)


def row_order(row: BoardRow) -> tuple[float, float, str]:
    """Sort key that puts the best row first: by ARS, then by accuracy, then by its key."""
    return -row.ars.value, -row.accuracy.value, row.key


def row_of(*entries: BoardEntry) -> BoardRow:
    """The row of an entry, or that of several with intervals that span theirs."""
    shared = [s for s in entries[0].strategies if all(s in entry.strategies for entry in entries)]
    f1 = [entry.macro_f1 for entry in entries if entry.macro_f1]
    return BoardRow(
        entries,
        _span([entry.accuracy for entry in entries]),
        _span([entry.ars for entry in entries]),
        _span(f1) if f1 else None,
        {strategy: _span([entry.strategies[strategy] for entry in entries]) for strategy in shared},
        spans_seeds=len(entries) > 1,
    )


def _span(estimates: Sequence[Estimate]) -> Estimate:
    """The mean of some estimates, with an interval that spans theirs."""
    lows, highs = ([getattr(one, end) for one in estimates] for end in ("low", "high"))
    value = round_half_up(fmean(one.value for one in estimates))
    return Estimate(value=value, low=min(lows), high=max(highs))


def _row_of_seeds(group: SeedGroup, summary: SeedSummary) -> BoardRow:
    """The row of several entries, with the means over their seeds."""
    return BoardRow(
        group,
        _estimate(summary.accuracy),
        _estimate(summary.ars),
        _estimate(summary.macro_f1),
        {strategy: _estimate(mean) for strategy, mean in summary.strategies.items()},
    )


def _estimate(mean: SeedMean) -> Estimate:
    """A mean over seeds as the estimate of a score."""
    return Estimate(value=mean.mean, low=mean.low, high=mean.high)
