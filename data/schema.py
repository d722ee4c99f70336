"""The nouns of the benchmark: polarities, strategies, aspects, sentences and instances."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Never

from arts.data.errors import SpanError


class _Choice(StrEnum):
    """A string enumeration that lists its choices when it refuses one."""

    @classmethod
    def _missing_(cls, value: object) -> Never:
        raise ValueError(f"unknown {cls.__name__.lower()} {value!r}; expected one of: {', '.join(cls)}")


class Polarity(_Choice):
    """The sentiment on an aspect. The order is that of probability columns and ClassLabel ids."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"

    @property
    def opposite(self) -> Polarity:
        """The reversed polarity; neutral is its own (Xing et al., 2020, section 2)."""
        return _OPPOSITE[self]


_OPPOSITE = {
    Polarity.POSITIVE: Polarity.NEGATIVE,
    Polarity.NEGATIVE: Polarity.POSITIVE,
    Polarity.NEUTRAL: Polarity.NEUTRAL,
}


class Strategy(_Choice):
    """How an instance came about: as written, or by one of the three perturbations of ARTS."""

    ORIGINAL = "original"
    REVTGT = "revtgt"
    REVNON = "revnon"
    ADDDIFF = "adddiff"


PERTURBATIONS = (Strategy.REVTGT, Strategy.REVNON, Strategy.ADDDIFF)


class Split(_Choice):
    """The splits of a corpus."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"

    @property
    def hf_name(self) -> str:
        """The name that Hugging Face datasets use.

        Example:
            >>> Split.DEV.hf_name
            'validation'
        """
        return "validation" if self is Split.DEV else str(self)

    @property
    def file_stems(self) -> tuple[str, ...]:
        """The names, without suffix, of a file with the split."""
        return tuple(dict.fromkeys((str(self), self.hf_name)))


def check_range(text: str, term: str, start: int, end: int) -> None:
    """Raise `SpanError` unless the span is not empty and lies inside the text."""
    if not 0 <= start < end <= len(text):
        raise SpanError(
            f'span {start}-{end} of "{term}" lies outside the sentence of {len(text)} characters; '
            "expected 0 <= from < to <= length"
        )


def check_span(text: str, term: str, start: int, end: int) -> None:
    """Raise `SpanError` unless ``text[start:end] == term`` and the term is not empty."""
    check_range(text, term, start, end)
    if text[start:end] != term:
        raise SpanError(
            f'"{term}" is not at characters {start}-{end} of the sentence '
            f'(found "{text[start:end]}"); expected text[from:to] == term'
        )


@dataclass(frozen=True, slots=True)
class Opinion:
    """Words that carry the opinion on an aspect; character offsets into the sentence, end exclusive."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Aspect:
    """An aspect term of a sentence; character offsets into the sentence, end exclusive.

    `id` is the id the corpus gave it, if any; instances of the aspect keep it.
    """

    term: str
    start: int
    end: int
    polarity: Polarity
    opinions: tuple[Opinion, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with all its annotated aspects: what a corpus holds and a generator reads.

    Raises:
        SpanError: when a span does not hold its term.
    """

    id: str
    text: str
    aspects: tuple[Aspect, ...]

    def __post_init__(self) -> None:
        for aspect in self.aspects:
            check_span(self.text, aspect.term, aspect.start, aspect.end)
            for opinion in aspect.opinions:
                check_span(self.text, opinion.text, opinion.start, opinion.end)

    def instances(self) -> Iterator[Instance]:
        """One original instance an aspect, with the aspect's id or ``<sentence id>_<position>``.

        Example:
            >>> aspect = Aspect("soup", 4, 8, Polarity.POSITIVE)
            >>> [i.id for i in Sentence("7", "The soup is great.", (aspect,)).instances()]
            ['7_0']
        """
        for position, aspect in enumerate(self.aspects):
            id = aspect.id or f"{self.id}_{position}"
            yield Instance(id, id, Strategy.ORIGINAL, self.text, aspect, self.aspects)


@dataclass(frozen=True, slots=True)
class Edit:
    """What a perturbation changed: ``source[start:end] == before`` was replaced by `after`."""

    start: int
    end: int
    before: str
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class Instance:
    """What a model is asked: the polarity of one aspect in one text.

    Args:
        id: unique within a corpus.
        unit: the id of the original instance this one belongs to (its own when it is one).
        strategy: how the text came about.
        text: the sentence.
        aspect: the target.
        aspects: every aspect of `text` that is known, with its polarity after the edit.
        edits: the replacements that turn the unit's original text into `text`.

    Raises:
        SpanError: when the target's span does not hold its term.
    """

    id: str
    unit: str
    strategy: Strategy
    text: str
    aspect: Aspect
    aspects: tuple[Aspect, ...] = ()
    edits: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        check_span(self.text, self.aspect.term, self.aspect.start, self.aspect.end)

    @property
    def polarity(self) -> Polarity:
        """The gold label."""
        return self.aspect.polarity


def originals(sentences: Iterable[Sentence]) -> list[Instance]:
    """The original instances of sentences, in order."""
    return [instance for sentence in sentences for instance in sentence.instances()]


def consecutive_sentences(instances: Iterable[Instance]) -> Iterator[Sentence]:
    """Stream the sentences of original instances that follow each other; variants are skipped.

    As `group_sentences`, for corpora that do not fit into memory: the instances of a sentence must not be
    scattered.
    """
    kept = (instance for instance in instances if instance.strategy is Strategy.ORIGINAL)
    for _, group in groupby(kept, key=lambda instance: (sentence_id(instance.id), instance.text)):
        yield from group_sentences(group)


_ASPECT_SUFFIX = re.compile(r"_\d+$")


def sentence_id(instance_id: str) -> str:
    """The sentence an original instance belongs to: its id without the final ``_<number>``.

    Example:
        >>> sentence_id("892:1_0"), sentence_id("review-7")
        ('892:1', 'review-7')
    """
    return _ASPECT_SUFFIX.sub("", instance_id)


def group_sentences(instances: Iterable[Instance]) -> list[Sentence]:
    """Collect original instances into sentences, in order of first appearance; variants are skipped.

    Instances belong together when `sentence_id` and text are equal.
    """
    groups: dict[tuple[str, str], dict[tuple[int, int], Aspect]] = {}
    for instance in instances:
        if instance.strategy is Strategy.ORIGINAL:
            spans = groups.setdefault((sentence_id(instance.id), instance.text), {})
            target = replace(instance.aspect, id=instance.id)
            spans[target.start, target.end] = target
            for aspect in instance.aspects:
                spans.setdefault((aspect.start, aspect.end), aspect)
    return [
        Sentence(id, text, tuple(spans[span] for span in sorted(spans)))
        for (id, text), spans in groups.items()
    ]
