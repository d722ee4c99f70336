"""Report files of a results folder, checked once: the results are kept in memory and in the cache on disk.

In memory, a result belongs to a file's size, times and place on the disk; on disk, to the content of the file
and its predictions, of the corpora on this machine, and of the code that checks.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from threadpoolctl import threadpool_limits

from arts import evaluation
from arts.data.corpus_registry import CORPUS_NAMES, local_corpus
from arts.data.errors import ArtsError, DataError
from arts.data.support.printable import printable
from arts.data.support.text_cache import TextCache
from arts.evaluation.report import Report
from arts.evaluation.resample import Resample
from arts.leaderboard.store.entry import BoardEntry, entry_of, unchecked_entry
from arts.leaderboard.store.excluded_file import ExcludedFile
from arts.models.registry import model_names

logger = logging.getLogger(__name__)

CHUNK_FILES = 20  # files to check before their entries are written to the cache
MOST_FAULT = 200  # characters of an unexpected error that the board shows
CACHE = ("leaderboard", "checked")  # kind and source of the results in the cache on disk
CODE = (Path(__file__).parent, Path(evaluation.__file__).parent)  # folders with what checks reports

CheckedFile = BoardEntry | ExcludedFile
_RESULT: TypeAdapter[CheckedFile] = TypeAdapter(CheckedFile)


@dataclass(frozen=True)
class ReportFile:
    """A report file as it is now.

    Args:
        path: Path of the report.
        stamp: A text that changes when the file or that of its predictions is written, replaced, added or
            removed. It has the time of the last change of the file's status, which cannot be set back.
    """

    path: Path
    stamp: str

    @classmethod
    def in_folder(cls, folder: Path) -> Iterator[ReportFile]:
        """Yield the report files of a folder, sorted by name; none if the folder does not exist.

        Raises:
            DataError: The folder cannot be read, or is a file.
        """
        try:
            items = {item.name: item for item in os.scandir(folder) if not item.name.startswith(".")}
        except FileNotFoundError:
            return
        except OSError as error:
            raise DataError(printable(str(folder)), f"cannot be read: {error.strerror}") from error
        for name in sorted(items):
            if name.endswith(".json") and os.path.isfile(items[name]):
                beside = items.get(name.removesuffix(".json") + ".parquet")
                yield cls(folder / name, _stamp([items[name], *([beside] if beside else [])]))

    @classmethod
    def at(cls, path: Path) -> ReportFile:
        """The report file with a path as it is now."""
        return cls(path, _stamp([path, path.with_suffix(".parquet")]))

    @property
    def content(self) -> str:
        """SHA-256 of the content of the report and of its predictions, with the path of the report."""
        digest = hashlib.sha256(os.fsencode(f"{self.path}\n{self.path.resolve()}\n"))
        for path in (self.path, self.path.with_suffix(".parquet")):
            digest.update(_content_digest(path))
        return digest.hexdigest()

    def check(self, resample: Resample = Resample.SENTENCES) -> CheckedFile:
        """The board's entry of the report, checked against its predictions, or an excluded file.

        Args:
            resample: What intervals and tests are to be over.
        """
        return self._row(lambda: entry_of(Report.load_unchecked(self.path), self.path, resample=resample))

    def read_claim(self) -> CheckedFile:
        """The board's entry with the scores that the report claims, or an excluded file."""
        return self._row(lambda: unchecked_entry(self.path, self.stamp))

    def _row(self, read: Callable[[], BoardEntry]) -> CheckedFile:
        """The entry that is read, or the file as excluded, whatever is wrong with it: the board must open."""
        shown = printable(str(self.path))
        try:
            if not _is_utf8(self.path):
                raise DataError(shown, "the name is not UTF-8; rename the file")
            return read()
        except ArtsError as error:
            return ExcludedFile(path=shown, reason=printable(str(error)))
        except Exception as error:  # a fault of ours, which takes only this file from the board
            logger.exception("%s cannot be checked; please report this", shown)
            fault = printable(f"{type(error).__name__}: {error}")[:MOST_FAULT]
            return ExcludedFile(path=shown, reason=f"{shown}: not checked ({fault}); please report this")


