"""The quality report: what was generated, what was not and why, with examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from arts.data.schema import Strategy
from arts.data.support.record import Record
from arts.generators.generator import Outcome

MAX_EXAMPLES = 5  # examples of each strategy


class VariantExample(Record):
    """A variant beside its source.

    Args:
        id: the id of the variant.
        target: the aspect term that it is asked about.
        polarity: the target's polarity before and after.
        source: the text of the original.
        text: the text of the variant.
        rules: the rules that made its edits.
    """

    id: str
    target: str
    polarity: str
    source: str
    text: str
    rules: tuple[str, ...]


class StrategyTally(Record, frozen=False):
    """One strategy's part of the report.

    Args:
        tried: number of originals.
        generated: number of originals with a variant.
        rejected: number of originals without one, by reason.
        rules: how often each rule made an edit.
        examples: the first few variants.
        nats: by how many nats the variants are less likely than their sources, summed over those `measured`.
        measured: number of variants whose likelihood a language model measured.
    """

    tried: int = 0
    generated: int = 0
    rejected: Counter[str] = Field(default_factory=Counter)
    rules: Counter[str] = Field(default_factory=Counter)
    examples: list[VariantExample] = Field(default_factory=list)
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
        variant = outcome.candidates[0]
        self.generated += 1
        if outcome.nll_increase is not None:
            self.nats += outcome.nll_increase
            self.measured += 1
        self.rules.update(edit.rule for edit in variant.edits)
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(
                VariantExample(
                    id=variant.id,
                    target=variant.aspect.term,
                    polarity=f"{outcome.source.polarity} → {variant.polarity}",
                    source=outcome.source.text,
                    text=variant.text,
                    rules=tuple(edit.rule for edit in variant.edits),
                )
            )

    def merge(self, other: StrategyTally) -> None:
        """Add another tally to this one."""
        self.tried += other.tried
        self.generated += other.generated
        self.rejected.update(other.rejected)
        self.rules.update(other.rules)
        self.examples = [*self.examples, *other.examples][:MAX_EXAMPLES]
        self.nats += other.nats
        self.measured += other.measured


class Tally(Record, frozen=False):
    """What became of the originals, by strategy."""

    strategies: dict[Strategy, StrategyTally] = Field(default_factory=dict)

    @classmethod
    def count(cls, outcomes: Iterable[Outcome]) -> Tally:
        """Count outcomes by strategy."""
        tally = cls()
        for outcome in outcomes:
            tally.strategies.setdefault(outcome.strategy, StrategyTally()).add(outcome)
        return tally

    def merge(self, other: Tally) -> None:
        """Add another tally to this one."""
        for strategy, tally in other.strategies.items():
            self.strategies.setdefault(strategy, StrategyTally()).merge(tally)


class QualityReport(Tally):
    """The tally of a run with its input, its options and the versions of what made it."""

    schema_version: Literal[1] = 1
    source: dict[str, Any] = Field(default_factory=dict)
    options: dict[str, Any] = Field(default_factory=dict)
    provenance: dict[str, Any] = Field(default_factory=dict)
