"""Stores of results: reports in folders, read and checked against their predictions, and added safely."""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Self

from filelock import FileLock
from pydantic import TypeAdapter
from threadpoolctl import threadpool_limits

from arts.data.corpus_registry import RELEASED_CORPORA, SAMPLE, is_available_locally
from arts.data.errors import ArtsError
from arts.data.support.download import hub_snapshot
from arts.data.support.text_cache import TextCache
from arts.evaluation.report import Report
from arts.leaderboard.store.entry import BoardEntry, ExcludedFile, entry_of, unchecked_entry
from arts.leaderboard.store.published import published_entries

PACKAGED_RESULTS = Path(__file__).parents[1] / "results"
DATASET_PREFIX = "hf:"  # tells the id of a Hugging Face dataset repository from a folder
NO_PACKAGED = "--no-packaged"
CACHE_VERSION = "3"  # of cached entries; if it changes, every file is checked again
CHUNK_FILES = 20  # files to check before their entries are written to the cache
CHECKED_BEFORE_START = 200  # most files to check before a report is added or the app starts

_CheckedFiles = dict[str, BoardEntry | ExcludedFile]  # results of checks, keyed by the file's fingerprint
_RESULTS: TypeAdapter[list[BoardEntry | ExcludedFile]] = TypeAdapter(list[BoardEntry | ExcludedFile])


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
        """Names of the corpora with an entry: the paper's, then users' own, then the packaged sample."""
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
    """

    folders: tuple[str, ...] = ("results",)
    packaged: bool = True

    @classmethod
    def from_arguments(cls, arguments: Sequence[str]) -> Self:
        """Make a store from command-line arguments, such as those in `Store.arguments`.

        Args:
            arguments: Folders and ``--no-packaged``; other options are ignored. The folder is ``results``
                when none is given.

        Example:
            >>> Store.from_arguments(["mine", "--no-packaged"])
            Store(folders=('mine',), packaged=False)
        """
        parser = argparse.ArgumentParser()
        parser.add_argument("folders", nargs="*", default=["results"])
        parser.add_argument(NO_PACKAGED, action="store_false", dest="packaged")
        options, _ = parser.parse_known_args(arguments)
        return cls(tuple(options.folders), packaged=options.packaged)

    @property
    def arguments(self) -> list[str]:
        """Command-line arguments from which another process can make this store by `from_arguments`."""
        return [*self.folders, *([] if self.packaged else [NO_PACKAGED])]

    @cached_property
    def local_folders(self) -> list[Path]:
        """Local paths of all folders of the store; dataset repositories are downloaded first.

        Raises:
            DownloadError: A dataset repository cannot be downloaded.
        """
        packaged = [PACKAGED_RESULTS] if self.packaged else []
        return packaged + [_local_folder(folder) for folder in self.folders]

    @cached_property
    def _in_memory(self) -> dict[str, BoardEntry | ExcludedFile]:
        """The results of earlier checks in this process, keyed by the fingerprint of the file."""
        return {}

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
        """A digest that changes when a file of the store is added, changed or removed."""
        digest = hashlib.sha256()
        for path, fingerprint in self._files():
            digest.update(f"{path} {fingerprint}\n".encode())
        return digest.hexdigest()

    def _files(self) -> Iterator[tuple[Path, str]]:
        """Yield the path and the fingerprint of each report.

        The fingerprint changes with the report, its predictions, and the corpora on this machine.
        """
        corpora = " ".join(filter(is_available_locally, RELEASED_CORPORA))  # a new one allows more checks
        for folder in self.local_folders:
            stamps = _file_stamps(folder)
            resolved = str(folder.resolve())
            for name in sorted(stamps):
                if name.endswith(".json"):
                    predictions = stamps.get(name.removesuffix(".json") + ".parquet", "")
                    yield folder / name, f"{resolved}/{name} {stamps[name]} {predictions} {corpora}"

    def read(self, check_at_most: float = inf) -> Board:
        """Read all reports, and check the new and changed ones against their predictions.

        Args:
            check_at_most: The largest number of reports to check in this call. If more need a check, none
                is checked: their entries show the scores that they claim, and count as unchecked.
        """
        files = list(self._files())
        cache = TextCache("leaderboard", CACHE_VERSION)
        results = self._cached_results([fingerprint for _, fingerprint in files], cache)
        unchecked = [(path, fingerprint) for path, fingerprint in files if fingerprint not in results]
        if len(unchecked) <= check_at_most:
            results |= _check_files(unchecked, cache)
        self._in_memory.update(results)
        rows = [
            results[fingerprint] if fingerprint in results else _read_claim(path, fingerprint)
            for path, fingerprint in files
        ]
        published = published_entries() if self.packaged else ()
        entries, duplicates = _split_duplicates(
            [*published, *(row for row in rows if isinstance(row, BoardEntry))]
        )
        invalid = tuple(row for row in rows if isinstance(row, ExcludedFile))
        return Board(tuple(entries), invalid, tuple(duplicates), len(files) - len(results))

    def _cached_results(self, fingerprints: Sequence[str], cache: TextCache) -> _CheckedFiles:
        """The results of earlier checks, from memory or disk, keyed by fingerprint.

        Fingerprints of files that have not been checked are missing.
        """
        results = {key: self._in_memory[key] for key in fingerprints if key in self._in_memory}
        stored = cache.get(key for key in fingerprints if key not in results)
        return results | dict(zip(stored, _RESULTS.validate_python([*stored.values()]), strict=True))

    def add(self, report: Report) -> Path:
        """Write a report and its predictions to the `target` folder; safe if several processes do so at once.

        Returns:
            Path of the report's JSON file.

        Raises:
            ArtsError: The report or its predictions are on the board already, or there is no local folder.
        """
        entry = entry_of(report)
        folder = self.target
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{report.stem[:80]}-{entry.key}.json"
        with FileLock(folder / ".adding.lock"):
            for other in self.read(CHECKED_BEFORE_START).entries:
                if entry.repeats(other):
                    raise ArtsError(f'the same predictions are on the board already, as "{other.label}"')
            if report.has_predictions:
                report.predictions.save(path.with_suffix(".parquet"))
            report.write_json(path)
        return path


def _local_folder(folder: str) -> Path:
    """The path of a results folder: as given, or for a dataset repository that of its downloaded copy."""
    if not folder.startswith(DATASET_PREFIX):
        return Path(folder)
    name = folder.removeprefix(DATASET_PREFIX)
    return hub_snapshot(
        name, ["*.json", "*.parquet"], what=f'results "{folder}" cannot be had', repo_type="dataset"
    )


def _file_stamps(folder: Path) -> dict[str, str]:
    """Size and time of change of a folder's files, hidden ones excepted, by name; {} if it does not exist."""
    if not folder.is_dir():
        return {}
    stats = {
        item.name: item.stat()
        for item in os.scandir(folder)
        if item.is_file() and not item.name.startswith(".")
    }
    return {name: f"{stat.st_size} {stat.st_mtime_ns}" for name, stat in stats.items()}


