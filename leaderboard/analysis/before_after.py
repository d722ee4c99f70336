"""Pairs of entries for the same model without and with an intervention, and what the intervention gains."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from arts.data.support.rounding import decimal_text
from arts.evaluation.report import Report
from arts.leaderboard.analysis.entry_scores import score_of
from arts.leaderboard.analysis.reproduction import intervention_label
from arts.leaderboard.store.entry import BoardEntry

NOT_RECORDED = "not recorded"

NO_INTERVENTION = "plain"


@dataclass(frozen=True)
class InterventionPair:
    """A model measured without and with an intervention.

    Both have the same encoder, recipe and seed, and were measured on the same instances. `before` has no
    intervention, with one exception: if unlearning started from a model that already had another
    intervention, and that model was measured, too, `before` is its entry.

    Args:
        before: The entry without the intervention.
        after: The entry with the intervention.
        intervention: Label of the intervention of `after`: its name and the settings that are not the
            defaults, such as "adversarial --variant-ratio 1".
        start: Label of the intervention of `before`; "plain" if it has none.
        report_before: Report of `before`.
        report_after: Report of `after`.
    """

    before: BoardEntry
    after: BoardEntry
    intervention: str
    start: str
    report_before: Report
    report_after: Report

    @property
    def title(self) -> str:
        """`intervention`; if `before` has one, too, its name follows: "unlearn (after adversarial)"."""
        if self.start == NO_INTERVENTION:
            return self.intervention
        return f"{self.intervention} (after {self.start.split()[0]})"


def before_and_after(reports: Iterable[tuple[BoardEntry, Report]]) -> list[InterventionPair]:
    """The pairs of entries on one corpus that differ only in an intervention.

    Each entry with an intervention is paired with one that has none and is otherwise trained and measured
    in the same way. If unlearning started from a model that already had another intervention, the partner is
    the entry of that model instead, if `reports` has it. Of several possible partners, the one measured last
    is taken; without any, the entry is in no pair.

    Args:
        reports: The entries of one corpus with their reports. Models outside the zoo are ignored.

    Returns:
        At most one pair per entry with an intervention, in the order of `reports`.
    """
    zoo = [(entry, report) for entry, report in reports if report.model.kind == "zoo"]
    by_conditions: dict[tuple[str, str], list[tuple[BoardEntry, Report]]] = defaultdict(list)
    for entry, report in zoo:
        by_conditions[_conditions(report), _intervention_text(report.model.intervention)].append(
            (entry, report)
        )
    pairs = []
    for after, report in zoo:
        settings, conditions = report.model.intervention, _conditions(report)
        for start in (_intervention_text((settings or {}).get("taught")), NO_INTERVENTION):
            candidates = by_conditions.get((conditions, start))
            if settings and candidates:
                before, report_before = max(candidates, key=lambda candidate: _start_time(candidate[0]))
                intervention = _intervention_text(settings)
                pairs.append(InterventionPair(before, after, intervention, start, report_before, report))
                break
    return pairs


def _intervention_text(settings: object) -> str:
    """The label of an intervention, such as "adversarial --variant-ratio 1".

    Args:
        settings: The intervention's name and settings in a report. If they are no dict, such as None for a
            model without an intervention, the label is "plain".
    """
    return intervention_label(settings) if isinstance(settings, Mapping) else NO_INTERVENTION


def _start_time(entry: BoardEntry) -> float:
    """When the measurement of an entry started, in seconds since 1970; 0 if that is not recorded."""
    return entry.started.timestamp() if entry.started else 0.0


def _conditions(report: Report) -> str:
    """The corpus and everything that the model of a report depends on, except the intervention, as one text.

    Two reports with equal texts differ at most in their interventions.
    """
    model = report.model
    start = (model.id, model.seed, model.encoder, model.encoder_checksum, sorted(model.extras.items()))
    return repr((report.dataset.checksum, *start, sorted(model.recipe.items())))


def _conditions_of_all_seeds(report: Report) -> str:
    """What `_conditions` has, without the seed."""
    model = report.model.model_copy(update={"seed": None})
    return _conditions(report.model_copy(update={"model": model}))


def mean_gains(pairs: Sequence[InterventionPair], score: str) -> pd.DataFrame:
    """How much each model gains from an intervention, averaged over seeds.

    Args:
        pairs: The pairs of one intervention on one corpus.
        score: Name of the score to compare, from `SCORES`. Pairs that lack the score are left out.

    Returns:
        One row per model, largest gain first, with these columns: ``model``; ``seeds``, the number of pairs;
        ``before`` and ``after``, the mean scores in percent; ``gain``, the mean of after minus before in
        percentage points; ``least`` and ``most``, the smallest and largest gain of a single pair. The
        encoder is added to the name of the model if the pairs have several encoders, and six characters of
        the key of an entry if models of one name were trained in other ways.
    """
    several_encoders = len({pair.after.encoder for pair in pairs}) > 1
    groups: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    first_key: dict[tuple[str, str], str] = {}
    for pair in pairs:
        before, after = score_of(pair.before, score), score_of(pair.after, score)
        if before and after:
            name = f"{pair.after.model}, {pair.after.encoder}" if several_encoders else pair.after.model
            group = name, _conditions_of_all_seeds(pair.report_after)
            groups[group].append((before.value, after.value))
            first_key.setdefault(group, pair.after.key)
    names = Counter(name for name, _ in groups)
    rows = []
    for group, values in groups.items():
        model = group[0] if names[group[0]] == 1 else f"{group[0]} ({first_key[group][:6]})"
        before_all, after_all = np.array(values).T
        gains = after_all - before_all
        means = (float(column.mean()) for column in (before_all, after_all, gains))
        rows.append((model, len(values), *means, float(gains.min()), float(gains.max())))
    columns = ["model", "seeds", "before", "after", "gain", "least", "most"]
    return pd.DataFrame(rows, columns=columns).sort_values("gain", ascending=False, ignore_index=True)


def gain_text(gain: float, extremes: Sequence[float]) -> str:
    """A gain in points, and in brackets the smallest and the largest of a seed, if there are several."""
    least_to_most = " to ".join(decimal_text(value, sign=True) for value in extremes)
    return decimal_text(gain, sign=True) + (f" ({least_to_most})" if extremes else "")


def number_text(value: Any) -> str:
    """A number from a report as text, or the range of a list that has one number per layer.

    Numbers have three significant digits. The text is "not recorded" for anything else, such as None.

    Example:
        >>> number_text(0.33333), number_text(None), number_text([0.2, 0.4])
        ('0.333', 'not recorded', '0.2 to 0.4')
    """
    if isinstance(value, list) and value and all(isinstance(item, int | float) for item in value):
        return f"{number_text(min(value))} to {number_text(max(value))}"
    return f"{value:.3g}" if isinstance(value, int | float) else NOT_RECORDED
