"""Reader of corpora with a sentence a line and its annotations behind ``####``.

This is the form of triplets (ASTE: Xu et al., 2020) and of quads (ASQP: Zhang et al., 2021).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arts.data.errors import LabelError, as_data_error
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.polarity_labels import parse_gold_polarity
from arts.data.readers.row_ids import RowIds
from arts.data.readers.row_shapes import word_spans
from arts.data.readers.sentence_reader import Offsets, SentenceReader
from arts.data.readers.span_repair import ReadingNotes, term_spans
from arts.data.readers.written_lists import parse_list
from arts.data.schema import Aspect, Instance, Opinion, Sentence
from arts.data.support.input_files import text_lines

MARK = "####"
_EXPECTED = (
    "expected the sentence, ####, and a list of tuples: ([1], [3], 'POS') with numbers of words, or "
    "['soup', 'food quality', 'positive', 'good']"
)


def read_tuple_lines(path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES) -> Iterator[Instance]:
    """Stream the instances of a file with a sentence a line, and its triplets or quads behind ``####``.

    The first element of a tuple is the term: the numbers of its words from 0, or its words, which then have
    to occur once in the sentence. One element is the polarity. Opinion terms are the second list of numbers
    or the last words of four. Tuples on one term are aspects of their own, with an opinion term each;
    `SpanOpinions` makes them one. Aspects without term (``NULL``) are left out and counted. Sentences are
    numbered from 1.

    Args:
        path: the file.
        notes: gets the ids of what is repaired or left out.
        labels: what labels that do not name a polarity stand for.

    Raises:
        DataError: when a line does not have this form; names the line.
    """
    ids = RowIds()
    for line, text in text_lines(path):
        if not text.strip():
            continue
        sentence_id = ids.next_sentence()
        with as_data_error(path, line=line):
            words, mark, annotations = text.strip().partition(MARK)
            if not mark:
                raise ValueError(f"no {MARK}; {_EXPECTED}")
            sentence = SentenceReader(words, sentence_id, notes, labels)
            aspects = _aspects(sentence, parse_tuples(annotations))
            yield from Sentence(sentence_id, sentence.text, aspects).instances()


def parse_tuples(text: str) -> list[list[Any]]:
    """The tuples of a line: lists of words and of lists of numbers.

    Raises:
        ValueError: when the text holds anything else.

    Example:
        >>> parse_tuples("[([1], [3, 4], 'POS')]")
        [[[1], [3, 4], 'POS']]
    """
    text = text.partition(MARK)[0].strip()  # some files name the domain behind a second mark
    tuples = parse_list(text, expected=f"list of tuples; {_EXPECTED}")
    if not all(isinstance(item, list | tuple) for item in tuples):
        raise ValueError(f"{text[:60]!r} is no list of tuples; {_EXPECTED}")
    return [list(item) for item in tuples]


def _aspects(sentence: SentenceReader, tuples: list[list[Any]]) -> tuple[Aspect, ...]:
    """The aspects of a sentence, one for each tuple, without those that are left out."""
    aspects = []
    for position, item in enumerate(tuples):
        if len(item) < 2:
            raise ValueError(f"{tuple(item)!r:.60} has no term and polarity; {_EXPECTED}")
        term, offsets = _placed(sentence, item[0])
        aspects.append(
            sentence.aspect(
                term,
                _polarity(item, sentence.labels),
                id=f"{sentence.unit}_{position}",
                offsets=offsets,
                opinions=_opinions(sentence, item),
            )
        )
    return tuple(aspect for aspect in aspects if aspect)


def _polarity(item: list[Any], labels: LabelNames) -> str:
    """The element of a tuple that is its label: the only one behind the term that stands for a polarity."""
    texts = [value for value in item[1:] if isinstance(value, str)]
    if not texts:
        raise ValueError(f"{tuple(item)!r:.80} has no polarity; {_EXPECTED}")
    in_order = texts[1:2] + texts if len(item) == 4 else texts[::-1]
    for text in in_order:
        try:
            parse_gold_polarity(text, labels)
            return text
        except LabelError:
            continue
    return in_order[0]  # which is refused, with a hint, when the aspect is read


def _placed(sentence: SentenceReader, term: Any) -> tuple[str, Offsets]:
    """A term, which is words or the numbers of words, and where it stands in the sentence."""
    if isinstance(term, str):
        return term, None
    numbers = _numbers(term)
    if numbers == [-1] or not numbers:
        return "", None
    words = sentence.escaped.split(" ")
    spans = word_spans(words)
    if not 0 <= min(numbers) <= max(numbers) < len(spans):
        end = len(sentence.escaped) + max(numbers)
        return f"words {min(numbers)}-{max(numbers)}", (len(sentence.escaped), end)
    start, end = spans[min(numbers)][0], spans[max(numbers)][1]
    return sentence.escaped[start:end], (start, end)


def _numbers(value: Any) -> list[int]:
    numbers = [value] if isinstance(value, int) else value
    if not isinstance(numbers, list | tuple) or not all(isinstance(number, int) for number in numbers):
        raise ValueError(f"{value!r:.60} is no list of numbers of words; {_EXPECTED}")
    return list(numbers)


def _opinions(sentence: SentenceReader, item: list[Any]) -> list[Opinion]:
    """The opinion term of a tuple, if it has one that is in the sentence."""
    if len(item) == 4 and isinstance(item[3], str):
        spans = term_spans(sentence.text, item[3])
        return [Opinion(sentence.text[slice(*spans[0])], *spans[0])] if len(spans) == 1 else []
    if isinstance(item[1], list | tuple):
        words, offsets = _placed(sentence, item[1])
        if words and offsets and offsets[1] <= len(sentence.escaped):
            return [sentence.opinion(words, *offsets)]
    return []
