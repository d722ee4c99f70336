"""The records of the benchmark: polarities, strategies, aspects, sentences, instances and edits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Never

from arts.data.spans import check_span
from arts.data.support.display import Displayed, shortened


class _Choice(StrEnum):
    """A string enumeration; its ValueError for an unknown value lists the known values."""

    @classmethod
    def _missing_(cls, value: object) -> Never:
        raise ValueError(f"unknown {cls.__name__.lower()} {value!r}; expected one of: {', '.join(cls)}")


class Polarity(_Choice):
    """The sentiment towards an aspect: positive, negative or neutral.

    Columns of probabilities, and the integers that datasets store for polarities, are in this order.
    """

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
    """How an instance was made: ORIGINAL by its writer, the others by one of the three perturbations of ARTS.

    REVTGT reverses the sentiment on the target, REVNON that on the other aspects, and ADDDIFF adds aspects of
    the opposite sentiment.
    """

    ORIGINAL = "original"
    REVTGT = "revtgt"
    REVNON = "revnon"
    ADDDIFF = "adddiff"


PERTURBATIONS = (Strategy.REVTGT, Strategy.REVNON, Strategy.ADDDIFF)


class Split(_Choice):
    """A split of a corpus: train, dev or test."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"

    @property
    def hf_name(self) -> str:
        """The name that Hugging Face datasets use for the split.

        Example:
            >>> Split.DEV.hf_name
            'validation'
        """
        return "validation" if self is Split.DEV else str(self)

    @property
    def file_stems(self) -> tuple[str, ...]:
        """The names, without suffix, of files that may hold this split, e.g. ``dev`` and ``val``."""
        return ("dev", "val", "valid", "validation") if self is Split.DEV else (str(self),)


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion term: the words of a sentence that express the opinion on an aspect.

    Args:
        text: the words.
        start: the offset of their first character in the sentence.
        end: the offset after their last character.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Aspect:
    """An aspect term of a sentence, with its span and its polarity.

    Args:
        term: the words of the term.
        start: the offset of its first character in the sentence.
        end: the offset after its last character.
        polarity: the sentiment towards the aspect.
        opinions: its opinion terms, where they are annotated.
        id: its id in the corpus, which is also the id of the original instance that asks about it; empty when
            the corpus gives none.
    """

    term: str
    start: int
    end: int
    polarity: Polarity
    opinions: tuple[Opinion, ...] = ()
    id: str = ""

    def __str__(self) -> str:
        return f'"{self.term}" ({self.start}-{self.end}), {self.polarity}'


