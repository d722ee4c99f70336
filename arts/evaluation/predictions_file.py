"""The Parquet file of stored predictions: its columns, read and checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from arts.data.errors import DataError
from arts.data.readers.arts_json import parse_id
from arts.data.schema import Instance, Polarity, Strategy
from arts.data.support.arrays import FloatArray, IntArray
from arts.data.support.parquet_file import read_parquet_columns
from arts.evaluation.benchmark_layout import POLARITIES, BenchmarkLayout
from arts.evaluation.metrics import INVALID, LABEL_POSITIONS

ID, UNIT, SENTENCE, STRATEGY, GOLD = "id", "unit", "sentence", "strategy", "polarity"
PREDICTION = "prediction"
PROBABILITIES = tuple(map(str, POLARITIES))
COLUMNS = (ID, UNIT, SENTENCE, STRATEGY, GOLD, PREDICTION, *PROBABILITIES)
INDEX = "__index_level_0__"  # added by pandas to a frame whose rows were filtered; ignored
SUM_TOLERANCE = 1e-3  # of the probabilities of one instance
MOST_INSTANCES = 1_000_000  # of a benchmark
SHOWN = 60  # characters of a wrong value that an error shows
STRATEGIES = {str(strategy): strategy for strategy in Strategy}
GOLD_LABELS = {str(polarity): polarity for polarity in Polarity}
Choice = TypeVar("Choice")


@dataclass(frozen=True)
class StoredPredictions:
    """The columns of a file of stored predictions for n instances; a blind file has only the labels.

    Args:
        path: the file, for error messages.
        labels: (n,) the predicted labels, as positions in `Polarity`; `INVALID` for an invalid answer.
        ids: the ids of the instances; None in a blind file.
        units: the id of each instance's original, if the file has this column.
        sentences: the name of each instance's sentence, if the file has this column; see
            `BenchmarkLayout.sentence_names`.
        strategies: the strategy of each instance, if the file has this column.
        polarities: the gold label of each instance, if the file has this column.
        probabilities: (n, 3) the predicted probabilities, if the file has them; NaN for an invalid answer.
    """

    path: Path
    labels: IntArray
    ids: tuple[str, ...] | None = None
    units: tuple[str, ...] | None = None
    sentences: tuple[str, ...] | None = None
    strategies: tuple[Strategy, ...] | None = None
    polarities: tuple[Polarity, ...] | None = None
    probabilities: FloatArray | None = None

    @classmethod
    def read(cls, path: Path, *, count: int | None = None) -> StoredPredictions:
        """Read the file and check every value of it by itself.

        Args:
            path: the file.
            count: the number of instances that it must have; None if that is not known.

        Raises:
            DataError: when the file is not Parquet, or has other columns, duplicate or empty ids, names that
                are no polarity or strategy, numbers that are no probabilities, or labels that are not the
                most probable ones.
        """
        columns = _read_columns(path, count)
        labels = np.array(_choices(path, columns, PREDICTION, LABEL_POSITIONS), int)
        if list(columns) == [PREDICTION]:
            return cls(path, labels)
        for needed in (ID, PREDICTION):
            if needed not in columns:
                raise DataError(path, f'no column "{needed}"; the columns are: {_listed(columns)}')
        return cls(
            path,
            labels,
            _distinct(path, _texts(path, columns[ID], ID)),
            _texts(path, columns[UNIT], UNIT) if UNIT in columns else None,
            _texts(path, columns[SENTENCE], SENTENCE) if SENTENCE in columns else None,
            _choices(path, columns, STRATEGY, STRATEGIES) if STRATEGY in columns else None,
            _choices(path, columns, GOLD, GOLD_LABELS) if GOLD in columns else None,
            _probabilities(path, columns, labels),
        )

    def rows_of(self, instances: Sequence[Instance]) -> IntArray:
        """Where each instance of a benchmark is in the file, which has to have all of them and no other.

        What the file says of unit, sentence, strategy and gold label must be what the instances say.

        Returns:
            The positions in the file, as an array (n,) in the order of the instances.

        Raises:
            DataError: when ids are missing or unknown, or a column contradicts the benchmark.
        """
        assert self.ids is not None
        rows = {id: row for row, id in enumerate(self.ids)}
        expected = {instance.id for instance in instances}
        for row, id in enumerate(self.ids, 1):
            if id not in expected:
                raise DataError(self.path, f"id {shown(id)} is not in the benchmark", line=row)
        for instance in instances:
            if instance.id not in rows:
                raise DataError(self.path, f"no prediction for id {shown(instance.id)} of the benchmark")
            self._check_row(rows[instance.id], instance)
        self._check_sentences(rows, [i.id for i in instances], BenchmarkLayout.of(instances))
        return np.array([rows[instance.id] for instance in instances], int)

    def _check_row(self, row: int, instance: Instance) -> None:
        """Raise `DataError` if unit, strategy or gold label of a row are not those of the instance."""
        for name, column, wanted in (
            (UNIT, self.units, instance.unit),
            (STRATEGY, self.strategies, instance.strategy),
            (GOLD, self.polarities, instance.polarity),
        ):
            if column is not None and column[row] != wanted:
                raise DataError(
                    self.path,
                    f"its units, strategies and gold labels are not those of the benchmark: id "
                    f"{shown(instance.id)} has {name} {shown(column[row])}; expected {shown(wanted)}",
                    line=row + 1,
                )

    def _check_sentences(self, rows: Mapping[str, int], ids: Sequence[str], layout: BenchmarkLayout) -> None:
        """Raise `DataError` if the file names sentences, and a name is not that of the layout's sentence.

        Args:
            rows: the position in the file of each id.
            ids: the ids of n instances.
            layout: the layout of these instances, with sentences.
        """
        if self.sentences is None:
            return
        for id, name in zip(ids, layout.sentence_names(ids), strict=True):
            if self.sentences[rows[id]] != name:
                raise DataError(
                    self.path,
                    f"id {shown(id)} has sentence {shown(self.sentences[rows[id]])}; expected {shown(name)}",
                    line=rows[id] + 1,
                )

    def layout(self) -> BenchmarkLayout:
        """What the file says of the instances, if there is no benchmark to compare it with.

        Raises:
            DataError: when a column is missing, an original is in another unit than its own, a variant's
                original is missing, an id with the ending of a strategy (``_adv1`` to ``_adv4``) has another
                strategy or unit, or a sentence is not named by the first of its ids.
        """
        if not (self.ids and self.units and self.strategies and self.polarities):
            raise DataError(
                self.path, f"not all of {UNIT}, {STRATEGY}, {GOLD}, and the corpus is not on this machine"
            )
        self._check_endings()
        strategy_of = dict(zip(self.ids, self.strategies, strict=True))
        for row, (id, unit) in enumerate(zip(self.ids, self.units, strict=True), 1):
            is_original = strategy_of[id] is Strategy.ORIGINAL
            if is_original != (id == unit):
                wanted = "its own id" if is_original else "the id of its original"
                raise DataError(
                    self.path,
                    f"id {shown(id)} of strategy {strategy_of[id]} has unit {shown(unit)}; expected {wanted}",
                    line=row,
                )
            if strategy_of.get(unit) is not Strategy.ORIGINAL:
                raise DataError(
                    self.path, f"id {shown(id)}: its unit {shown(unit)} has no original", line=row
                )
        layout = BenchmarkLayout.of_columns(
            self.ids,
            self.units,
            strategies=self.strategies,
            polarities=self.polarities,
            sentences=self.sentences
            and [
                name
                for id, name in zip(self.ids, self.sentences, strict=True)
                if strategy_of[id] is Strategy.ORIGINAL
            ],
        )
        self._check_sentences({id: row for row, id in enumerate(self.ids)}, self.ids, layout)
        return layout

    def _check_endings(self) -> None:
        """Raise `DataError` if the ending of an id, such as ``_adv1``, contradicts its unit and strategy."""
        assert self.ids is not None
        assert self.units is not None
        assert self.strategies is not None
        ids, seen = set(self.ids), dict[tuple[str, Strategy], str]()
        for row, (id, *said) in enumerate(zip(self.ids, self.units, self.strategies, strict=True), 1):
            unit, strategy = parse_id(id)
            if unit == id or unit not in ids:
                continue
            if said != [unit, strategy]:
                raise DataError(
                    self.path,
                    f"id {shown(id)} has unit {shown(said[0])} and strategy {said[1]}; its ending stands for "
                    f"{shown(unit)} and {strategy}",
                    line=row,
                )
            if (other := seen.setdefault((unit, strategy), id)) != id:
                raise DataError(
                    self.path, f"ids {shown(other)} and {shown(id)} are the same variant", line=row
                )


def shown(value: object) -> str:
    """A foreign value as an error may show it: in ASCII, in quotation marks, and cut off when it is long."""
    text = ascii(str(value))[1:-1]
    return f'"{text[:SHOWN]}{"…" if len(text) > SHOWN else ""}"'


def _read_columns(path: Path, count: int | None) -> Mapping[str, Sequence[Any]]:
    """The columns of a Parquet file by name, in the file's order.

    Raises:
        DataError: when the file is not Parquet, has unknown or duplicate columns, or another number of rows.
    """
    file = read_parquet_columns(path, COLUMNS, most_rows=min(count or MOST_INSTANCES, MOST_INSTANCES))
    if unknown := [name for name in file.names if name not in (*COLUMNS, INDEX)]:
        raise DataError(
            path, f"not saved predictions (column {shown(unknown[0])}); expected {_listed(COLUMNS)}"
        )
    rows = len(next(iter(file.values.values()), ()))
    if rows < (count or 1):
        raise DataError(path, f"{rows:,} predictions; expected {f'{count:,}' if count else 'at least one'}")
    return file.values


def _listed(names: Sequence[str] | Mapping[str, Any]) -> str:
    """Names of columns, joined by commas."""
    return ", ".join(names)


def _texts(path: Path, values: Sequence[object], name: str) -> tuple[str, ...]:
    """The values of a column, all of which must be text that is not empty."""
    for row, value in enumerate(values, 1):
        if not isinstance(value, str) or not value:
            raise DataError(path, f"{name} {shown(value)}; expected text", line=row)
    return tuple(map(str, values))


def _distinct(path: Path, ids: tuple[str, ...]) -> tuple[str, ...]:
    """The ids, each of which must occur once."""
    first: dict[str, int] = {}
    for row, id in enumerate(ids, 1):
        if first.setdefault(id, row) != row:
            raise DataError(path, f"duplicate id {shown(id)}, first in row {first[id]}", line=row)
    return ids


def _choices(
    path: Path, columns: Mapping[str, Sequence[object]], name: str, members: Mapping[str, Choice]
) -> tuple[Choice, ...]:
    """What the values of a column stand for, of which the file must have the full names."""
    for row, value in enumerate(columns.get(name, ()), 1):
        if not isinstance(value, str) or value not in members:
            raise DataError(
                path,
                f"{name} {shown(value)}; expected one of: {', '.join(members)}",
                line=row,
            )
    return tuple(members[str(value)] for value in columns.get(name, ()))


def _probabilities(path: Path, columns: Mapping[str, Any], labels: IntArray) -> FloatArray | None:
    """The predicted probabilities (n, 3), if the file has them.

    Raises:
        DataError: when only some of the three columns are there, a value is not from 0 to 1, the sum of a row
            is not 1 within 0.001, a label is not the most probable one, or an invalid answer has any.
    """
    present = [name for name in PROBABILITIES if name in columns]
    if not present:
        return None
    if len(present) < len(PROBABILITIES):
        raise DataError(path, f"probabilities of {_listed(present)} only; expected {_listed(PROBABILITIES)}")
    rows = list(zip(*(columns[name] for name in PROBABILITIES), strict=True))
    for number, (row, label) in enumerate(zip(rows, labels, strict=True), 1):
        if label == INVALID and row == (None,) * len(row):
            continue
        if label == INVALID:
            raise DataError(path, f"probabilities {shown(row)} of an invalid answer", line=number)
        if not all(type(value) is float and 0 <= value <= 1 + SUM_TOLERANCE for value in row):
            raise DataError(path, f"probabilities {shown(row)}; expected numbers from 0 to 1", line=number)
        if abs(sum(row) - 1) > SUM_TOLERANCE:
            raise DataError(path, f"probabilities {shown(row)}; expected a sum of 1", line=number)
    array = np.array(rows, float).reshape(-1, len(PROBABILITIES))
    for number in np.flatnonzero((labels != INVALID) & (array.argmax(1) != labels))[:1]:
        said, wanted = (POLARITIES[int(k)] for k in (labels[number], array[number].argmax()))
        raise DataError(
            path, f"prediction {said} is not the most probable label, {wanted}", line=int(number) + 1
        )
    return array
