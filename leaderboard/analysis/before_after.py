"""Pairs of entries for the same model without and with an intervention, and what the intervention gains."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from arts.data.schema import PERTURBATIONS
from arts.data.support.arrays import FloatArray
from arts.evaluation.confidence_intervals import central_interval
from arts.evaluation.predictions import align_all
from arts.evaluation.report import Report
from arts.evaluation.resample import Resample
from arts.evaluation.scores import LEVEL, Bootstrap
from arts.evaluation.seed_runs import SeedRuns
from arts.leaderboard.analysis.entry_labels import KEY_LENGTH
from arts.leaderboard.analysis.entry_scores import SCORES, score_of
from arts.leaderboard.analysis.intervention_words import TAUGHT, intervention_label
from arts.leaderboard.store.configuration import digest
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
        report_before: Report of `before`.
        report_after: Report of `after`.
    """

    before: BoardEntry
    after: BoardEntry
    report_before: Report
    report_after: Report

    @property
    def intervention(self) -> str:
        """Label of the intervention of `after`, such as "adversarial (1 of the variants)"."""
        return intervention_label(self.report_after.model.intervention or {})

    @property
    def start(self) -> str:
        """Name of the intervention of `before`; "plain" if it has none."""
        return self.before.intervention or NO_INTERVENTION

    @property
    def key(self) -> tuple[str, str]:
        """What is the same for pairs of one intervention: all settings of `after` and of `before`."""
        return _intervention_key(self.after), _intervention_key(self.before)


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
        by_conditions[_conditions(report), _intervention_key(entry)].append((entry, report))
    pairs = []
    for after, report in zoo:
        settings, conditions = report.model.intervention, _conditions(report)
        for start in ((settings or {}).get(TAUGHT), None):
            candidates = by_conditions.get((conditions, digest(start)))
            if settings and candidates:
                before, report_before = max(candidates, key=lambda candidate: _start_time(candidate[0]))
                pairs.append(InterventionPair(before, after, report_before, report))
                break
    return pairs


def _intervention_key(entry: BoardEntry) -> str:
    """What entries share whose models were trained with one intervention, with all its settings."""
    return digest(entry.settings.get("intervention"))


def titles_of(pairs: Iterable[InterventionPair]) -> dict[tuple[str, str], str]:
    """Titles of the interventions of pairs, all different, keyed by `InterventionPair.key`.

    They are in alphabetical order. If the model that is compared with has an intervention itself, its name
    follows: "unlearn, beside adversarial".
    """
    titles = {
        pair.key: pair.intervention + ("" if pair.start == NO_INTERVENTION else f", beside {pair.start}")
        for pair in pairs
    }
    counts = Counter(titles.values())
    distinct = {
        key: title if counts[title] == 1 else f"{title} [{key[0][:KEY_LENGTH]}]"
        for key, title in titles.items()
    }
    return dict(sorted(distinct.items(), key=lambda item: item[1]))


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


@dataclass(frozen=True)
class SeedGains:
    """What one model gains from one intervention, seed by seed.

    Args:
        intervention: Title of the intervention.
        model: Name of the model; with that in which it differs from others of the name, such as the encoder.
        pairs: The pairs of the model and intervention, one per seed.
    """

    intervention: str
    model: str
    pairs: tuple[InterventionPair, ...]

    def scores(self, score: str) -> list[tuple[int | None, float, float]]:
        """Seed, score before and score after in percent, for each pair that has the score.

        Args:
            score: Name of the score, from `SCORES`.
        """
        found = (
            (pair.after.seed, score_of(pair.before, score), score_of(pair.after, score))
            for pair in self.pairs
        )
        return [(seed, before.value, after.value) for seed, before, after in found if before and after]


