"""The corpora known by name, and `load_corpus`, which takes a name, a path or a Hugging Face dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.corpus import Corpus
from arts.data.corpus_files import build_corpus, load_folder, load_user_corpus
from arts.data.errors import ArtsError, UnknownNameError
from arts.data.label_names import LabelNames
from arts.data.polarity_labels import polarity_names
from arts.data.readers.field_names import NO_COLUMNS, ColumnNames
from arts.data.readers.hf_loading import HF_PREFIX
from arts.data.readers.revisions import read_revised, read_revisions
from arts.data.schema import Instance, Split
from arts.data.support.download import fetch_release_file, local_release_file
from arts.data.support.input_files import input_path, is_missing

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


@dataclass(frozen=True)
class ReleaseFiles:
    """The files of one corpus, as paths relative to the root of the ARTS release's repository (ARTS_TestSet).

    Args:
        train: path of the train split.
        dev: path of the dev split.
        test: path of the test split, originals and variants.
        originals: path of a file with the originals of the test split and their spans. It is given only for
            MAMS, whose `test` is a table of predictions without spans; else it is empty.
        revisions: name of the file in ``data/revisions`` that makes the variants of the test split, whose
            `test` holds the originals alone; else it is empty.
        undisputed: whether units whose gold label every reading rejected are left out.
    """

    train: str
    dev: str
    test: str
    originals: str = ""
    revisions: str = ""
    undisputed: bool = False


_UNDISPUTED = "-undisputed"  # ends the name of a corpus without its disputed units
RELEASED_CORPORA = {
    "laptop-v2": ReleaseFiles(
        "data/src_data/laptop/train.json",
        "data/src_data/laptop/dev.json",
        "data/src_data/laptop/test.json",
        revisions="laptop-v2.jsonl",
    ),
    "restaurant-v2": ReleaseFiles(
        "data/src_data/rest/train.json",
        "data/src_data/rest/dev.json",
        "data/src_data/rest/test.json",
        revisions="restaurant-v2.jsonl",
    ),
    "laptop": ReleaseFiles(
        "data/src_data/laptop/train.json",
        "data/src_data/laptop/dev.json",
        "data/arts_testset/laptop_test_enriched.json",
    ),
    "restaurant": ReleaseFiles(
        "data/src_data/rest/train.json",
        "data/src_data/rest/dev.json",
        "data/arts_testset/rest_test_enriched.json",
    ),
    "mams": ReleaseFiles(
        "data/src_data/mams/train.json",
        "data/src_data/mams/dev.json",
        "output/mams_results.csv",
        originals="data/src_data/mams/test.json",
    ),
}
RELEASED_CORPORA |= {
    f"{name}{_UNDISPUTED}": replace(release, undisputed=True)
    for name, release in RELEASED_CORPORA.items()
    if release.revisions
}
SAMPLE = "sample"  # the corpus that ships with the package
CORPUS_NAMES = (SAMPLE, *RELEASED_CORPORA)


def load_corpus(
    source: str | Path | Dataset | DatasetDict,
    *,
    labels: LabelNames | Mapping[object, object] | None = None,
    columns: ColumnNames | Mapping[str, str] = NO_COLUMNS,
) -> Corpus:
    """Load a corpus by name, from files, or from a Hugging Face dataset.

    Args:
        source: one of

            - a name: ``sample`` (shipped with the package), ``laptop``, ``restaurant`` or ``mams``
              (downloaded once by `arts.data.support.download.fetch_release_file`);
            - the path of a file, which is read as the test split of a corpus without other splits; ``-`` for
              standard input;
            - the path of a folder with a file ``test`` and optionally ``train`` and ``dev`` (or ``val``,
              ``valid``, ``validation``), in any format that `read_instances` reads, or of a folder with one
              such folder, as ``arts generate`` writes it;
            - ``hf:ID`` or ``hf:ID:CONFIG``: a dataset of the Hugging Face Hub, or the folder of one;
            - a Hugging Face dataset, which is the test split, or a dictionary of such datasets by split.
        labels: what labels that do not name a polarity stand for, e.g. ``{0: "negative", 1: "positive"}``.
        columns: the names that columns have in the files, e.g. ``{"text": "Comment", "term": "Topic"}``.

    Raises:
        LabelError: when `labels` gives a name that is no polarity.
        UnknownNameError: when `source` is neither a known name nor an existing path.
        DataError: when a file or a row does not hold what its format says; the message names the place.
        DownloadError: when a file of the ARTS release is not on this machine and cannot be downloaded.
    """
    labels = polarity_names(labels)
    columns = columns if isinstance(columns, ColumnNames) else ColumnNames.of(columns)
    if not isinstance(source, str | Path):
        from arts.data.hf_dataset import corpus_from_dataset

        return corpus_from_dataset(source, labels=labels, columns=columns)
    if source == SAMPLE:
        return load_folder(Path(str(files("arts.data").joinpath(SAMPLE))), SAMPLE, labels=labels)
    if source in RELEASED_CORPORA:
        return _load_release(str(source), RELEASED_CORPORA[str(source)], labels=labels)
    if not str(source).startswith(HF_PREFIX) and is_missing(input_path(source)):
        raise UnknownNameError(
            "dataset", str(source), CORPUS_NAMES, "; or the path of a file or folder, or hf:ID"
        )
    return load_user_corpus(str(source), labels=labels, columns=columns)


def undisputed_name(name: str) -> str:
    """The name of a corpus without the units whose gold label every reading rejected.

    Raises:
        ArtsError: when the originals of this corpus were not read.

    Example:
        >>> undisputed_name("laptop-v2")
        'laptop-v2-undisputed'
    """
    undisputed = f"{name}{_UNDISPUTED}"
    if undisputed not in RELEASED_CORPORA:
        known = [other for other in RELEASED_CORPORA if f"{other}{_UNDISPUTED}" in RELEASED_CORPORA]
        raise ArtsError(
            f"the originals of {name} were not read, so none is known to be disputed; "
            f"expected one of {', '.join(known)}"
        )
    return undisputed


def is_available_locally(name: str) -> bool:
    """Whether the test split of a named corpus can be read without a download.

    The corpus ``sample`` is shipped with the package, so it always can. An unknown name gives False.

    Raises:
        DataError: when a file in the folder that the environment variable `ARTS_DATA_HOME` names differs
            from the released one, or there is no such folder.

    Example:
        >>> is_available_locally("sample")
        True
    """
    release = RELEASED_CORPORA.get(name)
    if release is None:
        return name in CORPUS_NAMES
    needed = [file for file in (release.test, release.originals) if file]
    return all(local_release_file(file) is not None for file in needed)


def load_local_instances(name: str, checksum: str) -> Sequence[Instance]:
    """The test split of a named corpus, if it is on this machine with the expected content.

    Nothing is downloaded.

    Args:
        name: the name of a corpus, e.g. ``laptop``.
        checksum: the expected `Corpus.checksum` of that corpus.

    Returns:
        The originals and variants of the test split. Empty when the name is unknown, the files are not on
        this machine, or their content has another checksum.
    """
    corpus = local_corpus(name)
    return corpus.test if corpus and corpus.checksum == checksum else ()


def local_corpus(name: str) -> Corpus | None:
    """A named corpus, if its test split is on this machine; nothing is downloaded.

    Args:
        name: the name of a corpus, e.g. ``laptop``. Any other text gives None.
    """
    return _cached_corpus(name) if name in CORPUS_NAMES and is_available_locally(name) else None


def local_training_splits(name: str) -> list[Split]:
    """Which of the splits train and dev of a named corpus are on this machine; nothing is downloaded."""
    release = RELEASED_CORPORA.get(name)
    splits = [Split.TRAIN, Split.DEV]
    return [split for split in splits if not release or local_release_file(getattr(release, split))]


_cached_corpus = cache(load_corpus)


def _load_release(name: str, release: ReleaseFiles, *, labels: LabelNames) -> Corpus:
    """Load a corpus of the ARTS release; its files are downloaded when they are not on this machine."""

    def split_path(split: str) -> Path:
        return fetch_release_file(getattr(release, split))

    if release.revisions:
        return _load_revised(name, release)
    if not release.originals:
        return build_corpus(name, split_path=split_path, labels=labels)
    from arts.data.readers.mams import read_mams_results

    read_test = partial(read_mams_results, originals_path=split_path("originals"))
    return build_corpus(name, split_path=split_path, labels=labels, read_test=read_test)


def _load_revised(name: str, release: ReleaseFiles) -> Corpus:
    """Load a corpus whose variants are revisions of the originals of the ARTS release."""
    path = Path(str(files("arts.data").joinpath("revisions", release.revisions)))

    def split_path(split: str) -> Path:
        return fetch_release_file(getattr(release, split), verify=split != "test")

    units = read_revisions(path)[1]
    read_test = partial(read_revised, units=units, name=path.stem)
    corpus = build_corpus(name, split_path=split_path, read_test=read_test)
    if not release.undisputed:
        return corpus
    disputed = {unit.unit for unit in units if unit.disputed}
    return replace(corpus, test=tuple(i for i in corpus.test if i.unit not in disputed))