@dataclass
class CheckedFiles:
    """The results of all checks that this process made or found in the cache on disk.

    Args:
        resample: What intervals and tests are to be over.
        results: The results, keyed by the file.
        contents: The digest of each file's content, which is computed once.
    """

    resample: Resample = Resample.SENTENCES
    results: dict[tuple[str, ReportFile], CheckedFile] = field(default_factory=dict)
    contents: dict[ReportFile, str] = field(default_factory=dict)

    def known(self, files: Sequence[ReportFile]) -> dict[ReportFile, CheckedFile]:
        """The results of earlier checks, also of other processes; files that have none are left out."""
        surroundings = checking_digest()
        missing = [file for file in files if (surroundings, file) not in self.results]
        keys = {file: self._key(file, surroundings) for file in missing}
        rows = _stored_results(keys.values())
        self.results |= {(surroundings, file): rows[key] for file, key in keys.items() if key in rows}
        return {
            file: self.results[surroundings, file] for file in files if (surroundings, file) in self.results
        }

    def check(self, files: Sequence[ReportFile]) -> dict[ReportFile, CheckedFile]:
        """Check files against their predictions, and write the results to the cache after every 20.

        The result of a file that changed meanwhile is not kept.
        """
        surroundings, checked = checking_digest(), dict[ReportFile, CheckedFile]()
        for first in range(0, len(files), CHUNK_FILES):
            chunk = files[first : first + CHUNK_FILES]
            keys = {file: self._key(file, surroundings) for file in chunk}
            with threadpool_limits(1):  # the matrix products are too small for several threads
                rows = {file: file.check(self.resample) for file in chunk}
            kept = {file: row for file, row in rows.items() if ReportFile.at(file.path) == file}
            _store_results({keys[file]: row for file, row in kept.items()})
            self.results |= {(surroundings, file): row for file, row in kept.items()}
            checked |= rows
        return checked

    def keep(self, file: ReportFile, row: CheckedFile) -> None:
        """Keep what has been found out about a file before it was written."""
        surroundings = checking_digest()
        _store_results({self._key(file, surroundings): row})
        self.results[surroundings, file] = row

    def _key(self, file: ReportFile, surroundings: str) -> str:
        """The key of a file's result in the cache on disk."""
        if file not in self.contents:
            self.contents[file] = file.content
        return f"{self.contents[file]} {surroundings} {self.resample}"


def checking_digest() -> str:
    """A digest of what checks depend on besides the file: corpora and models on this machine, and code."""
    corpora = {name: corpus.checksum for name in CORPUS_NAMES if (corpus := local_corpus(name))}
    return hashlib.sha256(f"{corpora} {model_names()} {_code_digest()}".encode()).hexdigest()


@cache
def _code_digest() -> str:
    """SHA-256 of the modules that check reports."""
    digest = hashlib.sha256()
    for path in (path for folder in CODE for path in sorted(folder.glob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _stored_results(keys: Iterable[str]) -> dict[str, CheckedFile]:
    """The results in the cache on disk, keyed as they were stored; none, with a warning, if it has faults."""
    rows = dict[str, CheckedFile]()
    with _cache_as_it_is():
        for key, value in TextCache(*CACHE).get(keys).items():
            try:
                rows[key] = _RESULT.validate_python(value)
            except ValidationError:
                logger.warning("a result in the cache is damaged; its file is checked anew")
    return rows


def _store_results(rows: Mapping[str, CheckedFile]) -> None:
    """Write results to the cache on disk; if it cannot be written, say so."""
    with _cache_as_it_is():
        TextCache(*CACHE).put({key: row.model_dump(mode="json") for key, row in rows.items()})


@contextmanager
def _cache_as_it_is() -> Iterator[None]:
    """Do without the cache on disk, with a warning, where it cannot be used."""
    try:
        yield
    except DataError as error:
        logger.warning("%s; the results of checks are kept in memory only", error)


def _content_digest(path: Path) -> bytes:
    """SHA-256 of a file; something else where it is missing, no file, or not to be read."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return b"none"
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        return type(error).__name__.encode()


def _is_utf8(path: Path) -> bool:
    """Whether a path can be written as UTF-8; names of files are any bytes."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _stamp(files: Sequence[os.DirEntry[str] | Path]) -> str:
    """Size, times of change, and place on the disk of those of some files that exist, links followed."""
    stamps = []
    for file in files:
        try:
            stat = os.stat(file)
        except OSError:  # gone, or a link to nothing
            continue
        stamps.append(f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_dev}:{stat.st_ino}")
    return " ".join(stamps)
