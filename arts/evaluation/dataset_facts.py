"""Whether the facts on a corpus that a report records are those of the corpus on this machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache

from arts.data.corpus import Corpus
from arts.data.corpus_registry import load_corpus, local_training_splits
from arts.data.readers.span_repair import ReadingNotes
from arts.evaluation.report_record import DatasetInfo


@dataclass(frozen=True)
class _Reading:
    """What is known after reading splits of a corpus.

    Args:
        notes: what was repaired or left out.
        files: the SHA-256 of each file, keyed by the file's name.
    """

    notes: ReadingNotes
    files: Mapping[str, str]


@cache
def _readings(name: str, checksum: str) -> tuple[_Reading, _Reading, bool]:
    """Read a corpus that is on this machine.

    Args:
        name: name of the corpus.
        checksum: checksum of its test split; when it differs, the corpus is read again.

    Returns:
        What is known from the test split, what is known from all splits that are on this machine, and
        whether these are all.
    """
    corpus = load_corpus(name)  # not one whose other splits may have been read already
    test = _Reading(deepcopy(corpus.notes), dict(corpus.files))
    splits = local_training_splits(name)
    for split in splits:
        getattr(corpus, split)
    return test, _Reading(corpus.notes, dict(corpus.files)), len(splits) == 2


def differing_facts(dataset: DatasetInfo, corpus: Corpus) -> list[str]:
    """The names of the fields of a report's dataset that contradict the corpus of that name and content.

    Reading the train and dev splits adds to what is repaired and left out. So these fields must hold what
    belongs to the test split, and nothing that belongs to no split. A test split that was read from other
    files, such as an export, has its own.

    Args:
        dataset: the dataset that a report names.
        corpus: the corpus on this machine.
    """
    test, everything, complete = _readings(corpus.name, corpus.checksum)
    least = test.notes if test.files.items() <= dataset.files.items() else ReadingNotes()
    most = everything.notes
    agrees = {
        "units": dataset.units == len({instance.unit for instance in corpus.test}),
        "instances": dataset.instances == len(corpus.test),
        "conflict": least.conflict <= dataset.conflict
        and (dataset.conflict <= most.conflict or not complete),
        "repaired": _is_between(
            dataset.repaired, least.repaired, most.repaired if complete else dataset.repaired
        ),
        "left_out": _is_between(
            dataset.left_out.items(),
            least.left_out.items(),
            (most if complete else dataset).left_out.items(),
        ),
        "files": all(
            dataset.files[name] == checksum
            for name, checksum in everything.files.items()
            if name in dataset.files
        ),
    }
    return [f"dataset.{name}" for name, same in agrees.items() if not same]


def _is_between(items: Iterable[Hashable], least: Iterable[Hashable], most: Iterable[Hashable]) -> bool:
    """Whether items include all of the fewest, and are among the most; the same item can occur repeatedly."""
    return Counter(least) <= Counter(items) <= Counter(most)
