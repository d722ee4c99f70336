"""Pairs of entries: before and after an intervention, and the units that one has right and the other not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Instance, Strategy
from arts.data.support.arrays import BoolArray, IntArray
from arts.evaluation.metrics import POLARITIES, unit_right
from arts.evaluation.paired_tests import exact_mcnemar
from arts.evaluation.predictions import Predictions
from arts.evaluation.report import Report
from arts.evaluation.scores import Estimate
from arts.leaderboard.analysis.reproduction import described
from arts.leaderboard.store.entry import Entry

SCORES = ("ars", "accuracy", *map(str, PERTURBATIONS))
TITLES = {"ars": "ARS", "accuracy": "accuracy", **{str(s): s.upper() for s in PERTURBATIONS}}
PLAIN = "plain"  # of a model without an intervention
SIGNS = {True: "✓", False: "✗"}


@dataclass(frozen=True)
class Pair:
    """A model with an intervention, and the same model without.

    Args:
        before, after: measured on the same instances, from the same start, with the same seed.
        way: the intervention, with what is not at its default.
        start: what `before` is: the intervention that unlearning went on from, where that was measured; or
            else `PLAIN`.
        earlier, report: of `before` and of `after`.
    """

    before: Entry
    after: Entry
    way: str
    start: str
    earlier: Report
    report: Report

    @property
    def title(self) -> str:
        """The intervention, and what it went on from."""
        return self.way if self.start == PLAIN else f"{self.way} (after {self.start.split()[0]})"


def before_and_after(reports: Iterable[tuple[Entry, Report]]) -> list[Pair]:
    """Each entry with an intervention, beside the latest one that it differs from in nothing else.

    Args:
        reports: the entries of a corpus with their reports.
    """
    zoo = [(entry, report) for entry, report in reports if report.model.kind == "zoo"]
    starts: dict[tuple[str, str], list[tuple[Entry, Report]]] = defaultdict(list)
    for entry, report in zoo:
        starts[_conditions(report), _way(report.model.intervention)].append((entry, report))
    pairs = []
    for after, report in zoo:
        settings, conditions = report.model.intervention, _conditions(report)
        for start in (_way((settings or {}).get("taught")), PLAIN):
            found = starts.get((conditions, start))
            if settings and found:
                before, earlier = max(found, key=lambda one: _moment(one[0]))
                pairs.append(Pair(before, after, _way(settings), start, earlier, report))
                break
    return pairs


def _way(settings: object) -> str:
    return described(settings) if isinstance(settings, Mapping) else PLAIN


def _moment(entry: Entry) -> float:
    return entry.started.timestamp() if entry.started else 0.0


def _conditions(report: Report) -> str:
    """All that a trained model depends on beside the intervention."""
    model = report.model
    start = (model.id, model.seed, model.encoder, model.encoder_checksum, sorted(model.extras.items()))
    return repr((report.dataset.checksum, *start, sorted(model.recipe.items())))


def score_of(entry: Entry, score: str) -> Estimate | None:
    """A figure of an entry, by its name in `SCORES`; None where the corpus has no such strategy."""
    if score in ("accuracy", "ars"):
        found: Estimate = getattr(entry, score)
        return found
    return entry.strategies.get(Strategy(score))


def slopes(pairs: Sequence[Pair], score: str) -> pd.DataFrame:
    """A row a model, over its seeds: means before and after, the gain, and the least and most of a seed.

    Args:
        pairs: of one intervention.
        score: of `SCORES`.
    """
    columns = ["model", "seeds", "before", "after", "gain", "least", "most"]
    several = len({pair.after.encoder for pair in pairs}) > 1
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for pair in pairs:
        before, after = score_of(pair.before, score), score_of(pair.after, score)
        if before and after:
            model = f"{pair.after.model}, {pair.after.encoder}" if several else pair.after.model
            groups[model].append((before.value, after.value))
    rows = []
    for model, values in groups.items():
        before_all, after_all = np.array(values).T
        gains = after_all - before_all
        means = (float(part.mean()) for part in (before_all, after_all, gains))
        rows.append((model, len(values), *means, float(gains.min()), float(gains.max())))
    return pd.DataFrame(rows, columns=columns).sort_values("gain", ascending=False, ignore_index=True)


def units_apart(before: Entry, after: Entry) -> tuple[int, int, float] | None:
    """Units that only one has right, and the p-value of the exact McNemar test on them.

    Returns:
        How many only the second, and how many only the first, has right, and p; None where either has no
        answers at hand, or they are not to the same questions.
    """
    if not (before.has_answers and after.has_answers) or before.checksum != after.checksum:
        return None
    won, lost = (
        int(np.bitwise_count(one & ~other).sum(dtype=int))
        for one, other in ((after.packed, before.packed), (before.packed, after.packed))
    )
    return won, lost, float(exact_mcnemar(won, lost))


def in_order(predictions: Predictions, like: Predictions) -> Predictions:
    """The predictions in the order of others.

    Raises:
        ArtsError: when the two are not about the same instances.
    """
    if predictions.ids == like.ids:
        return predictions
    place = {id: row for row, id in enumerate(predictions.ids)}
    if len(place) != len(like.ids) or not all(id in place for id in like.ids):
        raise ArtsError("the two were not measured on the same instances")
    order = np.array([place[id] for id in like.ids])
    if (predictions.layout.gold[order] != like.layout.gold).any():
        raise ArtsError("the two were not measured by the same labels")
    return Predictions(like.ids, like.layout, predictions.labels[order])


def won_units(first: Predictions, second: Predictions) -> tuple[BoolArray, BoolArray]:
    """(units,) what only the first, and what only the second has wholly right; both in one order."""
    units = first.layout.units
    one, other = (unit_right(side.correct, units) for side in (first, second))
    return one & ~other, other & ~one


def answers(
    first: Predictions, second: Predictions, chosen: BoolArray, texts: Sequence[Instance] = ()
) -> pd.DataFrame:
    """A row each member of the chosen units, the original first: what it is, and what each answered.

    Args:
        first: of one.
        second: of the other, in the same order.
        chosen: (units,) whether to show each unit.
        texts: the instances, where they are at hand.
    """
    layout, strategies = first.layout, tuple(Strategy)
    rows = np.flatnonzero(chosen[layout.units])
    rows = rows[np.lexsort((layout.strategy[rows], layout.units[rows]))]
    found = pd.DataFrame(
        {
            "unit": [first.ids[row] for row in layout.original[rows]],
            "member": [str(strategies[k]) for k in layout.strategy[rows]],
            "gold": _named(layout.gold[rows]),
            "first": _marked(first, rows),
            "second": _marked(second, rows),
        }
    )
    if texts:
        by_id = {instance.id: instance for instance in texts}
        known = [by_id[first.ids[row]] for row in rows]
        found["aspect"] = [instance.aspect.term for instance in known]
        found["sentence"] = [instance.text for instance in known]
    return found


def _named(labels: IntArray) -> list[str]:
    return [str(POLARITIES[k]) for k in labels]


def _marked(side: Predictions, rows: IntArray) -> list[str]:
    right = side.correct[rows]
    names = _named(side.labels[rows])
    return [f"{SIGNS[bool(ok)]} {name}" for ok, name in zip(right, names, strict=True)]


def p_text(p_value: float) -> str:
    """A p-value, as it is written.

    Example:
        >>> p_text(0.01234), p_text(2e-9)
        ('p = 0.012', 'p < 0.0001')
    """
    return f"p = {p_value:.2g}" if p_value >= 0.0001 else "p < 0.0001"
