"""Corpora that users bring: files, folders with a file per split, and datasets of Hugging Face."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from arts.data.corpus import Corpus, complete_test_split
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.readers.field_names import NO_COLUMNS, ColumnNames
from arts.data.readers.hf_loading import HF_PREFIX, is_saved_dataset, load_hf_dataset, parse_hf_source
from arts.data.readers.instances import load_usable_instances
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.split_files import corpus_folder, split_file
from arts.data.schema import Instance, Sentence, Split, group_sentences
from arts.data.support.download import sha256
from arts.data.support.input_files import check_file, input_path


def load_user_corpus(source: str, *, labels: LabelNames, columns: ColumnNames) -> Corpus:
    """Load a corpus from a file, a folder, standard input (``-``) or a dataset (``hf:ID``).

    Args:
        source: what to load.
        labels: what labels that do not name a polarity stand for.
        columns: the names that columns have in the files.

    Raises:
        ArtsError: when there is no such file, folder or dataset, or it does not hold a corpus.
    """
    if source.startswith(HF_PREFIX):
        return load_hf_corpus(*parse_hf_source(source), labels=labels, columns=columns)
    path = input_path(source)
    if path.is_dir() and is_saved_dataset(path):
        return load_hf_corpus(str(path), labels=labels, columns=columns)
    if path.is_dir():
        folder = corpus_folder(path)
        return load_folder(folder, folder.resolve().name, labels=labels, columns=columns)
    check_file(path)
    return build_corpus(path.stem, split_path={"test": path}.get, labels=labels, columns=columns)


def load_hf_corpus(
    name: str, config: str | None = None, *, labels: LabelNames, columns: ColumnNames
) -> Corpus:
    """Load a corpus from a dataset of the Hub, or from the folder of one.

    Args:
        name: the id or the folder.
        config: the configuration, where there are several.
        labels: what labels that do not name a polarity stand for.
        columns: the names that columns have in the dataset.
    """
    from arts.data.hf_dataset import corpus_from_dataset

    dataset = load_hf_dataset(name, config)
    return corpus_from_dataset(dataset, labels=labels, columns=columns, name=config or Path(name).name)


def load_folder(folder: Path, name: str, *, labels: LabelNames, columns: ColumnNames = NO_COLUMNS) -> Corpus:
    """Load a corpus from a folder with one file per split, each named after its split.

    Args:
        folder: the folder.
        name: the name of the corpus.
        labels: what labels that do not name a polarity stand for.
        columns: the names that columns have in the files.
    """

    def split_path(split: str) -> Path | None:
        return split_file(folder, Split(split))

    return build_corpus(name, split_path=split_path, labels=labels, columns=columns)


def build_corpus(
    name: str,
    *,
    split_path: Callable[[str], Path | None],
    labels: LabelNames = NO_NAMES,
    columns: ColumnNames = NO_COLUMNS,
    read_test: Callable[[Path, ReadingNotes], Iterator[Instance]] | None = None,
) -> Corpus:
    """Build a corpus whose test split is read now; its train and dev splits are read at their first use.

    Args:
        name: the name of the corpus.
        split_path: returns the file of a split, or None when the corpus has no such split.
        labels: what labels that do not name a polarity stand for.
        columns: the names that columns have in the files.
        read_test: reads the instances of the file of the test split. Default: `load_usable_instances`.
    """
    notes, checksums = ReadingNotes(), dict[str, str]()

    def load(split: str) -> list[Sentence]:
        path = split_path(split)
        if path is None:
            return []
        check_file(path)
        checksums[path.name] = sha256(path)
        return group_sentences(load_usable_instances(path, notes, labels=labels, columns=columns))

    test_path = split_path("test")
    assert test_path is not None
    check_file(test_path)
    checksums[test_path.name] = sha256(test_path)
    if read_test:
        test = list(read_test(test_path, notes))
    else:
        test = load_usable_instances(test_path, notes, labels=labels, columns=columns)
    return Corpus(name, complete_test_split(test, notes), load, notes, checksums, labels)
