"""The quality report: how many variants were generated, why others were not, and examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from arts.data.schema import Strategy
from arts.data.support.display import Displayed
from arts.data.support.record import Record
from arts.data.support.rounding import share_text
from arts.generators.acceptability.judge import DIGITS
from arts.generators.generator import Outcome
from arts.generators.writing.result import WritingResult

MAX_EXAMPLES = 5  # number of examples per strategy


class VariantExample(Record):
    """A variant beside its original.

    Args:
        id: the id of the variant.
        target: the aspect term that is asked about.
        polarity: the target's polarity in the original and in the variant, e.g. ``positive → negative``.
        source: the text of the original.
        text: the text of the variant.
        rules: the names of the rules that made the edits, such as ``antonym``, one per edit.
    """

    id: str
    target: str
    polarity: str
    source: str
    text: str
    rules: tuple[str, ...]


class WritingTally(Record, frozen=False):
    """The counts of what a language model wrote by one strategy.

    Args:
        asked: the number of originals that it was asked to write a variant of.
        refused: the number of its proposals that were refused, keyed by the reason.
        replaced: the number of originals for which the rules' variant was taken instead.
        distances: the number of its variants, keyed by the token edit distance from the original.
        prompt_tokens: tokens that writer and verifier read.
        completion_tokens: tokens that they wrote.
    """

    asked: int = 0
    refused: Counter[str] = Field(default_factory=Counter)
    replaced: int = 0
    distances: Counter[int] = Field(default_factory=Counter)
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def accepted(self) -> int:
        """The number of variants that it wrote and that passed."""
        return self.distances.total()

    @property
    def mean_distance(self) -> float:
        """The mean token edit distance of its variants; 0 without variants."""
        return sum(n * count for n, count in self.distances.items()) / max(self.accepted, 1)

    def add(self, result: WritingResult, *, has_variant: bool) -> None:
        """Add what came of a proposal.

        Args:
            result: what came of it.
            has_variant: whether the original has a variant, written or made by rules.
        """
        self.asked += 1
        self.prompt_tokens += result.prompt_tokens
        self.completion_tokens += result.completion_tokens
        if result.fault:
            self.refused[str(result.fault)] += 1
            self.replaced += has_variant
        elif result.distance is not None:
            self.distances[result.distance] += 1

    def merge(self, other: WritingTally) -> None:
        """Add the counts of another tally to this one."""
        self.asked += other.asked
        self.refused.update(other.refused)
        self.replaced += other.replaced
        self.distances.update(other.distances)
        self.prompt_tokens += other.prompt_tokens
        self.completion_tokens += other.completion_tokens


class StrategyTally(Record, frozen=False):
    """The counts of one strategy.

    Args:
        tried: the number of originals that the strategy was tried on.
        generated: the number of originals with a variant.
        rejected: the number of originals without a variant, keyed by the reason.
        remarks: the number of variants that lack something, keyed by what that is.
        rules: the number of edits in the variants, keyed by the name of the rule that made them.
        added: the number of variants with added aspects, keyed by the number of these.
        examples: the first variants, at most five.
        nats: how much less likely the variants are than their originals: the increase in negative
            log-likelihood, summed over the tokens and over the variants that were `measured`, in nats.
        measured: the number of variants whose likelihood a language model measured.
        acceptance: the sum of the acceptance of the variants, which is the number of those that a reader is
            expected to find fluent with the right label.
        writing: the counts of what a language model wrote; None where none was asked.
    """

    tried: int = 0
    generated: int = 0
    rejected: Counter[str] = Field(default_factory=Counter)
    remarks: Counter[str] = Field(default_factory=Counter)
    rules: Counter[str] = Field(default_factory=Counter)
    added: Counter[int] = Field(default_factory=Counter)
    examples: list[VariantExample] = Field(default_factory=list)
    nats: float = 0.0
    measured: int = 0
    acceptance: float = 0.0
    writing: WritingTally | None = None

    @property
    def coverage(self) -> float:
        """The fraction of the originals that have a variant, from 0 to 1; 0 when none was tried."""
        return self.generated / self.tried if self.tried else 0.0

    @property
    def expected(self) -> float:
        """The share of the variants that a reader is expected to accept, from 0 to 1; 0 without variants."""
        return self.acceptance / self.generated if self.generated else 0.0

    def add(self, outcome: Outcome) -> None:
        """Add an outcome to the counts; of its variants, only the first one counts."""
        self.tried += 1
        if outcome.written:
            self.writing = self.writing or WritingTally()
            self.writing.add(outcome.written, has_variant=not outcome.reason)
        if outcome.reason:
            self.rejected[str(outcome.reason)] += 1
            return
        variant = outcome.candidates[0]
        self.generated += 1
        self.acceptance = round(self.acceptance + (variant.acceptance or 0.0), DIGITS)
        if outcome.remark:
            self.remarks[str(outcome.remark)] += 1
        if outcome.nll_increase is not None:
            self.nats += outcome.nll_increase
            self.measured += 1
        self.rules.update(edit.rule for edit in variant.edits)
        if more := len(variant.aspects) - len(outcome.source.aspects):
            self.added[more] += 1
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
        """Add the counts and examples of another tally to this one."""
        self.tried += other.tried
        self.generated += other.generated
        self.rejected.update(other.rejected)
        self.remarks.update(other.remarks)
        self.rules.update(other.rules)
        self.added.update(other.added)
        self.examples = [*self.examples, *other.examples][:MAX_EXAMPLES]
        self.nats += other.nats
        self.measured += other.measured
        self.acceptance = round(self.acceptance + other.acceptance, DIGITS)
        if other.writing:
            self.writing = self.writing or WritingTally()
            self.writing.merge(other.writing)


class Tally(Record, frozen=False):
    """The counts of every strategy, keyed by strategy."""

    strategies: dict[Strategy, StrategyTally] = Field(default_factory=dict)

    @classmethod
    def count(cls, outcomes: Iterable[Outcome]) -> Tally:
        """Count outcomes by their strategy."""
        tally = cls()
        for outcome in outcomes:
            tally.strategies.setdefault(outcome.strategy, StrategyTally()).add(outcome)
        return tally

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally to this one."""
        for strategy, tally in other.strategies.items():
            self.strategies.setdefault(strategy, StrategyTally()).merge(tally)


class QualityReport(Displayed, Tally):
    """The counts of a whole run, with its input, its options, and the versions of the software used."""

    schema_version: Literal[1] = 1
    source: dict[str, Any] = Field(default_factory=dict)
    options: dict[str, Any] = Field(default_factory=dict)
    provenance: dict[str, Any] = Field(default_factory=dict)

    def headline(self) -> str:
        """The number of variants and of strategies."""
        variants = sum(tally.generated for tally in self.strategies.values())
        return f"{variants:,} variants by {len(self.strategies)} strategies"

    def facts(self) -> dict[str, str]:
        """Of how many originals each strategy made a variant."""
        return {
            name.upper(): f"{tally.generated:,} of {tally.tried:,} originals, {share_text(tally.coverage)}"
            for name, tally in self.strategies.items()
        }
