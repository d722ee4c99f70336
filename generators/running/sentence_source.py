"""The input of ``arts generate``: the sentences to perturb, and the training sentences of the AspectSet."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from arts.data.corpus import Corpus
from arts.data.corpus_registry import CORPUS_NAMES, load_corpus
from arts.data.errors import DataError
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.readers.field_names import NO_COLUMNS, ColumnNames
from arts.data.readers.instances import load_usable_instances, usable_instances
from arts.data.readers.span_repair import ReadingNotes, transfer_span
from arts.data.schema import (
    Aspect,
    Instance,
    Opinion,
    Sentence,
    Strategy,
    group_sentences,
    stream_sentences,
)
from arts.data.support.download import sha256
from arts.data.support.input_files import input_path
from arts.generators.strategies.sentence_domain import nearest_part

logger = logging.getLogger(__name__)

_REPEATED = (
    "%s: number of sentences that occur under unrelated ids: %d; they are taken as separate. Aspects of one "
    "sentence have ids such as 7_0 and 7_1, or none"
)
_READ_FOR_DOMAIN = 1000  # sentences that tell which domain of the pool is nearest


@dataclass(frozen=True)
class SentenceSource:
    """Sentences to perturb, and sentences from which the AspectSet is mined.

    Args:
        name: the name of the corpus.
        sentences: the sentences to perturb; they may be a stream, which can be read once.
        training: sentences of the same domain, from which the AspectSet is mined.
        mined: a description of `training` for the quality report.
        notes: what was repaired or left out when the input was read.
        files: the SHA-256 (hexadecimal) of each file that was read, keyed by the file's name, after what it
            is for if that is not the sentences: ``opinions: terms.json``.
        trains: whether models can be trained on the corpus: it has the splits train and dev.
    """

    name: str
    sentences: Iterable[Sentence]
    training: Iterable[Sentence]
    mined: str
    notes: ReadingNotes
    files: Mapping[str, str] = field(default_factory=dict)
    trains: bool = False


def load_sentence_source(
    dataset: str,
    *,
    split: str = "test",
    opinions: Path | None = None,
    pool: str | None = None,
    labels: LabelNames = NO_NAMES,
    columns: ColumnNames = NO_COLUMNS,
) -> SentenceSource:
    """Load the sentences of a named corpus, a folder or a file.

    Args:
        dataset: the name of a corpus, the path of a folder or file, ``-`` for standard input, or ``hf:ID``.
            A file in which the originals of each sentence follow each other is read as a stream.
        split: the split of a named corpus or folder.
        opinions: a JSON file with annotated opinion terms (TOWE); each aspect gets those that the file has
            for the same id and aspect term.
        pool: where the training sentences come from: a file, or a named corpus or folder, of which the
            train split is used, or the test split when there is none. By default the train split of
            `dataset`, or the sentences to perturb when it has none.
        labels: what labels that do not name a polarity stand for.
        columns: the names that columns have in the files of `dataset` and `pool`.

    Raises:
        UnknownNameError: when `dataset` or `pool` is neither a known name nor an existing path.
        DataError: when a file or row is faulty, the corpus lacks `split`, or `opinions` has none for it.
    """
    source = _read_sentences(dataset, split=split, labels=labels, columns=columns)
    files, sentences, mined = dict(source.files), source.sentences, f"{dataset}, train"
    if opinions:
        annotations = _opinion_annotations(opinions, source.notes, labels=labels)
        files[f"opinions: {opinions.name}"] = sha256(opinions)
        annotated = _annotate(sentences, annotations, source.notes)
        sentences = list(annotated) if isinstance(sentences, Sequence) else annotated
    training = source.training

    def read_again() -> Iterable[Sentence]:
        if isinstance(source.sentences, Sequence):
            return source.sentences
        return _stream_file(input_path(dataset), ReadingNotes(), labels=labels, columns=columns)

    if pool:
        training, pool_files = _training_sentences(pool, labels, columns)
        files |= {f"pool: {file}": checksum for file, checksum in pool_files.items()}
        training, domain = nearest_part(list(training), islice(read_again(), _READ_FOR_DOMAIN), pool=pool)
        mined = f"{pool}, {domain}" if domain else pool
    elif not training:
        mined = f"{dataset} itself, which has no train split"
        training = read_again()
    return SentenceSource(source.name, sentences, training, mined, source.notes, files, source.trains)


def _read_sentences(dataset: str, *, split: str, labels: LabelNames, columns: ColumnNames) -> SentenceSource:
    """The sentences of a file, or of a split of a corpus; `training` is the train split, or empty."""
    path = Path(dataset) if dataset in CORPUS_NAMES else input_path(dataset)
    if dataset not in CORPUS_NAMES and path.is_file():
        notes = ReadingNotes()
        sentences = _file_sentences(path, notes, labels=labels, columns=columns)
        return SentenceSource(path.stem, sentences, (), "", notes, {path.name: sha256(path)})
    corpus = load_corpus(dataset, labels=labels, columns=columns)
    rows, training = _split(corpus, split), corpus.train
    files = dict(corpus.files)  # without dev's, on which the variants do not depend
    trains = dataset in CORPUS_NAMES or bool(training and corpus.dev)  # the named ones have both
    return SentenceSource(corpus.name, rows, training, "", corpus.notes, files, trains)


def _split(corpus: Corpus, split: str) -> tuple[Sentence, ...]:
    """The sentences of a split of a corpus; DataError when the corpus has no such split."""
    if split == "test":
        return tuple(group_sentences(corpus.test))
    sentences = corpus.train if split == "train" else corpus.dev
    if not sentences:
        raise DataError(corpus.name, f"has no {split} split")
    return sentences


def _training_sentences(
    dataset: str, labels: LabelNames, columns: ColumnNames
) -> tuple[Iterable[Sentence], Mapping[str, str]]:
    """The sentences of a file, or the train split of a corpus; its test split when it has no train split.

    Returns:
        The sentences, and the SHA-256 of each file that was read, keyed by the file's name.
    """
    path = Path(dataset) if dataset in CORPUS_NAMES else input_path(dataset)
    if dataset not in CORPUS_NAMES and path.is_file():
        instances = load_usable_instances(path, labels=labels, columns=columns)
        return group_sentences(instances), {path.name: sha256(path)}
    corpus = load_corpus(dataset, labels=labels, columns=columns)
    return corpus.train or _split(corpus, "test"), corpus.files


def _file_sentences(
    path: Path, notes: ReadingNotes, *, labels: LabelNames, columns: ColumnNames
) -> Iterable[Sentence]:
    """The sentences of a file: a stream when the originals of each follow each other, else a list.

    Raises:
        DataError: when the file has no originals, or all are left out.
    """
    first_notes = ReadingNotes()
    seen, texts, repeated, last, scattered = set[int](), set[int](), set[int](), 0, False
    for instance in usable_instances(path, first_notes, labels=labels, columns=columns):
        key, text = hash((instance.sentence, instance.text)), hash(instance.text)
        if instance.strategy is not Strategy.ORIGINAL or key == last:
            continue
        last = key
        if key in seen:
            scattered = True
        elif text in texts:
            repeated.add(text)
        seen.add(key)
        texts.add(text)
    if not seen:
        reason = f" ({first_notes})" if str(first_notes) else ""
        raise DataError(path, f"holds no original instances{reason}")
    if repeated:
        logger.warning(_REPEATED, path.name, len(repeated))
    if scattered:
        return group_sentences(load_usable_instances(path, notes, labels=labels, columns=columns))
    return _stream_file(path, notes, labels=labels, columns=columns)


def _stream_file(
    path: Path, notes: ReadingNotes, *, labels: LabelNames, columns: ColumnNames
) -> Iterator[Sentence]:
    """Stream the sentences of a file in which the originals of each follow each other."""
    return stream_sentences(usable_instances(path, notes, labels=labels, columns=columns))


def _opinion_annotations(path: Path, notes: ReadingNotes, *, labels: LabelNames) -> list[Instance]:
    """The instances of a file that have annotated opinion terms.

    Raises:
        DataError: when none has.
    """
    instances = [i for i in load_usable_instances(path, notes, labels=labels) if i.aspect.opinions]
    if not instances:
        raise DataError(
            path, "has no opinion terms; expected JSON of TOWE, with opinion_words and opinion_position"
        )
    return instances


def _annotate(
    sentences: Iterable[Sentence], annotated_instances: Iterable[Instance], notes: ReadingNotes
) -> Iterator[Sentence]:
    """Give aspects the opinion terms that a file annotates for the aspect with the same id and term.

    The sentences of the file may have other white space. Opinion terms that do not occur in the sentence are
    left out and noted.

    Args:
        sentences: the sentences.
        annotated_instances: the instances of the file.
        notes: gets the ids of what is left out.
    """
    annotations, matches = {i.id: i for i in annotated_instances}, 0
    for sentence in sentences:
        aspects = []
        for instance in sentence.instances():
            annotated = annotations.get(instance.id)
            if annotated and annotated.aspect.term == instance.aspect.term:
                aspects.append(_with_opinions(instance, annotated, notes))
                matches += 1
            else:
                aspects.append(instance.aspect)
        yield replace(sentence, aspects=tuple(aspects))
    if not matches:
        example = next(iter(annotations))
        raise DataError(
            "--opinions", f'none of its {len(annotations)} aspects, such as "{example}", is in --input'
        )


def _with_opinions(instance: Instance, annotated: Instance, notes: ReadingNotes) -> Aspect:
    """The target of an instance, with the opinion terms of its annotated copy.

    Args:
        instance: the instance.
        annotated: a copy of it with opinion terms, whose text may have other white space.
        notes: gets the id when an opinion term does not occur in the instance's text.
    """
    opinions = []
    for opinion in annotated.aspect.opinions:
        span = transfer_span(annotated.text, instance.text, start=opinion.start, end=opinion.end)
        if span:
            opinions.append(Opinion(instance.text[slice(*span)], *span))
        else:
            notes.left_out[instance.id] = f'opinion term "{opinion.text}" is not in the sentence'
    return replace(instance.aspect, opinions=tuple(opinions))
