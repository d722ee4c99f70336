"""Units (originals with their variants), what entries predict for them, and a filter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from arts.data.schema import PERTURBATIONS, Instance, Polarity, Strategy
from arts.evaluation.metrics import POLARITIES
from arts.leaderboard.store.entry import BoardEntry

PredictionsById = Mapping[str, Polarity]  # the predicted polarity by the id of the instance


@dataclass(frozen=True)
class Unit:
    """An original and its variants, in the order of the strategies."""

    original: Instance
    variants: tuple[Instance, ...] = ()

    @property
    def id(self) -> str:
        """The id of the original."""
        return self.original.id

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The original, then its variants."""
        return self.original, *self.variants

    @cached_property
    def word_count(self) -> int:
        """Number of words of the original."""
        return len(self.original.text.split())

    @cached_property
    def rules(self) -> frozenset[str]:
        """The rules that made the recorded edits of the variants."""
        return frozenset(edit.rule for variant in self.variants for edit in variant.edits)

    def failed_by(self, predictions: PredictionsById) -> bool:
        """Whether at least one instance is predicted wrong, or not predicted."""
        return any(predictions.get(instance.id) is not instance.polarity for instance in self.instances)


@dataclass(frozen=True)
class UnitFilter:
    """Which units to show; an empty filter shows all.

    Args:
        strategies: Strategies of which a unit must have a variant; its other variants are left out.
        polarities: Polarities that the target may have in the original.
        rules: Rules of which one must have made a variant.
        shortest, longest: Fewest and most words of the original.
        failed_by_all: Whether every entry must fail the unit, on the original or on a variant that is shown.
    """

    strategies: Collection[Strategy] = ()
    polarities: Collection[Polarity] = ()
    rules: Collection[str] = ()
    shortest: int = 0
    longest: int | None = None
    failed_by_all: bool = False

    def apply(self, units: Iterable[Unit], predictions: Sequence[PredictionsById] = ()) -> list[Unit]:
        """The units that pass, each with the variants to show.

        Args:
            units: The units of a corpus.
            predictions: The predictions of each entry.
        """
        narrowed = (self._with_chosen_variants(unit) for unit in units)
        return [unit for unit in narrowed if self._passes(unit) and self._fails(unit, predictions)]

    def _with_chosen_variants(self, unit: Unit) -> Unit:
        if not self.strategies:
            return unit
        return replace(unit, variants=tuple(v for v in unit.variants if v.strategy in self.strategies))

    def _passes(self, unit: Unit) -> bool:
        return (
            bool(unit.variants or not self.strategies)
            and (not self.polarities or unit.original.polarity in self.polarities)
            and (not self.rules or not unit.rules.isdisjoint(self.rules))
            and self.shortest <= unit.word_count
            and (self.longest is None or unit.word_count <= self.longest)
        )

    def _fails(self, unit: Unit, predictions: Sequence[PredictionsById]) -> bool:
        return not self.failed_by_all or (bool(predictions) and all(map(unit.failed_by, predictions)))


def units_of(instances: Iterable[Instance]) -> list[Unit]:
    """The units of a test split, in the order of their originals."""
    originals: dict[str, Instance] = {}
    variants: dict[str, list[Instance]] = {}
    for instance in instances:
        if instance.strategy is Strategy.ORIGINAL:
            originals[instance.id] = instance
        else:
            variants.setdefault(instance.unit, []).append(instance)
    return [
        Unit(original, tuple(sorted(variants.get(id, ()), key=lambda v: PERTURBATIONS.index(v.strategy))))
        for id, original in originals.items()
    ]


def predictions_by_id(entry: BoardEntry) -> PredictionsById:
    """What an entry predicts, by the id of the instance.

    Raises:
        ArtsError: The entry has no predictions, or they cannot be read any more.
    """
    predictions = entry.report.predictions
    return {id: POLARITIES[label] for id, label in zip(predictions.ids, predictions.labels, strict=True)}
