"""The results on the board: read from folders, checked against their predictions, added to safely."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from pathlib import Path

from filelock import FileLock
from pydantic import TypeAdapter
from threadpoolctl import threadpool_limits

from arts.data.corpus_registry import REGISTRY, is_at_hand
from arts.data.errors import ArtsError
from arts.data.support.download import hub_snapshot
from arts.data.support.text_cache import Memo
from arts.evaluation.report import Report
from arts.leaderboard.store.entry import Entry, Fault, claim_of, entry_of, published_entries

PACKAGED = Path(__file__).parents[1] / "results"
REPOSITORY = "hf:"  # before the id of a dataset repository
FORMAT = "2"  # of what is kept about checked files; another number has all of them checked again
CHUNK = 20  # files that are checked before what was found is kept
WAITED_FOR = 200  # files that adding, and starting the app, check before they go on


@dataclass(frozen=True)
class Board:
    """All entries, and the files that could not be read or say what is there already.

    Args:
        entries: of the paper and of the folders.
        faults: files that are no entry, and why.
        duplicates: files that repeat an entry.
        unchecked: how many entries' predictions wait to be checked.
    """

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...] = ()
    duplicates: tuple[Fault, ...] = ()
    unchecked: int = 0

    @cached_property
    def by_key(self) -> dict[str, Entry]:
        """The entries by their keys."""
        return {entry.key: entry for entry in self.entries}

    @cached_property
    def corpora(self) -> list[str]:
        """The corpora with an entry: those of the paper first, other people's next, the sample last."""
        order = [*REGISTRY]
        names = {entry.corpus for entry in self.entries}
        return sorted(names, key=lambda n: (order.index(n) if n in order else len(order), n == "sample", n))

    def on(self, corpus: str) -> list[Entry]:
        """The entries on a corpus, best ARS first."""
        chosen = [entry for entry in self.entries if entry.corpus == corpus]
        return sorted(chosen, key=lambda entry: (-entry.ars.value, -entry.accuracy.value, entry.key))


@dataclass(frozen=True)
class Store:
    """Folders and dataset repositories with results; the first folder takes what is added.

    Args:
        folders: of the user, by path, or ``hf:`` and the id of a dataset repository.
        packaged: whether the paper's figures and the package's own results are shown too.
    """

    folders: tuple[str, ...] = ("results",)
    packaged: bool = True

    @cached_property
    def places(self) -> list[Path]:
        """Local folders to read, repositories as they were downloaded.

        Raises:
            DownloadError: when a repository is not to be had.
        """
        own = [PACKAGED] if self.packaged else []
        return own + [_local(folder) for folder in self.folders]

    @cached_property
    def _known(self) -> dict[str, Entry | Fault]:
        """What earlier readings found, by the marks of the files."""
        return {}

    @property
    def target(self) -> Path:
        """The folder that takes what is added.

        Raises:
            ArtsError: when only repositories were given.
        """
        for folder in self.folders:
            if not folder.startswith(REPOSITORY):
                return Path(folder)
        raise ArtsError("only dataset repositories are open; start the board with a folder to add to")

    def state(self) -> str:
        """Changes when a file is added, changed or removed."""
        found = hashlib.sha256()
        for path, mark in self._files():
            found.update(f"{path} {mark}\n".encode())
        return found.hexdigest()

    def _files(self) -> Iterator[tuple[Path, str]]:
        """Every report with a mark of its state and of its predictions' state."""
        corpora = " ".join(filter(is_at_hand, REGISTRY))  # with one more at hand, more can be checked
        for place in self.places:
            sizes = {}
            if place.is_dir():
                for item in os.scandir(place):
                    if item.is_file() and not item.name.startswith("."):
                        stat = item.stat()
                        sizes[item.name] = f"{stat.st_size} {stat.st_mtime_ns}"
            whole = str(place.resolve())
            for name in sorted(sizes):
                if name.endswith(".json"):
                    beside = sizes.get(name.removesuffix(".json") + ".parquet", "")
                    yield place / name, f"{whole}/{name} {sizes[name]} {beside} {corpora}"

    def read(self, most: float = inf) -> Board:
        """Read and check everything; what was checked before and has not changed is not checked again.

        Args:
            most: when more files than this wait to be checked, none is; they are shown as they claim to be,
                and counted as unchecked.
        """
        files, memo = list(self._files()), Memo("leaderboard", FORMAT)
        marks = [mark for _, mark in files]
        known = {mark: self._known[mark] for mark in marks if mark in self._known}
        stored = memo.get(mark for mark in marks if mark not in known)
        known |= zip(stored, _FOUND.validate_python([*stored.values()]), strict=True)
        waiting = [file for file in files if file[1] not in known]
        for first in range(0, len(waiting) if len(waiting) <= most else 0, CHUNK):
            with threadpool_limits(1):  # the products are small
                fresh = {mark: _checked(path) for path, mark in waiting[first : first + CHUNK]}
            memo.put({mark: found.model_dump(mode="json") for mark, found in fresh.items()})
            known |= fresh
        self._known.update(known)
        found = [known[mark] if mark in known else _claimed(path, mark) for path, mark in files]
        entries, duplicates = _without_repetitions(
            [*(published_entries() if self.packaged else ()), *(e for e in found if isinstance(e, Entry))]
        )
        faults = tuple(fault for fault in found if isinstance(fault, Fault))
        return Board(tuple(entries), faults, tuple(duplicates), len(files) - len(known))

    def add(self, report: Report) -> Path:
        """Write a report and its predictions; several processes may do so at once.

        Returns:
            The report's path.

        Raises:
            ArtsError: when the same answers, or the same claim, are there already.
        """
        entry = entry_of(report)
        folder = self.target
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{report.stem[:80]}-{entry.key}.json"
        with FileLock(folder / ".adding.lock"):
            for other in self.read(WAITED_FOR).entries:
                if entry.repeats(other):
                    raise ArtsError(f'the same answers are on the board already, as "{other.label}"')
            if report.has_predictions:
                report.predictions.save(path.with_suffix(".parquet"))
            report.write_json(path)
        return path


_FOUND: TypeAdapter[list[Entry | Fault]] = TypeAdapter(list[Entry | Fault])


def _local(folder: str) -> Path:
    if not folder.startswith(REPOSITORY):
        return Path(folder)
    name = folder.removeprefix(REPOSITORY)
    return hub_snapshot(
        name, ["*.json", "*.parquet"], what=f'results "{folder}" cannot be had', repo_type="dataset"
    )


def _checked(path: Path) -> Entry | Fault:
    try:
        return entry_of(Report.read(path), path)
    except ArtsError as error:
        return Fault(path=str(path), reason=str(error))


def _claimed(path: Path, mark: str) -> Entry | Fault:
    try:
        return claim_of(path, mark)
    except ArtsError as error:
        return Fault(path=str(path), reason=str(error))


def _without_repetitions(entries: Iterable[Entry]) -> tuple[Sequence[Entry], Sequence[Fault]]:
    """Each entry once: a file that repeats an earlier one is listed, with the one that it repeats."""
    seen: dict[tuple[str, str], Entry] = {}
    unique, repeated = [], []
    for entry in entries:
        marks = [("key", entry.key)] + ([(entry.checksum, entry.answers)] if entry.answers else [])
        earlier = next((seen[mark] for mark in marks if mark in seen), None)
        if earlier is None:
            unique.append(entry)
            seen |= dict.fromkeys(marks, entry)
        else:
            repeated.append(Fault(path=str(entry.path), reason=f'repeats "{earlier.label}", {earlier.path}'))
    return unique, repeated
