"""The rest of a sentence: what only made sense with the opinion that a variant reverses.

A verdict ("I will be back"), a reason ("because it loads fast"), a consequence ("so we left") or a claim
about everything ("it has it all") contradicts a reversed opinion. It is reversed as well, or cut where the
sentence can do without it; else there is no variant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english.cuts import Cutter
from arts.generators.english.word_lists import ordered_lines, word_list
from arts.generators.opinions.analysis import Analysis, OpinionWord
from arts.generators.opinions.opinion_assignment import OpinionAssignment
from arts.generators.strategies.reversal import is_reversible

if TYPE_CHECKING:
    from spacy.tokens import Token

_GAP = r"[^.!?;]{0,40}?"


@dataclass(frozen=True, slots=True)
class Rest:
    """What must change together with the reversed words.

    Args:
        words: further opinion words to reverse.
        cuts: the edits that delete what would contradict the reversal.
        tokens: the indices of the deleted tokens.
    """

    words: tuple[OpinionWord, ...] = ()
    cuts: tuple[Edit, ...] = ()
    tokens: frozenset[int] = frozenset()


def fit_rest(
    opinions: OpinionAssignment,
    words: Iterable[OpinionWord],
    *,
    old_sign: int,
    alone: bool,
    contrasts: bool = False,
) -> Rest | None:
    """What must change with the words that are reversed, so that the sentence does not contradict itself.

    Args:
        opinions: the opinion words of the sentence.
        words: the words that are reversed.
        old_sign: their sign before the reversal: 1 positive, -1 negative.
        alone: whether no aspect keeps an opinion of that sign, so that a verdict of that sign contradicts
            the variant.
        contrasts: whether to cut what is joined by "but", "although" and the like, too, where it can be.

    Returns:
        What must change, or None when something contradicts the reversal and can neither be reversed nor
        cut.
    """
    analysis = opinions.analysis
    words = tuple(words)
    needed = frozenset(i for word in words for i in word.tokens)
    cutter = Cutter(analysis.doc, analysis.aspect_tokens | needed)
    sentences = {analysis.sentence_starts[i] for i in needed}
    if alone and _claims_everything(analysis, words):
        return None
    if not all(cutter.cut(token) for token in _reasons(analysis, sentences)):
        return None
    if contrasts:
        for token in analysis.doc:
            if token.lower_ in word_list("contrasts") and analysis.sentence_starts[token.i] in sentences:
                cutter.cut(token)
    further = _reverse_or_cut(opinions, words, cutter, old_sign) if alone else ()
    if further is None:
        return None
    return Rest(further, cutter.edits(), frozenset(cutter.tokens))


def _reverse_or_cut(
    opinions: OpinionAssignment, words: tuple[OpinionWord, ...], cutter: Cutter, sign: int
) -> tuple[OpinionWord, ...] | None:
    """Cut every verdict with a sign, or collect it to be reversed; None when one allows neither."""
    further = []
    for word in _free_words(opinions, words, sign):
        if word.head in cutter.tokens or cutter.cut(opinions.analysis.doc[word.head]):
            continue
        if word.entry is None or not is_reversible(opinions.analysis, word):
            return None
        further.append(word)
    reversed_tokens = {i for word in (*words, *further) for i in word.tokens}
    for token in _verdicts(opinions.analysis, sign):
        if token.i not in cutter.tokens | reversed_tokens and not cutter.cut(token):
            return None
    return tuple(word for word in further if word.head not in cutter.tokens)


def _free_words(
    opinions: OpinionAssignment, words: tuple[OpinionWord, ...], sign: int
) -> Iterator[OpinionWord]:
    """The opinion words with a sign that are not reversed."""
    analysis = opinions.analysis
    heads = {word.head for word in words}
    passed = analysis.aspect_tokens.union(*(word.tokens for word in words))
    for i, word in sorted(analysis.opinion_words.items()):
        token = analysis.doc[i]
        if i != word.head or i in passed or analysis.sign(word) != sign:
            continue
        if token.dep_ == "advmod" and token.head.i in heads:
            continue  # "beautifully light": `arts.generators.english.degree` sees to it
        if token.pos_ == "VERB" and any(step.i in heads for step in token.ancestors):
            continue  # "easy to handle"
        if any(child.i in heads and child.dep_ in ("advmod", "acomp", "oprd") for child in token.children):
            continue  # the "runs" of "runs well"
        modified = any(c.i in heads and c.dep_ in ("amod", "compound") for c in token.children)
        if not modified or token.lemma_.lower() not in word_list("open nouns"):
            yield word  # it is not the "value" of "great value"


@cache
def _patterns(sign: int) -> re.Pattern[str]:
    """The pattern of the verdicts with a sign, for a text in lower case."""
    lines = ordered_lines("praise") if sign > 0 else ordered_lines("blame")
    phrases = (re.escape(line).replace(r"\.\.\.", _GAP).replace(r"\ ", r"\s+") for line in lines)
    return re.compile("|".join(rf"(?<!\w)(?:{phrase})(?!\w)" for phrase in phrases))


def _verdicts(analysis: Analysis, sign: int) -> Iterator[Token]:
    """A token of each verdict with a sign: "back" in "we will be back"."""
    for match in _patterns(sign).finditer(analysis.sentence.text.lower()):
        span = analysis.tokens_of(*match.span())
        if span is not None:
            yield span.root


def _reasons(analysis: Analysis, sentences: Set[int]) -> Iterator[Token]:
    """The words that give a reason, a consequence or a condition in the given sentences: "because", "if".

    Args:
        analysis: the analysis of the text.
        sentences: the index of the first token of each sentence.
    """
    for token in analysis.doc:
        if token.lower_ not in word_list("reasons") or analysis.sentence_starts[token.i] not in sentences:
            continue
        if token.lower_ in ("as", "since", "for") and token.dep_ != "mark":
            continue
        if token.lower_ == "so" and token.head.pos_ in ("ADJ", "ADV", "DET") and token.i < token.head.i:
            continue
        yield token


def _claims_everything(analysis: Analysis, words: tuple[OpinionWord, ...]) -> bool:
    """Whether a sentence says something of everything or of one thing only, which a reversal contradicts."""
    doc = analysis.doc
    heads = {word.head for word in words}
    for sentence in {doc[head].sent.start: doc[head].sent for head in sorted(heads)}.values():
        for token in sentence:
            if token.lower_ not in word_list("claims about everything"):
                continue
            own = token.dep_ in ("nsubj", "nsubjpass") and (
                token.head.i in heads or any(child.i in heads for child in token.head.children)
            )
            if not own:
                return True
    return False
