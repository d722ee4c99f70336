"""Predictions: read from a user's file, kept beside a report."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from arts.data.errors import DataError, as_data_error
from arts.data.readers.arts_json import parse_id
from arts.data.readers.rows import parquet_rows, read_rows
from arts.data.schema import Instance, Polarity, Strategy
from arts.data.support.arrays import BoolArray, FloatArray, IntArray
from arts.data.support.atomic import atomic_file
from arts.evaluation.metrics import POLARITIES, BenchmarkLayout

COLUMN = "prediction"
EXAMPLES = 3  # ids named in an error


@dataclass(frozen=True)
class Predictions:
    """What a model answered, with what is needed to score it again without the corpus.

    Args:
        ids: of the n instances.
        layout: their gold labels, strategies and units.
        labels: (n,) predicted labels, as positions in `Polarity`.
        probabilities: (n, 3), where the model gave them.
    """

    ids: tuple[str, ...]
    layout: BenchmarkLayout
    labels: IntArray
    probabilities: FloatArray | None = None

    @classmethod
    def of(
        cls, instances: Sequence[Instance], labels: IntArray, *, probabilities: FloatArray | None = None
    ) -> Predictions:
        """The predictions for the instances, in their order."""
        return cls(tuple(i.id for i in instances), BenchmarkLayout.of(instances), labels, probabilities)

    @property
    def correct(self) -> BoolArray:
        """(n,) whether each label is right."""
        return np.asarray(self.labels == self.layout.gold)

    def save(self, path: Path, *, blind: bool = False) -> None:
        """Write a Parquet file: ``id, unit, strategy, polarity, prediction`` and the probabilities.

        Args:
            path: of the file.
            blind: to write ``prediction`` alone, in the order of the ids: nothing of the corpus, for
                predictions that may be passed on where the corpus may not.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        answers = [str(POLARITIES[k]) for k in self.labels]
        if blind:
            order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
            columns: dict[str, Any] = {COLUMN: [answers[row] for row in order]}
        else:
            strategies = tuple(Strategy)
            columns = {
                "id": list(self.ids),
                "unit": [self.ids[row] for row in self.layout.original],
                "strategy": [str(strategies[k]) for k in self.layout.strategy],
                "polarity": [str(POLARITIES[k]) for k in self.layout.gold],
                COLUMN: answers,
            }
            if self.probabilities is not None:
                columns |= dict(zip(map(str, POLARITIES), self.probabilities.T, strict=True))
        with atomic_file(path) as partial:
            pq.write_table(pa.table(columns), partial)

    @classmethod
    def load(cls, path: Path, instances: Sequence[Instance] = ()) -> Predictions | None:
        """Read what `save` wrote.

        Args:
            path: of the file.
            instances: of the benchmark, where they are at hand: blind predictions need them, and others are
                checked by them.

        Returns:
            The predictions in the order of the file, or of the instances for a blind one; None for a blind
            one without the instances.

        Raises:
            DataError: when it is not such a file, or not about the instances.
        """
        rows = [row for _, row in parquet_rows(path)]
        if rows and set(rows[0]) == {COLUMN}:
            return cls._sighted(path, [row[COLUMN] for row in rows], instances) if instances else None
        found = cls._of_rows(path, rows)
        if instances and dict(zip(found.ids, found.layout.gold, strict=True)) != {
            instance.id: POLARITIES.index(instance.polarity) for instance in instances
        }:
            raise DataError(path, "its ids and gold labels are not those of the benchmark")
        return found

    @classmethod
    def _sighted(cls, path: Path, answers: Sequence[object], instances: Sequence[Instance]) -> Predictions:
        if len(answers) != len(instances):
            raise DataError(path, f"{len(answers)} predictions; expected {len(instances)}")
        order = sorted(range(len(instances)), key=lambda row: instances[row].id)
        labels = np.empty(len(instances), int)
        with as_data_error(path):
            labels[order] = [POLARITIES.index(Polarity(str(answer))) for answer in answers]
        return cls.of(instances, labels, probabilities=None)

    @classmethod
    def _of_rows(cls, path: Path, rows: Sequence[Mapping[str, Any]]) -> Predictions:
        try:
            ids = tuple(str(row["id"]) for row in rows)
            layout = BenchmarkLayout.of_columns(
                ids,
                [str(row["unit"]) for row in rows],
                [Strategy(row["strategy"]) for row in rows],
                [Polarity(row["polarity"]) for row in rows],
            )
            labels = np.array([POLARITIES.index(Polarity(row[COLUMN])) for row in rows])
            given = rows and str(POLARITIES[0]) in rows[0]
            probabilities = np.array([[row[p] for p in POLARITIES] for row in rows]) if given else None
        except (KeyError, ValueError) as error:
            raise DataError(path, f"not saved predictions ({error})") from error
        return cls(ids, layout, labels, probabilities)


def read_labels(
    path: Path,
    instances: Sequence[Instance],
    *,
    column: str | None = None,
    left_out: Collection[str] = (),
) -> IntArray:
    """(n,) the labels that a CSV, JSONL or Parquet file with the column ``id`` gives to the instances.

    Args:
        path: the file; every instance exactly once, in any order. ADDDIFF ids may end in ``_adv3`` or
            ``_adv4``, as the files of the ARTS release do.
        instances: the benchmark's.
        column: the one with the labels; ``prediction`` when not given.
        left_out: ids of the release that the benchmark had to leave out; the file may have them.

    Raises:
        DataError: naming the line of a row that is not as expected, or the ids that are missing.
    """
    rows = read_rows(path)
    wanted = {canonical_id(instance.id): row for row, instance in enumerate(instances)}
    tolerated = {canonical_id(id) for id in left_out}
    labels = np.full(len(instances), -1)
    for line, row in rows:
        id, label = (_cell_text(path, line, row, name) for name in ("id", column or COLUMN))
        position = wanted.get(canonical_id(id))
        if position is None:
            if canonical_id(id) in tolerated:
                continue
            raise DataError(
                path, f'id "{id}" is not in the benchmark; expected {_example_ids(instances)}', line=line
            )
        if labels[position] >= 0:
            raise DataError(path, f'duplicate id "{id}"; expected every id once', line=line)
        try:
            labels[position] = POLARITIES.index(Polarity(label.strip().lower()))
        except ValueError as error:
            raise DataError(path, str(error), line=line) from error
    missing = [instance for instance, label in zip(instances, labels, strict=True) if label < 0]
    if missing:
        raise DataError(path, f"{len(missing)} of {len(instances)} ids are missing: {_example_ids(missing)}")
    return labels


def canonical_id(id: str) -> str:
    """An id with the ending of the release's JSON: ``_adv3``, not ``_adv4``, for ADDDIFF.

    Example:
        >>> canonical("892:1_0_adv4")
        '892:1_0_adv3'
    """
    unit, strategy = parse_id(id)
    return f"{unit}_adv3" if strategy is Strategy.ADDDIFF and id.endswith("_adv4") else id


def _cell_text(path: Path, line: int, row: Mapping[str, object], name: str) -> str:
    if name not in row:
        raise DataError(path, f'no column "{name}"; the columns are: {", ".join(row)}', line=line)
    return str(row[name])


def _example_ids(instances: Sequence[Instance]) -> str:
    more = ", …" if len(instances) > EXAMPLES else ""
    return ", ".join(f'"{instance.id}"' for instance in instances[:EXAMPLES]) + more
