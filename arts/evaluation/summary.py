"""The summary of several reports: scores over several seeds, and paired comparisons of models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from operator import methodcaller
from typing import Any, ClassVar, Literal, Self

from arts.data.support.display import Displayed
from arts.data.support.record import Count, Record
from arts.evaluation.paired_tests import Comparison
from arts.evaluation.prompt_summary import PromptSummary, summarize_prompts
from arts.evaluation.report import Report
from arts.evaluation.report_record import SCHEMA_VERSION
from arts.evaluation.resample import Resample
from arts.evaluation.seed_summary import SeedSummary, compare_seeds, seeds_of


def reports_by_model(
    reports: Iterable[Report],
    settings_of: Callable[[Mapping[str, Any]], object] = methodcaller("get", "name"),
) -> dict[str, list[Report]]:
    """Group reports of one model with different seeds.

    Reports with the same name are of one model if they also agree on everything that it was trained from, and
    each has a seed of its own.

    Args:
        reports: the reports.
        settings_of: what the interventions of one model have in common, from what a report says of an
            intervention. Default: their name, for reports of one call of `arts evaluate`.

    Returns:
        The reports of each model, keyed by its name. If several models have one name, ``(2)`` and so on
        follows the name of all but the first.
    """
    conditions = partial(_conditions, settings_of=settings_of)
    groups: dict[str, list[Report]] = {}
    for report in reports:
        for label in _numbered_names(report.name):
            group = groups.setdefault(label, [])
            if not group or (_can_join(report, group) and conditions(report) == conditions(group[0])):
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


def _conditions(report: Report, settings_of: Callable[[Mapping[str, Any]], object]) -> tuple[object, ...]:
    """What reports of one model with several seeds have in common."""
    model = report.model
    taught = settings_of(model.intervention) if model.intervention else None
    return report.dataset.checksum, model.id, model.encoder, model.encoder_checksum, model.extras, taught


def _common_seed(first: Report, second: Report) -> int | None:
    """The seed of the first of two reports; None if the second has another."""
    seed = first.model.seed
    return seed if second.model.seed in (seed, None) else None


class Pairing(Comparison):
    """A paired comparison of two models, with their names.

    Args:
        first: name of the first model.
        second: name of the second model, whose scores are subtracted.
        seed: random seed that the first model was trained with; None if this package did not train it, or
            there are several.
        seeds: random seeds of the first and of the second model, if one of them has several; otherwise empty.
    """

    first: str
    second: str
    seed: int | None
    seeds: tuple[tuple[Count, ...], ...] = ()
    absent_when_empty: ClassVar[tuple[str, ...]] = ("seeds",)

    @classmethod
    def of(
        cls,
        first: Sequence[Report],
        second: Sequence[Report],
        *,
        names: Sequence[str],
        resample: Resample | None,
    ) -> Self:
        """Compare two models, of which there is a report per seed, under these names."""
        several = max(len(first), len(second)) > 1
        return cls(
            first=names[0],
            second=names[1],
            seed=None if several else _common_seed(first[0], second[0]),
            seeds=tuple(seeds_of(side) for side in (first, second)) if several else (),
            **dict(compare_seeds(first, second, resample=resample)),
        )

    @property
    def method(self) -> str:
        """How intervals and p-values were computed."""
        if self.seeds:
            return f"paired bootstrap over seeds and {self.resample}"
        if self.resample is Resample.UNITS:
            return "paired bootstrap over units, exact McNemar test"
        return "paired bootstrap and exact sign-flip test over sentences"

    @property
    def measured(self) -> str:
        """The seeds, as in ``(seed 1)`` or ``(seeds 1, 2, 3)``; empty if there are none."""
        if not self.seeds:
            return "" if self.seed is None else f"(seed {self.seed})"
        first, second = (", ".join(map(str, seeds)) or "none" for seeds in self.seeds)
        return f"(seeds {first})" if first == second else f"(seeds {first} against {second})"

    def headline(self) -> str:
        """The names of the two models, their seeds, and the two differences."""
        names = f"{self.first} minus {self.second} {self.measured}".rstrip()
        return f"{names}: accuracy {self.accuracy}; ARS {self.ars}"


class Summary(Displayed, Record):
    """The results of one call of `arts evaluate`: its reports, summarized and compared.

    Args:
        schema_version: version of the schema.
        reports: the reports, one per model and seed.
        seeds: the means over all seeds, for each model with several seeds.
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
        models that have the same id, and the first plain model is compared with every other plain model. Of
        models with several seeds the means are compared. What is resampled is what the first report says.
        """
        groups = reports_by_model(reports)
        resample = reports[0].bootstrap.resample
        return cls(
            reports=tuple(reports),
            seeds=tuple(
                SeedSummary.of(group, name, resample=resample)
                for name, group in groups.items()
                if len(group) > 1
            ),
            comparisons=tuple(
                Pairing.of(groups[first], groups[second], names=(first, second), resample=resample)
                for first, second in _name_pairs(groups)
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
