"""What the board says of a corpus in a few sentences: who leads, how sure that is, where models lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from arts.data.support.rounding import decimal_text, p_value_text
from arts.evaluation.scores import Estimate
from arts.leaderboard.analysis.ranking import is_worse, p_value_of
from arts.leaderboard.analysis.rows import BoardRow

LARGE_FALL = 5.0  # points of accuracy that a model must not lose where what is added agrees with the target


class Headline(NamedTuple):
    """The sentences at the top of the board, as plain text.

    Args:
        leader: Name of the model with the best ARS.
        figures: What it has, as the rest of a sentence on it.
        certainty: Whether the models after it can be told apart from it; empty for one model.
        caution: That the model answers against whatever is added, if the probe has found it; else empty.
        losses: Under which strategy most models lose the most; empty if that is not known.
    """

    leader: str
    figures: str
    certainty: str
    caution: str
    losses: str

    @property
    def rest(self) -> str:
        """All that is said after the name of the leader."""
        return " ".join(filter(None, self[1:]))


def headline(rows: Sequence[BoardRow], labels: Mapping[str, str]) -> Headline | None:
    """The headline of a corpus; None if no row is ranked.

    Args:
        rows: The rows of the corpus, best ARS first.
        labels: The name of each row, keyed by the key of the row.
    """
    ranked = [row for row in rows if row.is_ranked]
    if not ranked:
        return None
    best, tied = ranked[0], _tied(ranked)
    return Headline(
        leader=labels[best.key],
        figures=f"leads with an ARS of {short_interval(best.ars)}{_basis(best)}.",
        certainty=_certainty(ranked, labels, tied=len(tied)),
        caution=_caution(best, labels, tied=tied),
        losses=_losses(ranked),
    )


def short_interval(estimate: Estimate) -> str:
    """A score with its interval, all with one decimal.

    Example:
        >>> short_interval(Estimate(value=56.64, low=52.04, high=61.3))
        '56.6 [52.0, 61.3]'
    """
    low, high = decimal_text(estimate.low, 1), decimal_text(estimate.high, 1)
    return f"{decimal_text(estimate.value, 1)} [{low}, {high}]"


def _basis(row: BoardRow) -> str:
    """What the figures of a row are over: its seeds."""
    if row.is_published:
        return ", in the paper"
    return f", the mean of {len(row.entries)} seeds" if len(row.entries) > 1 else ""


def _certainty(ranked: Sequence[BoardRow], labels: Mapping[str, str], *, tied: int) -> str:
    """Whether the rows after the best one, of which some are tied with it, can be told apart from it."""
    best, others = ranked[0], ranked[1:]
    if not others:
        return ""
    if tied:
        names = " and ".join(labels[row.key] for row in others[:2]) if tied <= 2 else ""
        who = f"The next, {names}," if tied == 1 else f"The next {tied}{f', {names},' if names else ''}"
        return f"{who} cannot be told apart from it."
    second = others[0]
    p_value = p_value_of(best, second)
    how = f"{p_value_text(p_value)}, paired test" if p_value is not None else "the intervals do not overlap"
    one_seed = "; it has one seed, so luck in training is not ruled out" if len(best.seeds) == 1 else ""
    ahead = f"It is surely better than the second, {labels[second.key]} with {short_interval(second.ars)}"
    return f"{ahead} ({how}){one_seed}."


def _tied(ranked: Sequence[BoardRow]) -> list[BoardRow]:
    """The rows after the best one that cannot be told apart from it."""
    best, others = ranked[0], ranked[1:]
    return list(takewhile(lambda row: not is_worse(row, best)[0], others))


def _caution(best: BoardRow, labels: Mapping[str, str], *, tied: Sequence[BoardRow]) -> str:
    """That the best model answers against whatever is added, if the probe "same side" has found it.

    The first model that is tied with it, and does not, is named.
    """
    if best.same_side is None or best.same_side > -LARGE_FALL:
        return ""
    known = (row for row in tied if row.same_side is not None and row.same_side > -LARGE_FALL)
    better = next((f" {labels[row.key]}, tied with it, does not." for row in known), "")
    lost = f"it loses {-best.same_side:.1f} points: in part, it answers against whatever is added."
    return f"But where what is added agrees with the target (same side), {lost}{better}"


def _losses(ranked: Sequence[BoardRow]) -> str:
    """Under which strategy the most rows lose the most accuracy."""
    worst = Counter(row.worst_strategy for row in ranked if row.drops)
    known = worst.total()
    strategies = {strategy: count for strategy, count in worst.items() if strategy}
    if not strategies:
        return ""
    strategy = max(strategies, key=strategies.__getitem__)
    count = strategies[strategy]
    if 2 * count > known:
        return f"Most models ({count} of {known}) lose most under {str(strategy).upper()}."
    return f"Models lose most under {str(strategy).upper()} ({count} of {known}) more often than elsewhere."
