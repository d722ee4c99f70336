"""Refusing a corpus that is not English, since the generators know the rules of English alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, islice

from arts.data.errors import DataError
from arts.generators.english.language import is_english
from arts.generators.running.sentence_source import SentenceSource

_SENTENCES = 200  # number of sentences, the first ones, by which a corpus is judged


def refuse_foreign(source: SentenceSource) -> SentenceSource:
    """The same sentences, of which the first ones are read and found to be English.

    A corpus is refused when more than half of them are not; single ones are left to the generator, which
    makes no variants of them and counts them.

    Raises:
        DataError: when the corpus is not English.
    """
    sentences = iter(source.sentences)
    first = list(islice(sentences, _SENTENCES))
    foreign = [sentence for sentence in first if not is_english(sentence.text)]
    if 2 * len(foreign) > len(first):
        raise DataError(
            source.name,
            f"{len(foreign)} of its first {len(first)} sentences are not English, such as "
            f'"{foreign[0].text[:60]}"; the rules of the generators are English (--force perturbs them all '
            "the same)",
        )
    is_stream = not isinstance(source.sentences, Sequence)  # which is read once; a list keeps its length
    return replace(source, sentences=chain(first, sentences)) if is_stream else source
