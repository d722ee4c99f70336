"""Whether scores that a report claims are those that counts give: points exactly, intervals within error."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from arts.data.support.record import Record
from arts.evaluation.confidence_intervals import levels_within_error
from arts.evaluation.metrics import UnitSums
from arts.evaluation.predictions import Predictions
from arts.evaluation.scores import Bootstrap, Estimate, Scores, resampled_sums

ROUNDING = 0.011  # percent: two bounds that are rounded to two decimals


@dataclass(frozen=True)
class ExpectedScores:
    """The scores that counts give, with the narrowest and the widest intervals that they can have.

    Args:
        scores: the scores with their intervals.
        narrow: the scores with the narrowest intervals, see `levels_within_error`.
        wide: the scores with the widest intervals.
    """

    scores: Scores
    narrow: Scores
    wide: Scores

    @classmethod
    def of_sums(
        cls, total: UnitSums, resampled: UnitSums, *, bootstrap: Bootstrap, widest: UnitSums | None = None
    ) -> ExpectedScores:
        """Compute the scores from counts, and from those of each of b resamples.

        Args:
            total: the counts, summed over all units.
            resampled: the counts, summed over the units of each resample.
            bootstrap: the settings that a report has to have.
            widest: the counts of resamples that give wider intervals, if the intervals are not known exactly.
        """
        levels = levels_within_error(bootstrap.level, bootstrap.resamples, len(resampled.units))
        narrow, wide = (bootstrap.model_copy(update={"level": level}) for level in levels)
        return cls(
            Scores.of_sums(total, resampled, bootstrap=bootstrap),
            Scores.of_sums(total, resampled, bootstrap=narrow),
            Scores.of_sums(total, widest or resampled, bootstrap=wide),
        )

    def differing_fields(self, claimed: Scores, *, unknown: Collection[str] = ()) -> list[str]:
        """The names of the fields of `Scores` in which claimed scores differ from these.

        Args:
            claimed: the claimed scores.
            unknown: the names of fields whose intervals are not known, so that only points are compared.
        """
        return [
            name
            for name in Scores.model_fields
            if not _agree(
                getattr(claimed, name),
                getattr(self.scores, name),
                bounds=(getattr(self.narrow, name), getattr(self.wide, name)),
                intervals=name not in unknown,
            )
        ]


def differing_fields(claimed: Scores, predictions: Predictions, fresh: Scores) -> list[str]:
    """The names of the fields of `Scores` in which claimed scores differ from those of predictions.

    Args:
        claimed: the claimed scores.
        predictions: the predictions.
        fresh: their scores, by the settings that the report has to have.
    """
    if all(getattr(claimed, name) == getattr(fresh, name) for name in Scores.model_fields):
        return []
    sums = resampled_sums(predictions, fresh.bootstrap)
    return ExpectedScores.of_sums(*sums, bootstrap=fresh.bootstrap).differing_fields(claimed)


def _agree(claimed: object, fresh: object, *, bounds: tuple[object, object], intervals: bool) -> bool:
    """Whether a claimed value is what was computed: equal, but for the bounds of estimates.

    Args:
        claimed: the claimed value: an estimate, a record or dict of values, or a plain value.
        fresh: the computed value.
        bounds: the computed values with the narrowest and the widest intervals.
        intervals: whether to compare the bounds of estimates.
    """
    narrow, wide = bounds
    if isinstance(claimed, Estimate) and isinstance(narrow, Estimate) and isinstance(wide, Estimate):
        return claimed.value == narrow.value and (not intervals or _is_between(claimed, narrow, wide))
    parts = [_parts(value) for value in (claimed, fresh, narrow, wide)]
    if not parts[0]:
        return claimed == fresh
    return all(part.keys() == parts[0].keys() for part in parts) and all(
        _agree(value, parts[1][key], bounds=(parts[2][key], parts[3][key]), intervals=intervals)
        for key, value in parts[0].items()
    )


def _is_between(claimed: Estimate, narrow: Estimate, wide: Estimate) -> bool:
    """Whether the bounds of an estimate lie between those of the narrowest and the widest interval."""
    return (
        wide.low - ROUNDING <= claimed.low <= narrow.low + ROUNDING
        and narrow.high - ROUNDING <= claimed.high <= wide.high + ROUNDING
    )


def _parts(value: object) -> Mapping[object, object]:
    """The parts of a record or a dict by name or key; empty for other values."""
    if isinstance(value, Record):
        return {name: getattr(value, name) for name in type(value).model_fields}
    return value if isinstance(value, Mapping) else {}
