"""Finding opinion terms: which words of a sentence express the opinion on an aspect.

Here opinion words have signs: 1 positive, -1 negative, 0 unknown. A word agrees with an aspect when its sign
is that of the aspect's polarity.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from arts.data.schema import Aspect, Opinion, Polarity
from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.word_lists import word_list
from arts.generators.opinions.analysis import Analysis, OpinionWord

if TYPE_CHECKING:
    from spacy.tokens import Token

SIGN_OF = {Polarity.POSITIVE: 1, Polarity.NEGATIVE: -1, Polarity.NEUTRAL: 0}

# Distances in the dependency tree, as `Analysis.distances` gives them
LONGEST_KNOWN = 5.0  # of a word whose sign is that of the aspect's polarity
LONGEST_UNKNOWN = 2.2  # of a word of unknown sign, or from a neutral aspect
LONGEST_BEHIND = 0.9  # how much farther from the aspect than the nearest opinion word another one may be
RIVAL_LEAD = 0.36  # how much nearer to a word another aspect may be than the aspect it is assigned to

_FACTUAL = word_list("factual")
_NOT = word_list("not")
_CONTENT = ("ADJ", "VERB", "NOUN", "ADV", "PROPN")  # parts of speech, likeliest opinion first


def opinion_terms(analysis: Analysis, aspect: Aspect, *, others: Sequence[Aspect]) -> tuple[OpinionWord, ...]:
    """The opinion words on an aspect: those of its annotated opinion terms, else those that are found.

    A word can be found when its distance from the aspect is at most `LONGEST_KNOWN`, or `LONGEST_UNKNOWN` if
    its sign is unknown or the aspect is neutral. No other aspect may be nearer by more than `RIVAL_LEAD`, and
    its sign must not contradict the aspect's polarity. Of such words, the nearest are taken, with those that
    are joined to them ("tasty and cheap").

    Args:
        analysis: the analysis of the sentence.
        aspect: one of its aspects.
        others: all its other aspects.
    """
    if aspect.opinions:
        return annotated_opinion_words(analysis, aspect.opinions)
    return find_opinion_words(analysis, aspect, others=others)


def annotated_opinion_words(analysis: Analysis, opinions: Sequence[Opinion]) -> tuple[OpinionWord, ...]:
    """The opinion words in annotated opinion terms, without the negations and degree words of the terms."""
    by_head: dict[int, OpinionWord] = {}
    for opinion in opinions:
        span = analysis.tokens_of(opinion.start, opinion.end)
        if span is None:
            continue
        words = [analysis.opinion_words[t.i] for t in span if t.i in analysis.opinion_words]
        words = [word for word in words if analysis.doc[word.head].lower_ not in _NOT]
        for word in words or [_main_word(span)]:
            by_head.setdefault(word.head, word)
    return drop_dependent_words(analysis, [by_head[head] for head in sorted(by_head)])


def _main_word(span: Iterable[Token]) -> OpinionWord:
    """The likeliest opinion word of an annotated term without any opinion word of the lexicon.

    It is the first adjective of the term, else its first verb, noun, adverb, name, or token of any kind.
    """
    content = [token for token in span if token.pos_ in _CONTENT and token.lower_ not in _NOT]
    best = min(content or span, key=lambda t: (_CONTENT.index(t.pos_) if t.pos_ in _CONTENT else 9, t.i))
    return OpinionWord(best.i, best.i + 1, best.i, None)


def find_opinion_words(
    analysis: Analysis, aspect: Aspect, *, others: Sequence[Aspect]
) -> tuple[OpinionWord, ...]:
    """Find the opinion words on an aspect that has no annotated opinion terms.

    Args:
        analysis: the analysis of the sentence.
        aspect: one of its aspects.
        others: all its other aspects.
    """
    own = analysis.distances(aspect.start, aspect.end)
    rivals = [analysis.distances(a.start, a.end) for a in others if not _is_name_of(analysis, aspect, a)]
    wanted = SIGN_OF[aspect.polarity]
    candidates: dict[int, tuple[float, OpinionWord]] = {}
    for i in own:
        word = _candidate_at(analysis, i)
        if word is None or word.head in candidates or not analysis.aspect_tokens.isdisjoint(word.tokens):
            continue
        distance = min(own.get(t, math.inf) for t in word.tokens)
        rival = min((rival.get(t, math.inf) for rival in rivals for t in word.tokens), default=math.inf)
        if distance <= min(rival + RIVAL_LEAD, LONGEST_KNOWN):
            sign = analysis.sign(word)
            unknown = sign == 0 or wanted == 0
            if sign == wanted != 0 or (unknown and distance <= LONGEST_UNKNOWN):
                candidates[word.head] = distance, word
    return _nearest_candidates(analysis, list(candidates.values()), wanted)


def _is_name_of(analysis: Analysis, aspect: Aspect, other: Aspect) -> bool:
    """Whether a sentence says that one aspect is another one.

    "The X5 is an excellent machine" does, where `aspect` is "X5" and `other` is "machine".
    """
    spans = [analysis.tokens_of(a.start, a.end) for a in (aspect, other)]
    subject, name = (span.root if span is not None else None for span in spans)
    if subject is None or name is None:
        return False
    return bool(subject.dep_ == "nsubj" and name.dep_ == "attr" and subject.head == name.head)


def term_span(analysis: Analysis, word: OpinionWord) -> tuple[int, int]:
    """The (start, end) character span of an opinion term, as the TOWE corpus would annotate it.

    TOWE (target-oriented opinion word extraction) includes the negation of an opinion word, but no degree
    words.
    """
    first, last = analysis.doc[word.start], analysis.doc[word.end - 1]
    negator = analysis.negator_outside(word)
    if negator is not None and 0 < word.start - negator.i <= 3:
        first = negator
        if negator.lower_ in _NOT and not analysis.doc[negator.i - 1].whitespace_ and negator.i:
            first = analysis.doc[negator.i - 1]
    return first.idx, last.idx + len(last)


def _nearest_candidates(
    analysis: Analysis, candidates: Sequence[tuple[float, OpinionWord]], wanted: int
) -> tuple[OpinionWord, ...]:
    """Choose the candidates nearest to the aspect, and those joined to them without a contrast.

    If any candidate has the wanted sign, only candidates with that sign can be the nearest; others are then
    chosen only when they are joined to a nearest one. Candidates that are at most `LONGEST_BEHIND` farther
    than the nearest one count as nearest, too. Of a word and its modifier, `drop_dependent_words` keeps one.

    Args:
        analysis: the analysis of the sentence.
        candidates: (distance from the aspect, opinion word) pairs.
        wanted: the sign of the aspect's polarity.
    """
    agreeing = [distance for distance, word in candidates if wanted and analysis.sign(word) == wanted]
    nearest = min(agreeing or [distance for distance, _ in candidates], default=0.0)
    words = [
        word
        for distance, word in candidates
        if distance <= nearest + LONGEST_BEHIND and (not agreeing or analysis.sign(word) == wanted)
    ]
    words += [word for _, word in candidates if _joins_any(analysis, word, words)]
    return drop_dependent_words(analysis, sorted(words, key=lambda word: word.start))


def _joins_any(analysis: Analysis, word: OpinionWord, others: Sequence[OpinionWord]) -> bool:
    """Whether an opinion word is joined to one of the others without a contrast: "tasty and cheap"."""
    token = analysis.doc[word.head]
    partners = {token.head.i} if token.dep_ == "conj" else {c.i for c in token.children if c.dep_ == "conj"}
    ands = [c for t in (token, token.head) for c in t.children if c.dep_ == "cc"]
    same = word.entry is not None and word not in others and all(c.lower_ in word_list("and") for c in ands)
    return same and any(other.head in partners for other in others)


def drop_dependent_words(analysis: Analysis, words: Sequence[OpinionWord]) -> tuple[OpinionWord, ...]:
    """Drop one of two opinion words wherever one modifies the other.

    Reversing both words of such a pair would reverse nothing. The one that carries the opinion is kept: the
    modifier of "great value" and "poorly designed", the noun of "huge disappointment".
    """
    by_head = {word.head: word for word in words}
    dropped = set()
    for word in words:
        token = analysis.doc[word.head]
        governor = by_head.get(token.head.i)
        if governor is not None and governor is not word:
            if token.dep_ in ("amod", "advmod", "acomp", "compound"):
                dropped.add(governor.head if _decides(analysis, word, governor) else word.head)
            if token.dep_ == "nsubj":
                dropped.add(word.head)
        predicates = [c.i for c in token.head.children if c.dep_ in ("acomp", "attr") and c.i in by_head]
        if token.dep_ == "nsubj" and predicates and token.head.lemma_ == "be":
            dropped.add(word.head)
    return tuple(word for word in words if word.head not in dropped)


def _decides(analysis: Analysis, modifier: OpinionWord, governor: OpinionWord) -> bool:
    """Whether a modifier, not the word that it modifies, carries the opinion: "great" in "great value"."""
    token = analysis.doc[modifier.head]
    if modifier.entry is None or not (modifier.entry.sign or token.dep_ == "acomp"):
        return False
    return not _only_stresses(modifier, governor, token) and analysis.negator_outside(governor) is None


def _only_stresses(adverb: OpinionWord, adjective: OpinionWord, token: Token) -> bool:
    """Whether a modifier only stresses an adjective of the same sign.

    "consistently" does in "consistently good", and "poorly" does not in "poorly designed".

    Args:
        adverb: the modifier.
        adjective: the word that it modifies.
        token: the token of the modifier.
    """
    signs = [word.entry.sign if word.entry else 0 for word in (adverb, adjective)]
    return token.pos_ in ("ADV", "ADJ") and token.head.tag_.startswith("JJ") and signs[0] == signs[1]


def _candidate_at(analysis: Analysis, i: int) -> OpinionWord | None:
    """The opinion word that the token with this index is part of; None when it is no opinion word.

    An adjective or a negated verb that the lexicon does not know counts as one, too.
    """
    word = analysis.opinion_words.get(i)
    if word is not None:
        if word.entry is not None and word.entry.word in word_list("comments"):
            return None
        weak = word.entry is not None and word.entry.sign == 0 and word.entry.pos is PartOfSpeech.VERB
        return None if weak and analysis.negator(analysis.doc[i]) is None else word
    token = analysis.doc[i]
    if token.pos_ == "ADJ":
        factual = token.lemma_.lower() in _FACTUAL or token.lower_ in _FACTUAL
        is_opinion = not factual and token.dep_ in ("amod", "acomp", "conj", "ROOT", "oprd")
    else:
        is_opinion = token.pos_ == "VERB" and token.dep_ != "advcl" and analysis.negator(token) is not None
    return OpinionWord(i, i + 1, i, None) if is_opinion else None