def _check_files(files: Sequence[tuple[Path, str]], cache: TextCache) -> _CheckedFiles:
    """Check reports against their predictions, and write the results to the cache after every 20 reports.

    Args:
        files: Paths of reports with their fingerprints, texts that change when the files do.
        cache: Where to write the results.

    Returns:
        One entry per report, or an `ExcludedFile` if it is invalid, keyed by fingerprint.
    """
    results: _CheckedFiles = {}
    for first in range(0, len(files), CHUNK_FILES):
        with threadpool_limits(1):  # the matrix products are too small for several threads
            chunk = {
                fingerprint: _check_file(path) for path, fingerprint in files[first : first + CHUNK_FILES]
            }
        cache.put({fingerprint: row.model_dump(mode="json") for fingerprint, row in chunk.items()})
        results |= chunk
    return results


def _check_file(path: Path) -> BoardEntry | ExcludedFile:
    """The entry of a report file, checked against its predictions; an `ExcludedFile` if it is invalid."""
    try:
        return entry_of(Report.load_unchecked(path), path)
    except ArtsError as error:
        return ExcludedFile(path=str(path), reason=str(error))


def _read_claim(path: Path, fingerprint: str) -> BoardEntry | ExcludedFile:
    """The entry of a report file with the scores that it claims; an `ExcludedFile` if it is invalid."""
    try:
        return unchecked_entry(path, fingerprint)
    except ArtsError as error:
        return ExcludedFile(path=str(path), reason=str(error))


def _split_duplicates(entries: Iterable[BoardEntry]) -> tuple[Sequence[BoardEntry], Sequence[ExcludedFile]]:
    """Separate the entries that repeat an earlier one from the others.

    Returns:
        The distinct entries; and one excluded file per repetition, whose reason names the earlier entry.
    """
    seen: dict[tuple[str, str], BoardEntry] = {}
    unique, duplicates = [], []
    for entry in entries:
        earlier = next((seen[identity] for identity in entry.identities if identity in seen), None)
        if earlier is None:
            unique.append(entry)
            seen |= dict.fromkeys(entry.identities, entry)
        else:
            reason = f'repeats "{earlier.label}", {earlier.path}'
            duplicates.append(ExcludedFile(path=str(entry.path), reason=reason))
    return unique, duplicates
