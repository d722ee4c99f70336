"""Stores of results: reports in folders, read and checked against their predictions, and added safely."""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Self

from arts.data.corpus_registry import RELEASED_CORPORA, SAMPLE
from arts.data.errors import ArtsError
from arts.data.support.atomic import atomic_files
from arts.data.support.download import hub_snapshot
from arts.data.support.locks import clear_writing_error, exclusive_writing
from arts.evaluation.report import Report
from arts.evaluation.resample import Resample
from arts.evaluation.verification import Status
from arts.leaderboard.store.checked_files import CheckedFiles, ReportFile, checking_digest
from arts.leaderboard.store.distinct_entries import split_duplicates, with_distinct_corpora
from arts.leaderboard.store.entry import BoardEntry, entry_of
from arts.leaderboard.store.excluded_file import ExcludedFile
from arts.leaderboard.store.published import PACKAGED_RESULTS, published_entries
from arts.leaderboard.store.seed_groups import (
    can_be_summarized,
    known_summaries,
    seed_groups,
    summaries,
)

DATASET_PREFIX = "hf:"  # tells the id of a Hugging Face dataset repository from a folder
NO_PACKAGED = "--no-packaged"
RESAMPLE = "--resample"
CHECKED_BEFORE_START = 300  # most files to check before a report is added or the app starts


@dataclass(frozen=True)
class Board:
    """All entries of the board, and the files in results folders that it leaves out.

    Args:
        entries: The paper's entries, followed by those of the results folders.
        invalid_files: Files that are not a valid report.
        duplicate_files: Files that repeat an entry.
        unchecked: Number of reports that have not been checked against their predictions yet.
    """

    entries: tuple[BoardEntry, ...]
    invalid_files: tuple[ExcludedFile, ...] = ()
    duplicate_files: tuple[ExcludedFile, ...] = ()
    unchecked: int = 0

    @cached_property
    def excluded_files(self) -> tuple[ExcludedFile, ...]:
        """All files that the board leaves out: invalid ones, then duplicates."""
        return self.invalid_files + self.duplicate_files

    @cached_property
    def by_key(self) -> dict[str, BoardEntry]:
        """The entries, keyed by `BoardEntry.key`."""
        return {entry.key: entry for entry in self.entries}

    @cached_property
    def corpora(self) -> list[str]:
        """Names of the corpora with an entry: v2 sets, the paper's, users' own, then the packaged sample."""
        order = [*RELEASED_CORPORA]
        names = {entry.corpus for entry in self.entries}
        return sorted(names, key=lambda n: (order.index(n) if n in order else len(order), n == SAMPLE, n))

    def on(self, corpus: str) -> list[BoardEntry]:
        """The entries on one corpus, best ARS first."""
        return sorted((entry for entry in self.entries if entry.corpus == corpus), key=board_order)


def board_order(entry: BoardEntry) -> tuple[float, float, str]:
    """Sort key that puts the best entry first: by ARS, then by accuracy, then by the entry's key."""
    return -entry.ars.value, -entry.accuracy.value, entry.key


