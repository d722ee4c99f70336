"""The summary of one language model over the prompts that it was asked by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from arts.data.schema import Strategy
from arts.data.support.record import Count, Record
from arts.evaluation.language_model_record import LanguageModelInfo, PromptSpread
from arts.evaluation.report import Report


class PromptSummary(Record):
    """The scores of one language model over several prompts.

    Args:
        name: name of the model.
        seed: random seed of the examples; None if none were drawn.
        prompts: names of the prompts.
        accuracy: accuracy on the originals.
        ars: Aspect Robustness Score.
        strategies: accuracy on the variants, keyed by the strategy that made them.
    """

    name: str
    seed: Count | None
    prompts: tuple[str, ...]
    accuracy: PromptSpread
    ars: PromptSpread
    strategies: dict[Strategy, PromptSpread]

    @classmethod
    def of(cls, reports: Sequence[Report]) -> Self:
        """Summarize the reports of one model, one per prompt."""
        first = reports[0]
        return cls(
            name=name_without_prompt(first),
            seed=first.model.seed,
            prompts=tuple(asked(report).prompt for report in reports),
            accuracy=PromptSpread.of([report.accuracy.value for report in reports]),
            ars=PromptSpread.of([report.ars.value for report in reports]),
            strategies={
                strategy: PromptSpread.of([one.strategies[strategy].perturbed.value for one in reports])
                for strategy in first.strategies
            },
        )

    @property
    def label(self) -> str:
        """The name of the row: ``lm:mine, 4 shots, seed 1, 3 prompts``."""
        seed = [] if self.seed is None else [f"seed {self.seed}"]
        return ", ".join([self.name, *seed, f"{len(self.prompts)} prompts"])


def summarize_prompts(reports: Iterable[Report]) -> tuple[PromptSummary, ...]:
    """The summary of each language model that was asked by several prompts together."""
    groups: dict[object, list[Report]] = {}
    for report in reports:
        if report.language_model and len(report.language_model.prompts) > 1:
            together = report.model.id, report.model.seed, asked(report).shots, asked(report).prompts
            groups.setdefault(together, []).append(report)
    return tuple(PromptSummary.of(group) for group in groups.values() if len(group) > 1)


def name_without_prompt(report: Report) -> str:
    """The name of a report's language model without the name of the prompt that follows it."""
    return report.name.replace(f", {asked(report).prompt}", "", 1)


def asked(report: Report) -> LanguageModelInfo:
    """How the language model of a report was asked."""
    assert report.language_model
    return report.language_model
