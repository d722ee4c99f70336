"""The summary of several reports: scores over several seeds, and paired comparisons of models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Literal

import numpy as np

from arts.data.schema import Strategy
from arts.data.support.display import Displayed
from arts.data.support.record import Record
from arts.data.support.rounding import decimal_text, round_half_up
from arts.evaluation.paired_tests import Comparison
from arts.evaluation.prompt_summary import PromptSummary, summarize_prompts
from arts.evaluation.report import Report
from arts.evaluation.report_record import SCHEMA_VERSION
from arts.evaluation.scores import Estimate


class SeedSpread(Record):
    """The mean and standard deviation of one score over several seeds.

    Args:
        mean: mean over the seeds, in percent.
        deviation: sample standard deviation over the seeds (denominator n - 1), in percentage points.
    """

    mean: float
    deviation: float

    @classmethod
    def of(cls, estimates: Sequence[Estimate]) -> SeedSpread:
        """Compute the mean and deviation of one score from its estimates for at least two seeds."""
        values = [estimate.value for estimate in estimates]
        return cls(
            mean=round_half_up(float(np.mean(values))),
            deviation=round_half_up(float(np.std(values, ddof=1))),
        )

    def __str__(self) -> str:
        return f"{decimal_text(self.mean)} ± {decimal_text(self.deviation)}"


class SeedSummary(Record):
    """The scores of one model over several seeds.

    Args:
        name: name of the model.
        seeds: the random seeds, in the order of the reports.
        accuracy: accuracy on the originals.
        macro_f1: macro-F1 on the originals.
        ars: Aspect Robustness Score.
        strategies: accuracy on the variants, keyed by the strategy that made them.
    """

    name: str
    seeds: tuple[int, ...]
    accuracy: SeedSpread
    macro_f1: SeedSpread
    ars: SeedSpread
    strategies: dict[Strategy, SeedSpread]

    @classmethod
    def of(cls, reports: Sequence[Report], name: str) -> SeedSummary:
        """Summarize the reports of one model, of which there is one per seed, under a name."""
        first = reports[0]
        return cls(
            name=name,
            seeds=tuple(report.model.seed or 0 for report in reports),
            accuracy=SeedSpread.of([report.accuracy for report in reports]),
            macro_f1=SeedSpread.of([report.macro_f1 for report in reports]),
            ars=SeedSpread.of([report.ars for report in reports]),
            strategies={
                strategy: SeedSpread.of([report.strategies[strategy].perturbed for report in reports])
                for strategy in first.strategies
            },
        )


def reports_by_model(reports: Iterable[Report]) -> dict[str, list[Report]]:
    """Group reports of one model with different seeds.

    Reports with the same name are of one model if they also agree on everything that it was trained from, and
    each has a seed of its own.

    Returns:
        The reports of each model, keyed by its name. If several models have one name, ``(2)`` and so on
        follows the name of all but the first.
    """
    groups: dict[str, list[Report]] = {}
    for report in reports:
        for label in _numbered_names(report.name):
            group = groups.setdefault(label, [])
            if not group or (_can_join(report, group) and _conditions(report) == _conditions(group[0])):
                group.append(report)
                break
    return groups


def _numbered_names(name: str) -> Iterator[str]:
    """Yield a name, then the name followed by (2), by (3) and so on."""
    yield name
    for number in count(2):
        yield f"{name} ({number})"


def _can_join(report: Report, group: Sequence[Report]) -> bool:
    """Whether a report has a seed that no report of the group has."""
    return report.model.seed is not None and report.model.seed not in [one.model.seed for one in group]


def _conditions(report: Report) -> tuple[object, ...]:
    """What reports of one model with several seeds have in common."""
    model = report.model
    taught = (model.intervention or {}).get("name")
    return report.dataset.checksum, model.id, model.encoder, model.encoder_checksum, model.extras, taught


class Pairing(Comparison):
    """A paired comparison of two models, with their names.

    Args:
        first: name of the first model.
        second: name of the second model, whose scores are subtracted.
        seed: random seed that the first model was trained with; None if this package did not train it.
    """

    first: str
    second: str
    seed: int | None

    def headline(self) -> str:
        """The names of the two models, and the two differences."""
        seed = "" if self.seed is None else f" (seed {self.seed})"
        return f"{self.first} minus {self.second}{seed}: accuracy {self.accuracy}; ARS {self.ars}"


class Summary(Displayed, Record):
    """The results of one call of `arts evaluate`: its reports, summarized and compared.

    Args:
        schema_version: version of the schema.
        reports: the reports, one per model and seed.
        seeds: the scores over all seeds, for each model with several seeds.
        comparisons: paired comparisons between models.
        prompts: the scores over all prompts, for each language model that was asked by several.
    """

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    reports: tuple[Report, ...]
    seeds: tuple[SeedSummary, ...]
    comparisons: tuple[Pairing, ...]
    prompts: tuple[PromptSummary, ...] = ()

    def headline(self) -> str:
        """The dataset and the number of reports."""
        return f"{self.reports[0].dataset.name}: {len(self.reports)} reports"

    def facts(self) -> dict[str, str]:
        """Accuracy and ARS of each model, over its seeds if there are several, and how pairs differ."""
        several = (
            f"{group.name}, {len(group.seeds)} seeds: accuracy {group.accuracy}, ARS {group.ars}"
            for group in self.seeds
        )
        parts = {
            "report": (f"{r.label}: accuracy {r.accuracy}, ARS {r.ars}" for r in self.reports),
            "seeds": several,
            "prompts": (f"{p.label}: accuracy {p.accuracy}, ARS {p.ars}" for p in self.prompts),
            "comparison": (pair.headline() for pair in self.comparisons),
        }
        return {f"{what} {n}": text for what, texts in parts.items() for n, text in enumerate(texts, 1)}

    @classmethod
    def of(cls, reports: Sequence[Report]) -> Summary:
        """Summarize the reports of each model over its seeds, and compare the models in pairs.

        `reports_by_model` says which reports are of one model.

        A plain model is one without an intervention. A model with an intervention is compared with the plain
        models that have the same id, and the first plain model is compared with every other plain model. Two
        models are compared seed by seed. A model without a seed is compared with all seeds of the other.
        """
        groups = reports_by_model(reports)
        return cls(
            reports=tuple(reports),
            seeds=tuple(SeedSummary.of(group, name) for name, group in groups.items() if len(group) > 1),
            comparisons=tuple(
                Pairing(first=first, second=second, seed=a.model.seed, **dict(a.compare(b)))
                for first, second in _name_pairs(groups)
                for a in groups[first]
                for b in groups[second]
                if a.model.seed == b.model.seed or None in (a.model.seed, b.model.seed)
            ),
            prompts=summarize_prompts(reports),
        )


def _name_pairs(groups: Mapping[str, Sequence[Report]]) -> Iterator[tuple[str, str]]:
    """Choose the pairs of models to compare.

    A plain model is one without an intervention. A model with an intervention is paired with the plain models
    that have the same id, and the first plain model in `groups` with every other plain model.

    Args:
        groups: the reports of each model, keyed by the model's name.

    Yields:
        The names of two models. The scores of the second are subtracted from those of the first.
    """
    plain = [name for name, group in groups.items() if not group[0].model.intervention]
    for name, group in groups.items():
        model = group[0].model
        if model.intervention:
            yield from ((name, other) for other in plain if groups[other][0].model.id == model.id)
        elif name != plain[0]:
            yield plain[0], name
