"""The records of the benchmark: polarities, strategies, aspects, sentences, instances and edits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Never

from arts.data.errors import SpanError


class _Choice(StrEnum):
    """A string enumeration whose error for an unknown value lists the choices."""

    @classmethod
    def _missing_(cls, value: object) -> Never:
        raise ValueError(f"unknown {cls.__name__.lower()} {value!r}; expected one of: {', '.join(cls)}")


class Polarity(_Choice):
    """The sentiment towards an aspect; probability columns and ClassLabel ids are in this order."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"

    @property
    def opposite(self) -> Polarity:
        """The reversed polarity; the opposite of neutral is neutral (Xing et al., 2020, section 2)."""
        return _OPPOSITE[self]


_OPPOSITE = {
    Polarity.POSITIVE: Polarity.NEGATIVE,
    Polarity.NEGATIVE: Polarity.POSITIVE,
    Polarity.NEUTRAL: Polarity.NEUTRAL,
}


class Strategy(_Choice):
    """How an instance was made: by its writer, or by one of the three perturbations of ARTS."""

    ORIGINAL = "original"
    REVTGT = "revtgt"
    REVNON = "revnon"
    ADDDIFF = "adddiff"


PERTURBATIONS = (Strategy.REVTGT, Strategy.REVNON, Strategy.ADDDIFF)


class Split(_Choice):
    """A split of a corpus."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"

    @property
    def hf_name(self) -> str:
        """The name of the split in Hugging Face datasets.

        Example:
            >>> Split.DEV.hf_name
            'validation'
        """
        return "validation" if self is Split.DEV else str(self)

    @property
    def file_stems(self) -> tuple[str, ...]:
        """The file names, without suffix, that a file with this split may have."""
        return tuple(dict.fromkeys((str(self), self.hf_name)))


def check_range(text: str, term: str, *, start: int, end: int) -> None:
    """Raise `SpanError` when a span is empty or does not lie inside the text; `term` is for the message."""
    if not 0 <= start < end <= len(text):
        raise SpanError(
            f'span {start}-{end} of "{term}" lies outside the sentence of {len(text)} characters; '
            "expected 0 <= from < to <= length"
        )


def check_span(text: str, term: str, *, start: int, end: int) -> None:
    """Raise `SpanError` when ``text[start:end] != term``, or the span is empty or outside the text."""
    check_range(text, term, start=start, end=end)
    if text[start:end] != term:
        raise SpanError(
            f'"{term}" is not at characters {start}-{end} of the sentence '
            f'(found "{text[start:end]}"); expected text[from:to] == term'
        )


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion term: the words that express the opinion on an aspect.

    Args:
        text: the words.
        start: the first character of the span in the sentence.
        end: the end of the span, exclusive.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Aspect:
    """An aspect term of a sentence, with its polarity.

    Args:
        term: the words of the term.
        start: the first character of the span in the sentence.
        end: the end of the span, exclusive.
        polarity: the sentiment towards the aspect.
        opinions: its opinion terms, where they are annotated.
        id: its id in the corpus, where it has one; instances of the aspect have the same.
    """

    term: str
    start: int
    end: int
    polarity: Polarity
    opinions: tuple[Opinion, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with all its annotated aspects; corpora hold sentences, and generators read them.

    Raises:
        SpanError: when a span does not hold its term.
    """

    id: str
    text: str
    aspects: tuple[Aspect, ...]

    def __post_init__(self) -> None:
        for aspect in self.aspects:
            check_span(self.text, aspect.term, start=aspect.start, end=aspect.end)
            for opinion in aspect.opinions:
                check_span(self.text, opinion.text, start=opinion.start, end=opinion.end)

    def instances(self) -> Iterator[Instance]:
        """The original instance of each aspect; its id is the aspect's, else ``<sentence id>_<position>``.

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
    """One replacement in a text: ``original[start:end] == before`` was replaced by `after`.

    Args:
        start: the first character in the original text.
        end: the end, exclusive.
        before: the replaced words.
        after: the new words.
        rule: the name of the rule that made the edit.
    """

    start: int
    end: int
    before: str
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class Instance:
    """One question to a model: what is the polarity of this aspect in this text?

    Args:
        id: unique within a corpus.
        unit: the id of the original instance that it is a variant of; of an original, its own id.
        strategy: how the text was made.
        text: the sentence.
        aspect: the target, the aspect that is asked about.
        aspects: every known aspect of `text`, with its polarity in `text`.
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
        check_span(self.text, self.aspect.term, start=self.aspect.start, end=self.aspect.end)

    @property
    def polarity(self) -> Polarity:
        """The gold label."""
        return self.aspect.polarity


def original_instances(sentences: Iterable[Sentence]) -> list[Instance]:
    """The original instances of sentences, in the order of sentences and aspects."""
    return [instance for sentence in sentences for instance in sentence.instances()]


def stream_sentences(instances: Iterable[Instance]) -> Iterator[Sentence]:
    """Stream the sentences that original instances belong to; variants are skipped.

    This is `group_sentences` for corpora that do not fit into memory. The instances of a sentence must
    follow each other.
    """
    originals = (instance for instance in instances if instance.strategy is Strategy.ORIGINAL)
    for _, group in groupby(originals, key=lambda instance: (sentence_id(instance.id), instance.text)):
        yield from group_sentences(group)


_ASPECT_SUFFIX = re.compile(r"_\d+$")


def sentence_id(instance_id: str) -> str:
    """The id of the sentence that an original instance belongs to: without the final ``_<number>``.

    Example:
        >>> sentence_id("892:1_0"), sentence_id("review-7")
        ('892:1', 'review-7')
    """
    return _ASPECT_SUFFIX.sub("", instance_id)


def group_sentences(instances: Iterable[Instance]) -> list[Sentence]:
    """Collect original instances into sentences, in order of first appearance; variants are skipped.

    Instances belong to the same sentence when their `sentence_id` and their text are equal.
    """
    groups: dict[tuple[str, str], dict[tuple[int, int], Aspect]] = {}  # sentence to span to aspect
    for instance in instances:
        if instance.strategy is Strategy.ORIGINAL:
            aspects = groups.setdefault((sentence_id(instance.id), instance.text), {})
            target = replace(instance.aspect, id=instance.id)
            aspects[target.start, target.end] = target
            for aspect in instance.aspects:
                aspects.setdefault((aspect.start, aspect.end), aspect)
    return [
        Sentence(id, text, tuple(aspects[span] for span in sorted(aspects)))
        for (id, text), aspects in groups.items()
    ]
