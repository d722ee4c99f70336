"""Models before and after an intervention: which entries belong together, and what was gained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from arts.evaluation.report import Report
from arts.leaderboard.analysis.entry_scores import score_of
from arts.leaderboard.analysis.reproduction import intervention_label
from arts.leaderboard.store.entry import BoardEntry

NO_INTERVENTION = "plain"


@dataclass(frozen=True)
class InterventionPair:
    """A model with an intervention, beside the same model without it.

    Both were measured on the same instances, and trained from the same start with the same seed.

    Args:
        before: The entry without the intervention.
        after: The entry with it.
        intervention: The intervention in a few words: its name, and the settings that are not the defaults.
        start: What `before` is: for unlearning, the intervention it continued from, if that was measured;
            otherwise `NO_INTERVENTION`.
        report_before, report_after: The reports of the two entries.
    """

    before: BoardEntry
    after: BoardEntry
    intervention: str
    start: str
    report_before: Report
    report_after: Report

    @property
    def title(self) -> str:
        """The intervention, and the one it continued from."""
        if self.start == NO_INTERVENTION:
            return self.intervention
        return f"{self.intervention} (after {self.start.split()[0]})"


def before_and_after(reports: Iterable[tuple[BoardEntry, Report]]) -> list[InterventionPair]:
    """Each entry with an intervention, beside the latest entry that differs in nothing else.

    Args:
        reports: The entries of one corpus with their reports.
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
    """An intervention in a few words; `NO_INTERVENTION` for anything but settings."""
    return intervention_label(settings) if isinstance(settings, Mapping) else NO_INTERVENTION


def _start_time(entry: BoardEntry) -> float:
    """When an entry was measured, in seconds since 1970; 0 if that is not known."""
    return entry.started.timestamp() if entry.started else 0.0


def _conditions(report: Report) -> str:
    """Everything that a trained model depends on, except for the intervention."""
    model = report.model
    start = (model.id, model.seed, model.encoder, model.encoder_checksum, sorted(model.extras.items()))
    return repr((report.dataset.checksum, *start, sorted(model.recipe.items())))


def mean_gains(pairs: Sequence[InterventionPair], score: str) -> pd.DataFrame:
    """How much each model gains from an intervention, averaged over seeds.

    Args:
        pairs: The pairs of one intervention.
        score: A name out of `SCORES`.

    Returns:
        A row per model, largest gain first, with the columns ``model, seeds, before, after, gain, least,
        most``: the means before and after, their difference, and the smallest and largest gain of a seed.
    """
    several_encoders = len({pair.after.encoder for pair in pairs}) > 1
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for pair in pairs:
        before, after = score_of(pair.before, score), score_of(pair.after, score)
        if before and after:
            model = f"{pair.after.model}, {pair.after.encoder}" if several_encoders else pair.after.model
            groups[model].append((before.value, after.value))
    rows = []
    for model, values in groups.items():
        before_all, after_all = np.array(values).T
        gains = after_all - before_all
        means = (float(column.mean()) for column in (before_all, after_all, gains))
        rows.append((model, len(values), *means, float(gains.min()), float(gains.max())))
    columns = ["model", "seeds", "before", "after", "gain", "least", "most"]
    return pd.DataFrame(rows, columns=columns).sort_values("gain", ascending=False, ignore_index=True)
