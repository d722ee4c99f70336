"""The quality report: what was generated, what was not and why, with examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from arts.data.schema import Strategy
from arts.data.support.record import Record
from arts.generators.generator import Outcome

EXAMPLES = 5  # a strategy


class Example(Record):
    """A variant beside its source."""

    id: str
    target: str
    polarity: str
    source: str
    text: str
    rules: tuple[str, ...]


class StrategyTally(Record, frozen=False):
    """One strategy's part of the report.

    Args:
        tried: originals.
        generated: originals with a variant.
        rejected: originals without one, by reason.
        rules: how often each rule made an edit.
        examples: the first few.
        nats: by which variants are less likely than their sources, summed over those `measured`.
    """

    tried: int = 0
    generated: int = 0
    rejected: Counter[str] = Field(default_factory=Counter)
    rules: Counter[str] = Field(default_factory=Counter)
    examples: list[Example] = []
    nats: float = 0.0
    measured: int = 0

    @property
    def coverage(self) -> float:
        """The share of originals that have a variant."""
        return self.generated / self.tried if self.tried else 0.0

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        self.tried += 1
        if outcome.reason:
            self.rejected[str(outcome.reason)] += 1
            return
        chosen = outcome.candidates[0]
        self.generated += 1
        if outcome.rise is not None:
            self.nats += outcome.rise
            self.measured += 1
        self.rules.update(edit.rule for edit in chosen.edits)
        if len(self.examples) < EXAMPLES:
            self.examples.append(
                Example(
                    id=chosen.id,
                    target=chosen.aspect.term,
                    polarity=f"{outcome.source.polarity} → {chosen.polarity}",
                    source=outcome.source.text,
                    text=chosen.text,
                    rules=tuple(edit.rule for edit in chosen.edits),
                )
            )

    def merge(self, other: StrategyTally) -> None:
        """Add another tally to this one."""
        self.tried += other.tried
        self.generated += other.generated
        self.rejected.update(other.rejected)
        self.rules.update(other.rules)
        self.examples = [*self.examples, *other.examples][:EXAMPLES]
        self.nats += other.nats
        self.measured += other.measured


class Tally(Record, frozen=False):
    """Counts by strategy."""

    strategies: dict[Strategy, StrategyTally] = {}

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Tally:
        """Count outcomes."""
        tally = cls()
        for outcome in outcomes:
            tally.strategies.setdefault(outcome.strategy, StrategyTally()).add(outcome)
        return tally

    def merge(self, other: Tally) -> None:
        """Add another tally to this one."""
        for strategy, part in other.strategies.items():
            self.strategies.setdefault(strategy, StrategyTally()).merge(part)


class QualityReport(Tally):
    """The tally of a run with what made it."""

    schema_version: Literal[1] = 1
    source: dict[str, Any] = {}
    options: dict[str, Any] = {}
    provenance: dict[str, Any] = {}
