"""Units: originals with their variants, what entries answered to them, and filters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from arts.data.schema import PERTURBATIONS, Instance, Polarity, Strategy
from arts.evaluation.metrics import POLARITIES
from arts.leaderboard.store.entry import Entry
from arts.leaderboard.web.html_sentence import edits_of
from arts.leaderboard.web.html_unit import Answer, Card

Answers = Mapping[str, Polarity]  # by the id of the instance


@dataclass(frozen=True)
class Unit:
    """An original and its variants, by strategy."""

    original: Instance
    variants: tuple[Instance, ...] = ()

    @property
    def id(self) -> str:
        """The original's."""
        return self.original.id

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The original first."""
        return self.original, *self.variants

    @cached_property
    def words(self) -> int:
        """The length of the original."""
        return len(self.original.text.split())

    @cached_property
    def rules(self) -> frozenset[str]:
        """The rules of the recorded edits."""
        return frozenset(edit.rule for variant in self.variants for edit in variant.edits)

    def failed_by(self, answers: Answers) -> bool:
        """Whether one of its instances is answered wrong."""
        return any(answers.get(one.id) is not one.polarity for one in self.instances)

    def cards(self, answers: Mapping[str, Answers]) -> list[Card]:
        """A card an instance, with the answers of each entry, by what to call it."""
        return [
            Card(
                one.strategy,
                one,
                () if one is self.original else edits_of(self.original, one),
                answers=[Answer(name, given[one.id]) for name, given in answers.items() if one.id in given],
            )
            for one in self.instances
        ]


@dataclass(frozen=True)
class Filters:
    """Which units to show; an empty filter shows all.

    Args:
        strategies: of which a unit has a variant; only these variants are shown and counted.
        polarities: of the target in the original.
        rules: by one of which a variant was made.
        shortest, longest: words of the original.
        failed: only those that every entry fails, on the original or on a variant that is shown.
    """

    strategies: Collection[Strategy] = ()
    polarities: Collection[Polarity] = ()
    rules: Collection[str] = ()
    shortest: int = 0
    longest: int | None = None
    failed: bool = False

    def apply(self, units: Iterable[Unit], answers: Sequence[Answers] = ()) -> list[Unit]:
        """The units that pass, with the variants to show.

        Args:
            units: of a corpus.
            answers: of the entries.
        """
        chosen = (self._narrowed(unit) for unit in units)
        return [unit for unit in chosen if self._passes(unit) and self._fails(unit, answers)]

    def _narrowed(self, unit: Unit) -> Unit:
        if not self.strategies:
            return unit
        return replace(unit, variants=tuple(v for v in unit.variants if v.strategy in self.strategies))

    def _passes(self, unit: Unit) -> bool:
        return (
            bool(unit.variants or not self.strategies)
            and (not self.polarities or unit.original.polarity in self.polarities)
            and (not self.rules or not unit.rules.isdisjoint(self.rules))
            and self.shortest <= unit.words
            and (self.longest is None or unit.words <= self.longest)
        )

    def _fails(self, unit: Unit, answers: Sequence[Answers]) -> bool:
        return not self.failed or (bool(answers) and all(unit.failed_by(given) for given in answers))


def units_of(instances: Iterable[Instance]) -> list[Unit]:
    """The units of a test split, in the order of their originals; variants in that of their strategies."""
    originals: dict[str, Instance] = {}
    variants: dict[str, list[Instance]] = {}
    for instance in instances:
        if instance.strategy is Strategy.ORIGINAL:
            originals[instance.id] = instance
        else:
            variants.setdefault(instance.unit, []).append(instance)
    return [
        Unit(one, tuple(sorted(variants.get(id, ()), key=lambda v: PERTURBATIONS.index(v.strategy))))
        for id, one in originals.items()
    ]


def answers_of(entry: Entry) -> Answers:
    """What an entry answered, by the id of the instance.

    Raises:
        ArtsError: when its predictions are not at hand.
    """
    found = entry.report.predictions
    return {id: POLARITIES[label] for id, label in zip(found.ids, found.labels, strict=True)}