@dataclass(frozen=True, slots=True, repr=False)
class Sentence(Displayed):
    """A sentence with all its annotated aspects; corpora hold sentences, and generators read them.

    Args:
        id: the id of the sentence, unique within a corpus.
        text: the sentence.
        aspects: the aspects, with spans in `text`.

    Raises:
        SpanError: when the characters at a span are not the aspect term or opinion term that it stands for.
    """

    id: str
    text: str
    aspects: tuple[Aspect, ...]

    def __post_init__(self) -> None:
        for aspect in self.aspects:
            check_span(self.text, aspect.term, start=aspect.start, end=aspect.end)
            for opinion in aspect.opinions:
                check_span(self.text, opinion.text, start=opinion.start, end=opinion.end)

    def headline(self) -> str:
        """The id and the beginning of the text."""
        return f'{self.id}: "{shortened(self.text)}", {len(self.aspects)} aspects'

    def facts(self) -> dict[str, str]:
        """The text and the aspects."""
        return {"text": self.text} | {f"aspect {n}": str(aspect) for n, aspect in enumerate(self.aspects)}

    def instances(self) -> Iterator[Instance]:
        """Yield one original instance per aspect, which asks for the polarity of that aspect.

        Its id is the id of the aspect. An aspect without id gets ``<sentence id>_<its position from 0>``.

        Examples:
            >>> aspect = Aspect("soup", 4, 8, Polarity.POSITIVE)
            >>> [i.id for i in Sentence("7", "The soup is great.", (aspect,)).instances()]
            ['7_0']
        """
        for position, aspect in enumerate(self.aspects):
            id = aspect.id or f"{self.id}_{position}"
            yield Instance(id, id, Strategy.ORIGINAL, self.text, aspect, self.aspects)


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement in a text: the words `before`, at ``original[start:end]``, were replaced by `after`.

    Args:
        start: the offset of the first replaced character in the original text.
        end: the offset after the last replaced character in the original text.
        before: the replaced words; empty when something was only inserted.
        after: the new words; empty when something was only deleted.
        rule: the name of the rule that made the edit.
    """

    start: int
    end: int
    before: str
    after: str
    rule: str


@dataclass(frozen=True, slots=True, repr=False)
class Instance(Displayed):
    """One question to a model: what is the polarity of this aspect in this text?

    Args:
        id: unique within a corpus.
        unit: for a variant the id of its original instance; for an original its own id.
        strategy: how the text was made.
        text: the sentence.
        aspect: the target, which is the aspect asked about.
        aspects: every known aspect of `text`, the target included, with its polarity in `text`.
        edits: the replacements that turn the unit's original text into `text`; none for an original.
        acceptance: for a generated variant, the probability, from 0 to 1, that a reader finds it fluent and
            its label right; None where nobody judged that.

    Raises:
        SpanError: when the characters at the target's span are not its term.
    """

    id: str
    unit: str
    strategy: Strategy
    text: str
    aspect: Aspect
    aspects: tuple[Aspect, ...] = ()
    edits: tuple[Edit, ...] = ()
    acceptance: float | None = None

    def __post_init__(self) -> None:
        check_span(self.text, self.aspect.term, start=self.aspect.start, end=self.aspect.end)

    @property
    def polarity(self) -> Polarity:
        """The gold label: the polarity of the target."""
        return self.aspect.polarity

    @property
    def sentence(self) -> str:
        """The `sentence_id` of the unit; where that is one of several listed aspects, that of the first."""
        listed = [aspect.id for aspect in self.aspects if aspect.id]
        return sentence_id(listed[0] if self.unit in listed else self.unit)

    def headline(self) -> str:
        """The id, how the text was made, the beginning of the text, and the target with its polarity."""
        text = shortened(self.text)
        return f'{self.id}, {self.strategy}: "{text}", target "{self.aspect.term}", {self.polarity}'

    def facts(self) -> dict[str, str]:
        """The text, the unit, the target, the other aspects and the edits."""
        others = [str(a) for a in self.aspects if (a.start, a.end) != (self.aspect.start, self.aspect.end)]
        edits = [f'"{edit.before}" → "{edit.after}" ({edit.rule})' for edit in self.edits]
        facts = {"text": self.text, "unit": self.unit, "target": str(self.aspect)}
        judged = "" if self.acceptance is None else f"{100 * self.acceptance:.0f}% expected"
        more = {"other aspects": "; ".join(others), "edits": "; ".join(edits), "acceptance": judged}
        return facts | {what: text for what, text in more.items() if text}


def original_instances(sentences: Iterable[Sentence]) -> list[Instance]:
    """The original instances of sentences, one per aspect, in the order of sentences and aspects."""
    return [instance for sentence in sentences for instance in sentence.instances()]


def stream_sentences(instances: Iterable[Instance]) -> Iterator[Sentence]:
    """Stream the sentences that original instances belong to; variants are skipped.

    This does the work of `group_sentences` for corpora that do not fit into memory. Here the originals of a
    sentence must follow each other.
    """
    originals = (instance for instance in instances if instance.strategy is Strategy.ORIGINAL)
    for _, group in groupby(originals, key=lambda instance: (instance.sentence, instance.text)):
        yield from group_sentences(group)


_ASPECT_SUFFIX = re.compile(r"_\d+(\.\d+)?$")  # the number after the point: of rows that share an id


def sentence_id(instance_id: str) -> str:
    """The id of the sentence that an original instance belongs to: its own id without a final ``_<number>``.

    Example:
        >>> sentence_id("892:1_0"), sentence_id("review-7")
        ('892:1', 'review-7')
    """
    return _ASPECT_SUFFIX.sub("", instance_id)


def group_sentences(instances: Iterable[Instance]) -> list[Sentence]:
    """Collect original instances into sentences with all their aspects; variants are skipped.

    Instances belong to the same sentence when their `Instance.sentence` and their text are equal.

    Returns:
        The sentences in the order in which they first appear, each with its aspects in the order of their
        spans.
    """
    groups: dict[tuple[str, str], dict[tuple[int, int], Aspect]] = {}  # (id, text) → (start, end) → aspect
    for instance in instances:
        if instance.strategy is Strategy.ORIGINAL:
            aspects = groups.setdefault((instance.sentence, instance.text), {})
            target = replace(instance.aspect, id=instance.id)
            aspects[target.start, target.end] = target
            for aspect in instance.aspects:
                aspects.setdefault((aspect.start, aspect.end), aspect)
    return [
        Sentence(id, text, tuple(aspects[span] for span in sorted(aspects)))
        for (id, text), aspects in groups.items()
    ]
