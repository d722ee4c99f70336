"""The finished batches of a run, stored so that an interrupted run can go on from them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arts.data.schema import Instance
from arts.data.support.atomic import atomic_file
from arts.generators.running.batches import OutcomeBatch
from arts.generators.running.quality_report import Tally


class Staging:
    """The finished batches of a run, stored in its work folder until all are there.

    Args:
        folder: the work folder, which outlives an interrupted run. Batches that such a run has left there
            count as finished.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done = 0
        while self._tally_path(self.done).is_file():
            self.done += 1

    def add(self, batch: OutcomeBatch, rows: Sequence[Instance]) -> None:
        """Store the instances and the counts of a finished batch.

        Args:
            batch: the (sentence, outcomes) pairs of the batch, which are counted.
            rows: the instances to store.
        """
        from arts.data.hf_dataset import write_instances

        with atomic_file(self._rows_path(self.done)) as path:
            write_instances(rows, path)
        tally = Tally.count(outcome for _, group in batch for outcome in group)
        with atomic_file(self._tally_path(self.done)) as path:
            path.write_text(tally.model_dump_json())
        self.done += 1

    @property
    def shards(self) -> list[Path]:
        """The paths of the Parquet files with the instances of the finished batches, in order."""
        return [self._rows_path(number) for number in range(self.done)]

    def tally(self) -> Tally:
        """The counts of all finished batches together."""
        total = Tally()
        for number in range(self.done):
            total.merge(Tally.model_validate_json(self._tally_path(number).read_bytes()))
        return total

    def _rows_path(self, number: int) -> Path:
        return self.folder / f"{number:06}.parquet"

    def _tally_path(self, number: int) -> Path:
        return self.folder / f"{number:06}.json"
