"""Report files of a results folder, checked once: the results are kept in memory and in the cache on disk.

In memory, a result belongs to a file's size, times and place on the disk; on disk, to the content of the file
and its predictions, of the corpora on this machine, and of the code that checks.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter
from threadpoolctl import threadpool_limits

from arts import evaluation
from arts.data.corpus_registry import CORPUS_NAMES, local_corpus
from arts.data.errors import ArtsError
from arts.data.support.text_cache import TextCache
from arts.evaluation.report import Report
from arts.leaderboard.store.entry import BoardEntry, ExcludedFile, entry_of, unchecked_entry
from arts.models.registry import model_names

CHUNK_FILES = 20  # files to check before their entries are written to the cache
CODE = (Path(__file__).parent, Path(evaluation.__file__).parent)  # folders with what checks reports

CheckedFile = BoardEntry | ExcludedFile
_RESULTS: TypeAdapter[list[CheckedFile]] = TypeAdapter(list[CheckedFile])


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
        """Yield the report files of a folder, sorted by name; none if the folder does not exist."""
        if not folder.is_dir():
            return
        items = {item.name: item for item in os.scandir(folder) if not item.name.startswith(".")}
        for name in sorted(items):
            if name.endswith(".json") and items[name].is_file():
                beside = items.get(name.removesuffix(".json") + ".parquet")
                yield cls(folder / name, _stamp([items[name], *([beside] if beside else [])]))

    @classmethod
    def at(cls, path: Path) -> ReportFile:
        """The report file with a path as it is now."""
        return cls(path, _stamp([path, path.with_suffix(".parquet")]))

    @property
    def content(self) -> str:
        """SHA-256 of the content of the report and of its predictions, with the path of the report."""
        digest = hashlib.sha256(f"{self.path}\n{self.path.resolve()}\n".encode())
        for path in (self.path, self.path.with_suffix(".parquet")):
            try:
                content = path.read_bytes()
            except OSError as error:  # none, or not to be read
                content = type(error).__name__.encode()
            digest.update(b"%d " % len(content) + content)
        return digest.hexdigest()

    def check(self) -> CheckedFile:
        """The board's entry of the report, checked against its predictions, or an excluded file."""
        try:
            return entry_of(Report.load_unchecked(self.path), self.path)
        except ArtsError as error:
            return ExcludedFile(path=str(self.path), reason=str(error))

    def read_claim(self) -> CheckedFile:
        """The board's entry with the scores that the report claims, or an excluded file."""
        try:
            return unchecked_entry(self.path, self.stamp)
        except ArtsError as error:
            return ExcludedFile(path=str(self.path), reason=str(error))


@dataclass
class CheckedFiles:
    """The results of all checks that this process made or found in the cache on disk.

    Args:
        results: The results, keyed by the file.
        contents: The digest of each file's content, which is computed once.
    """

    results: dict[tuple[str, ReportFile], CheckedFile] = field(default_factory=dict)
    contents: dict[ReportFile, str] = field(default_factory=dict)

    def known(self, files: Sequence[ReportFile]) -> dict[ReportFile, CheckedFile]:
        """The results of earlier checks, also of other processes; files that have none are left out."""
        surroundings = checking_digest()
        missing = [file for file in files if (surroundings, file) not in self.results]
        keys = {file: self._key(file, surroundings) for file in missing}
        stored = _cache().get(keys.values())
        rows = dict(zip(stored, _RESULTS.validate_python([*stored.values()]), strict=True))
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
                rows = {file: file.check() for file in chunk}
            kept = {file: row for file, row in rows.items() if ReportFile.at(file.path) == file}
            _cache().put({keys[file]: row.model_dump(mode="json") for file, row in kept.items()})
            self.results |= {(surroundings, file): row for file, row in kept.items()}
            checked |= rows
        return checked

    def _key(self, file: ReportFile, surroundings: str) -> str:
        """The key of a file's result in the cache on disk."""
        if file not in self.contents:
            self.contents[file] = file.content
        return f"{self.contents[file]} {surroundings}"


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


def _cache() -> TextCache:
    """The cache of results on disk."""
    return TextCache("leaderboard", "checked")


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
