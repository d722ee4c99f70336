"""Units (originals with their variants), what entries predict for them, and a filter of units."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from arts.data.schema import PERTURBATIONS, Instance, Polarity, Strategy
from arts.evaluation.metrics import PREDICTED_LABELS
from arts.leaderboard.store.entry import BoardEntry

PredictionsById = Mapping[str, str]  # predicted labels, keyed by instance id


@dataclass(frozen=True)
class Unit:
    """An original with all its variants.

    Args:
        original: The original.
        variants: Its variants, in the order REVTGT, REVNON, ADDDIFF.
    """

    original: Instance
    variants: tuple[Instance, ...] = ()

    @property
    def id(self) -> str:
        """The id of the original, which also identifies the unit."""
        return self.original.id

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The original, followed by its variants."""
        return self.original, *self.variants

    @cached_property
    def word_count(self) -> int:
        """Number of words in the text of the original, split at whitespace."""
        return len(self.original.text.split())

    @cached_property
    def rules(self) -> frozenset[str]:
        """Names of the rules that made the recorded edits of the variants; empty if none are recorded."""
        return frozenset(edit.rule for variant in self.variants for edit in variant.edits)

    def mistakes(self, predictions: PredictionsById) -> int:
        """Number of instances that a model predicts wrong or not at all.

        Args:
            predictions: Predicted labels of the model, keyed by instance id.
        """
        return sum(predictions.get(instance.id) != instance.polarity for instance in self.instances)

    def mentions(self, words: Collection[str]) -> bool:
        """Whether one of the texts, or the id, contains all these words, in any order and case."""
        texts = [self.id.casefold(), *(instance.text.casefold() for instance in self.instances)]
        return any(all(word.casefold() in text for word in words) for text in texts)

    def failed_by(self, predictions: PredictionsById) -> bool:
        """Whether a model fails the unit: at least one instance is predicted wrong or has no prediction.

        Args:
            predictions: Predicted labels of the model, keyed by instance id.
        """
        return self.mistakes(predictions) > 0


@dataclass(frozen=True)
class UnitFilter:
    """Which units to show, and with which of their variants. A field that is not set lets all units pass.

    Args:
        strategies: Strategies whose variants are shown; units without such a variant are left out.
        polarities: Gold polarities of the original.
        rules: Names of edit rules; at least one of the variants shown must be made by one of these rules.
        shortest: Smallest number of words of the original.
        longest: Largest number of words of the original.
        ids: Ids of units.
        words: Words that the original or a variant that is shown contains, or the id; each also as a part of
            a longer word.
        right: Positions of entries that have the unit right, as far as its variants are shown.
        wrong: Positions of entries that fail the unit, on the original or on a variant that is shown.
        failed_by_all: Whether to show only units that every entry fails, on the original or on a variant that
            is shown.
    """

    strategies: Collection[Strategy] = ()
    polarities: Collection[Polarity] = ()
    rules: Collection[str] = ()
    shortest: int = 0
    longest: int | None = None
    ids: Collection[str] = ()
    words: Collection[str] = ()
    right: Collection[int] = ()
    wrong: Collection[int] = ()
    failed_by_all: bool = False

    def apply(self, units: Iterable[Unit], predictions: Sequence[PredictionsById] = ()) -> list[Unit]:
        """The units that pass, each with only those variants that are to be shown.

        Args:
            units: The units of a corpus.
            predictions: One dict per entry: its predicted labels, keyed by instance id. If there is none
                and `failed_by_all` is set, no unit passes.
        """
        narrowed = (self._with_chosen_variants(unit) for unit in units)
        return [unit for unit in narrowed if self._passes(unit) and self._is_predicted(unit, predictions)]

    def _with_chosen_variants(self, unit: Unit) -> Unit:
        """The unit with only the variants of the chosen strategies."""
        if not self.strategies:
            return unit
        return replace(unit, variants=tuple(v for v in unit.variants if v.strategy in self.strategies))

    def _passes(self, unit: Unit) -> bool:
        """Whether a unit meets all conditions that are not about predictions."""
        return (
            bool(unit.variants or not self.strategies)
            and (not self.polarities or unit.original.polarity in self.polarities)
            and (not self.rules or not unit.rules.isdisjoint(self.rules))
            and self.shortest <= unit.word_count
            and (self.longest is None or unit.word_count <= self.longest)
            and (not self.ids or unit.id in self.ids)
            and unit.mentions(self.words)
        )

    def _is_predicted(self, unit: Unit, predictions: Sequence[PredictionsById]) -> bool:
        """Whether the entries that must have a unit right do, and those that must fail it do."""
        wrong = range(len(predictions)) if self.failed_by_all else self.wrong
        return (
            not (self.failed_by_all and not predictions)
            and all(unit.failed_by(predictions[n]) for n in wrong)
            and not any(unit.failed_by(predictions[n]) for n in self.right)
        )


def units_of(instances: Iterable[Instance]) -> list[Unit]:
    """The units that the instances of a test split form, in the order of their originals."""
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
    """The labels that an entry predicts, keyed by instance id; "invalid" for an answer that is none.

    Raises:
        ArtsError: The entry has no predictions, or its report cannot be read any more.
    """
    predictions = entry.report.predictions
    return {
        id: PREDICTED_LABELS[label] for id, label in zip(predictions.ids, predictions.labels, strict=True)
    }
