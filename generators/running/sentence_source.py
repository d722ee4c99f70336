"""Where `arts generate` takes its sentences from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from arts.data.corpus import Corpus
from arts.data.corpus_registry import CORPUS_NAMES, load_corpus
from arts.data.errors import DataError, UnknownNameError
from arts.data.readers.instances import read_instances
from arts.data.readers.span_repair import ReadingNotes, transfer_span
from arts.data.schema import (
    Aspect,
    Instance,
    Opinion,
    Sentence,
    group_sentences,
    stream_sentences,
)


@dataclass(frozen=True)
class SentenceSource:
    """Sentences to perturb, and sentences to learn from.

    Args:
        name: the name of the corpus.
        sentences: the sentences to perturb: a stream, read once.
        training: sentences of the same domain, to mine the AspectSet from.
        mined: what `training` is, for the report.
        notes: what the readers repaired or left out.
    """

    name: str
    sentences: Iterable[Sentence]
    training: Iterable[Sentence]
    mined: str
    notes: ReadingNotes


def load_sentence_source(
    dataset: str, *, split: str = "test", opinions: Path | None = None, pool: str | None = None
) -> SentenceSource:
    """The sentences of a named corpus, a folder or a file.

    Args:
        dataset: a name or a path. A file is read as a stream, so the instances of a sentence must follow
            each other.
        split: the split of a named corpus or a folder.
        opinions: TOWE JSON whose annotated terms are given to the aspects with the same id.
        pool: where to take the training sentences from: a name (its train split) or a path; by default the
            train split of `dataset`, or the very sentences to perturb when it has none.

    Raises:
        UnknownNameError, DataError: as `load_corpus` and `read_instances`.
    """
    notes = ReadingNotes()
    path = Path(dataset)
    if dataset not in CORPUS_NAMES and path.is_file():
        name, train = path.stem, tuple[Sentence, ...]()
        sentences: Iterable[Sentence] = stream_sentences(read_instances(path, notes))
    elif dataset in CORPUS_NAMES or path.is_dir():
        corpus = load_corpus(dataset)
        name, notes = corpus.name, corpus.notes
        sentences, train = _split(corpus, split), corpus.train
    else:
        raise UnknownNameError("dataset", dataset, CORPUS_NAMES, "; or the path of a file or folder")
    if opinions:
        sentences = _annotate(sentences, opinions, notes)
    if pool:
        return SentenceSource(name, sentences, _training_sentences(pool), pool, notes)
    if train:
        return SentenceSource(name, sentences, train, f"{dataset}, train", notes)
    training = _training_sentences(dataset) if path.is_file() else _split(load_corpus(dataset), split)
    return SentenceSource(name, sentences, training, f"{dataset} itself, which has no train split", notes)


def _split(corpus: Corpus, split: str) -> tuple[Sentence, ...]:
    if split == "test":
        return tuple(group_sentences(corpus.test))
    sentences = corpus.train if split == "train" else corpus.dev
    if not sentences:
        raise DataError(corpus.name, f"has no {split} split")
    return sentences


def _training_sentences(dataset: str) -> Iterable[Sentence]:
    path = Path(dataset)
    if path.is_file():
        return group_sentences(read_instances(path))
    corpus = load_corpus(dataset)
    return corpus.train or _split(corpus, "test")


def _annotate(sentences: Iterable[Sentence], path: Path, notes: ReadingNotes) -> Iterator[Sentence]:
    """The sentences with the terms that the file annotates for aspects of the same id and term.

    The file's sentence may be spaced otherwise; terms that cannot be found again are left out and noted.
    """
    annotations = {i.id: i for i in read_instances(path, notes) if i.aspect.opinions}
    for sentence in sentences:
        aspects = []
        for instance in sentence.instances():
            annotated = annotations.get(instance.id)
            if annotated and annotated.aspect.term == instance.aspect.term:
                aspects.append(_with_opinions(instance, annotated, notes))
            else:
                aspects.append(instance.aspect)
        yield replace(sentence, aspects=tuple(aspects))


def _with_opinions(instance: Instance, annotated: Instance, notes: ReadingNotes) -> Aspect:
    opinions = []
    for opinion in annotated.aspect.opinions:
        span = transfer_span(annotated.text, instance.text, start=opinion.start, end=opinion.end)
        if span:
            opinions.append(Opinion(instance.text[slice(*span)], *span))
        else:
            notes.left_out[instance.id] = f'opinion term "{opinion.text}" is not in the sentence'
    return replace(instance.aspect, opinions=tuple(opinions))