@dataclass(frozen=True)
class Store:
    """The places that the board reads results from; new reports are added to the first local folder.

    Args:
        folders: Paths of results folders, or ``hf:`` followed by the id of a Hugging Face dataset repository.
        packaged: Whether to include the paper's scores and the reports that come with this package.
        resample: What intervals and tests are over: sentences where they are known, or single units.
    """

    folders: tuple[str, ...] = ("results",)
    packaged: bool = True
    resample: Resample = Resample.SENTENCES

    @classmethod
    def from_arguments(cls, arguments: Sequence[str]) -> Self:
        """Make a store from command-line arguments, such as those in `Store.arguments`.

        Args:
            arguments: Folders, ``--no-packaged`` and ``--resample``; other options are ignored. The folder is
                ``results`` when none is given.

        Example:
            >>> Store.from_arguments(["mine", "--no-packaged"]) == Store(("mine",), packaged=False)
            True
        """
        parser = argparse.ArgumentParser()
        parser.add_argument("folders", nargs="*", default=["results"])
        parser.add_argument(NO_PACKAGED, action="store_false", dest="packaged")
        parser.add_argument(RESAMPLE, type=Resample, choices=[*Resample], default=Resample.SENTENCES)
        options, _ = parser.parse_known_args(arguments)
        return cls(tuple(options.folders), packaged=options.packaged, resample=options.resample)

    @property
    def arguments(self) -> list[str]:
        """Command-line arguments from which another process can make this store by `from_arguments`."""
        return [*self.folders, *([] if self.packaged else [NO_PACKAGED]), RESAMPLE, self.resample]

    @cached_property
    def local_folders(self) -> list[Path]:
        """Local paths of all folders of the store; dataset repositories are downloaded first.

        Raises:
            DownloadError: A dataset repository cannot be downloaded.
        """
        packaged = [PACKAGED_RESULTS] if self.packaged else []
        return packaged + [_local_folder(folder) for folder in self.folders]

    @cached_property
    def _checked(self) -> CheckedFiles:
        """The results of earlier checks."""
        return CheckedFiles(self.resample)

    @property
    def target(self) -> Path:
        """The folder to which new reports are added: the first local one.

        Raises:
            ArtsError: The store has dataset repositories only.
        """
        for folder in self.folders:
            if not folder.startswith(DATASET_PREFIX):
                return Path(folder)
        raise ArtsError("only dataset repositories are open; start the board with a folder to add to")

    def fingerprint(self) -> str:
        """A digest that changes when a file of the store or a corpus is added, changed or removed."""
        digest = hashlib.sha256(checking_digest().encode())
        for file in self._files():
            digest.update(os.fsencode(f"{file.path} {file.stamp}\n"))
        return digest.hexdigest()

    def _files(self) -> Iterator[ReportFile]:
        """Yield the report files of all folders."""
        for folder in self.local_folders:
            yield from ReportFile.in_folder(folder)

    def read(self, check_at_most: float = inf) -> Board:
        """Read all reports, and check the new and changed ones against their predictions.

        Args:
            check_at_most: The largest number of reports to check in this call. If more need a check, none
                is checked: their entries show the scores that they claim, and count as unchecked.
        """
        files = list(self._files())
        results = self._checked.known(files)
        unchecked = [file for file in files if file not in results]
        if len(unchecked) <= check_at_most:
            results |= self._checked.check(unchecked)
        rows = [results[file] if file in results else file.read_claim() for file in files]
        published = published_entries() if self.packaged else ()
        entries, duplicates = split_duplicates(
            with_distinct_corpora([*published, *(row for row in rows if isinstance(row, BoardEntry))])
        )
        entries, waiting = _with_summaries(entries, compute_at_most=check_at_most)
        invalid = tuple(row for row in rows if isinstance(row, ExcludedFile))
        return Board(tuple(entries), invalid, tuple(duplicates), len(files) - len(results) + waiting)

    def add(self, report: Report, entry: BoardEntry | None = None) -> Path:
        """Write a report and its predictions to the `target` folder; safe if several processes do so at once.

        Args:
            report: The report, with predictions if there are any.
            entry: Its entry, if that has been made already.

        Returns:
            Path of the report's JSON file.

        Raises:
            ArtsError: The report or its predictions are on the board already, or there is no local folder.
        """
        entry = entry or entry_of(report, resample=self.resample)
        folder = self.target
        path = folder / f"{report.stem}-{entry.key}.json"
        with clear_writing_error(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with exclusive_writing(folder / "adding", wait=True), clear_writing_error(folder):
            for other in self.read(CHECKED_BEFORE_START).entries:
                if entry.repeats(other):
                    raise ArtsError(f'the same predictions are on the board already, as "{other.label}"')
            with atomic_files(path) as partial:
                if report.has_predictions:
                    report.predictions.save(partial / f"{path.stem}.parquet")
                report.write_json(partial / path.name)
        self._checked.keep(ReportFile.at(path), entry.model_copy(update={"path": str(path)}))
        return path


def _local_folder(folder: str) -> Path:
    """The path of a results folder: as given, or for a dataset repository that of its downloaded copy."""
    if not folder.startswith(DATASET_PREFIX):
        return Path(folder)
    name = folder.removeprefix(DATASET_PREFIX)
    return hub_snapshot(
        name, ["*.json", "*.parquet"], what=f'results "{folder}" cannot be had', repo_type="dataset"
    )


def _with_summaries(
    entries: Sequence[BoardEntry], *, compute_at_most: float
) -> tuple[Sequence[BoardEntry], int]:
    """Compute the means over seeds that are not known yet, unless these are too many.

    Args:
        entries: All entries of the board.
        compute_at_most: The largest number to compute. If more are missing, none is computed: their entries
            stay unchecked.

    Returns:
        The entries, and how many of them wait for the means over their seeds.
    """
    groups = [group for group in seed_groups(entries) if can_be_summarized(group)]
    known = known_summaries(groups)
    missing = [group for group in groups if group[0].key not in known]
    if len(missing) <= compute_at_most:
        summaries(missing)
        return entries, 0
    waiting = {entry.key for group in missing for entry in group}
    unchecked = {"status": Status.UNCHECKED}
    return [e.model_copy(update=unchecked) if e.key in waiting else e for e in entries], len(waiting)
