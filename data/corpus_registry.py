"""The corpora known by name, and `load_corpus`: a name, a path or a Hugging Face dataset in, splits out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.corpus import Corpus, completed
from arts.data.errors import DataError, UnknownNameError
from arts.data.readers.instances import READERS, read_instances
from arts.data.readers.span_repair import Notes
from arts.data.schema import Instance, Sentence, Split, group_sentences
from arts.data.support.download import at_hand, resolve, sha256

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


@dataclass(frozen=True)
class _Entry:
    """Where a corpus of the ARTS release lies in its repository."""

    train: str
    dev: str
    test: str
    originals: str = ""  # set where the test file is a table of predictions, without spans


REGISTRY = {
    "laptop": _Entry(
        "data/src_data/laptop/train.json",
        "data/src_data/laptop/dev.json",
        "data/arts_testset/laptop_test_enriched.json",
    ),
    "restaurant": _Entry(
        "data/src_data/rest/train.json",
        "data/src_data/rest/dev.json",
        "data/arts_testset/rest_test_enriched.json",
    ),
    "mams": _Entry(
        "data/src_data/mams/train.json",
        "data/src_data/mams/dev.json",
        "output/mams_results.csv",
        originals="data/src_data/mams/test.json",
    ),
}
NAMES = ("sample", *REGISTRY)


def load_corpus(source: str | Path | Dataset | DatasetDict) -> Corpus:
    """Load a corpus.

    Args:
        source: ``sample`` (shipped), ``laptop``, ``restaurant``, ``mams`` (fetched once, see
            `arts.data.support.download.resolve`), the path of a file (a test split) or of a folder with files
            ``train``, ``dev`` or ``validation``, and ``test`` in any format that `read_instances`
            knows, or a Hugging Face dataset (a test split) or dictionary of them.

    Raises:
        UnknownNameError: when it is neither a known name nor a path.
        DataError, DownloadError: when its data is not as expected, or not to be had.
    """
    if not isinstance(source, str | Path):
        from arts.data.hf_dataset import corpus_from_dataset

        return corpus_from_dataset(source)
    if source == "sample":
        return _from_folder(Path(str(files("arts.data").joinpath("sample"))), "sample")
    if source in REGISTRY:
        return _from_release(str(source), REGISTRY[str(source)])
    path = Path(source)
    if path.is_dir():
        return _from_folder(path, path.resolve().name)
    if path.is_file():
        return _assemble(path.stem, {"test": path}.get, read_instances)
    raise UnknownNameError("dataset", str(source), NAMES, "; or the path of a file or folder")


def is_at_hand(name: str) -> bool:
    """Whether the test split of a corpus known by name can be read without a download.

    Raises:
        DataError: as `arts.data.support.download.resolve`.

    Example:
        >>> is_at_hand("sample")
        True
    """
    entry = REGISTRY.get(name)
    if entry is None:
        return name in NAMES
    needed = [file for file in (entry.test, entry.originals) if file]
    return all(at_hand(file) is not None for file in needed)


def instances_at_hand(name: str, checksum: str) -> Sequence[Instance]:
    """The test split of a corpus known by name, if it is on this machine; nothing otherwise.

    Args:
        name: of the corpus.
        checksum: of the content that is meant; another content is none.
    """
    if name not in NAMES or not is_at_hand(name):
        return ()
    corpus = _loaded(name)
    return corpus.test if corpus.checksum == checksum else ()


_loaded = cache(load_corpus)


def _from_release(name: str, entry: _Entry) -> Corpus:
    def path(split: str) -> Path:
        return resolve(getattr(entry, split))

    if not entry.originals:
        return _assemble(name, path, read_instances)
    from arts.data.readers.mams import read_results

    return _assemble(name, path, partial(read_results, originals_path=path("originals")))


def _from_folder(folder: Path, name: str) -> Corpus:
    files_of = sorted(p for p in folder.iterdir() if p.suffix in READERS)

    def path(split: str) -> Path | None:
        found = [p for p in files_of if p.stem in Split(split).file_stems]
        if len(found) > 1:
            raise DataError(folder, f"several files for {split}: {', '.join(p.name for p in found)}")
        return found[0] if found else None

    if path("test") is None:
        raise DataError(folder, f"no test file; expected test with one of {', '.join(READERS)}")
    return _assemble(name, path, read_instances)


def _assemble(
    name: str,
    path: Callable[[str], Path | None],
    read_test: Callable[[Path, Notes], Iterator[Instance]],
) -> Corpus:
    """A corpus whose splits lie where `path` says; the test split is read by `read_test`, now."""
    notes, checksums = Notes(), dict[str, str]()

    def load(split: str) -> list[Sentence]:
        place = path(split)
        if place is None:
            return []
        checksums[place.name] = sha256(place)
        return group_sentences(read_instances(place, notes))

    place = path("test")
    assert place is not None
    checksums[place.name] = sha256(place)
    test = list(read_test(place, notes))
    return Corpus(name, completed(test, notes), load, notes, checksums)