def seed_gains(pairs: Sequence[InterventionPair]) -> list[SeedGains]:
    """The pairs grouped by intervention, with all its settings, and by model, with all but the seed.

    The encoder is added to the name of the model if the pairs have several encoders, and six characters of
    the key of an entry if models of one name were trained in other ways. If a seed was measured repeatedly,
    the last measurement counts.

    Args:
        pairs: The pairs on one corpus.

    Returns:
        The groups in the order of `titles_of` and of the models' names.
    """
    titles, several_encoders = titles_of(pairs), len({pair.after.encoder for pair in pairs}) > 1
    groups: dict[tuple[str, str, str], dict[int | None, InterventionPair]] = defaultdict(dict)
    for pair in sorted(pairs, key=lambda pair: (_start_time(pair.after), pair.after.key)):
        encoder = (
            f", {pair.after.encoder.rpartition('/')[2]}" if several_encoders and pair.after.encoder else ""
        )
        name = f"{pair.after.model}{encoder}"
        groups[titles[pair.key], name, _conditions_of_all_seeds(pair.report_after)][pair.after.seed] = pair
    names = Counter((title, name) for title, name, _ in groups)
    gains = [
        SeedGains(
            title,
            name
            if names[title, name] == 1
            else f"{name} ({min(pair.after.key for pair in group.values())[:KEY_LENGTH]})",
            tuple(sorted(group.values(), key=lambda pair: pair.after.seed or 0)),
        )
        for (title, name, _), group in groups.items()
    ]
    return sorted(gains, key=lambda one: (one.intervention, one.model))


def gain_table(gains: Sequence[SeedGains], score: str) -> pd.DataFrame:
    """How much each model gains from each intervention, averaged over seeds.

    Args:
        gains: The gains, seed by seed.
        score: Name of the score to compare, from `SCORES`. Pairs that lack the score are left out.

    Returns:
        One row per model and intervention, in the order of `gains`, with these columns: ``intervention``;
        ``model``; ``seeds``, the number of pairs; ``before`` and ``after``, the mean scores in percent; and
        ``gain``, the mean of after minus before in percentage points. The index is the position in `gains`.
    """
    rows = {
        position: (one.intervention, one.model, len(scores), *np.array(scores)[:, 1:].astype(float).mean(0))
        for position, one in enumerate(gains)
        if (scores := one.scores(score))
    }
    columns = ["intervention", "model", "seeds", "before", "after"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.assign(gain=table["after"] - table["before"])


def gain_limit(gains: Sequence[SeedGains]) -> float:
    """The end of an axis, in points, that has room for every gain of every score, and is a multiple of 10."""
    scores = (scores for one in gains for score in SCORES for scores in one.scores(score))
    greatest = max((abs(after - before) for _, before, after in scores), default=0)
    return 10.0 * max(ceil(greatest / 10), 1)


def gain_interval(pairs: Sequence[InterventionPair], *, resample: Resample) -> dict[str, tuple[float, float]]:
    """The 95% intervals of the mean gains of one model by one intervention, in points, keyed by score.

    They are by the bootstrap of seeds and sentences that `arts.evaluation.seed_runs.SeedRuns` describes, with
    both models of a seed drawn together; of a single seed, by that of sentences alone.

    Args:
        pairs: The pairs of the model and intervention, one per seed.
        resample: What is drawn besides seeds, if the sentences are known; otherwise units are.

    Raises:
        ArtsError: A report cannot be read, or has no predictions.
    """
    entries = [pair.after for pair in pairs] + [pair.before for pair in pairs]
    predictions = align_all([entry.report.predictions for entry in entries])
    layout = predictions[0].layout
    bootstrap = Bootstrap.of(layout, resample if layout.sentences is not None else None)
    after = SeedRuns.of(predictions[: len(pairs)], bootstrap)
    before = SeedRuns.of(predictions[len(pairs) :], bootstrap)
    resampled = {
        score: 100 * (after.resampled_means(score) - before.resampled_means(score))
        for score in ("ars", "accuracy", "accuracy_on_variants")
    }
    variants = resampled.pop("accuracy_on_variants").T
    every = resampled | dict(zip(map(str, PERTURBATIONS), variants, strict=True))
    return {score: _interval(values) for score, values in every.items() if np.isfinite(values).all()}


def _interval(resampled: FloatArray) -> tuple[float, float]:
    """The 95% interval of resampled values (b,)."""
    low, high = central_interval(resampled, LEVEL)
    return float(low), float(high)


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
