"""Opinion terms: which words of a sentence carry the opinion on an aspect."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from arts.data.schema import Aspect, Opinion, Polarity
from arts.generators.english.word_lists import AND, COMMENTS, FACTUAL, NOT
from arts.generators.opinions.analysis import Analysis, OpinionWord
from arts.generators.opinions.lexicon import Part

if TYPE_CHECKING:
    from spacy.tokens import Token

SIGN_OF = {Polarity.POSITIVE: 1, Polarity.NEGATIVE: -1, Polarity.NEUTRAL: 0}

KNOWN = 5.0  # farthest opinion word whose orientation agrees with the aspect's polarity
UNKNOWN = 2.2  # farthest word of unknown orientation
SPREAD = 0.9  # how much farther than the nearest opinion word another one may be
RIVAL = 0.36  # how much nearer to the word another aspect may be


def opinion_terms(analysis: Analysis, aspect: Aspect, others: Sequence[Aspect]) -> tuple[OpinionWord, ...]:
    """The opinion words on an aspect: those annotated, or else found.

    Found words are related to the aspect in the parse, closer to it than to any other aspect, and their
    orientation, negation counted in, does not contradict the aspect's polarity.

    Args:
        analysis: of the sentence.
        aspect: one of its aspects.
        others: the other ones.
    """
    if aspect.opinions:
        return annotated(analysis, aspect.opinions)
    return find(analysis, aspect, others)


def annotated(analysis: Analysis, opinions: Sequence[Opinion]) -> tuple[OpinionWord, ...]:
    """The opinion words that annotated terms consist of, without their negations and degree words."""
    found: dict[int, OpinionWord] = {}
    for opinion in opinions:
        span = analysis.tokens_of(opinion.start, opinion.end)
        if span is None:
            continue
        known = [analysis.opinion_words[t.i] for t in span if t.i in analysis.opinion_words]
        known = [word for word in known if analysis.doc[word.head].lower_ not in NOT]
        for word in known or [_content(analysis, span)]:
            found.setdefault(word.head, word)
    return independent(analysis, [found[head] for head in sorted(found)])


def _content(analysis: Analysis, span: Iterable[Token]) -> OpinionWord:
    """The word of a term that the lexicon does not know: its adjective, else its syntactic head."""
    content = [t for t in span if t.pos_ in ("ADJ", "VERB", "NOUN", "ADV", "PROPN") and t.lower_ not in NOT]
    order = ("ADJ", "VERB", "NOUN", "ADV", "PROPN")
    best = min(content or span, key=lambda t: (order.index(t.pos_) if t.pos_ in order else 9, t.i))
    return OpinionWord(best.i, best.i + 1, best.i, None)


def find(analysis: Analysis, aspect: Aspect, others: Sequence[Aspect]) -> tuple[OpinionWord, ...]:
    """The opinion words on an aspect that has none annotated."""
    own = analysis.distances(aspect.start, aspect.end)
    rivals = [analysis.distances(a.start, a.end) for a in others if not _names(analysis, aspect, a)]
    wanted = SIGN_OF[aspect.polarity]
    found: dict[int, tuple[float, OpinionWord]] = {}
    for i in own:
        word = _candidate(analysis, i)
        if word is None or word.head in found or not analysis.aspect_tokens.isdisjoint(word.tokens):
            continue
        distance = min(own.get(t, math.inf) for t in word.tokens)
        rival = min((rival.get(t, math.inf) for rival in rivals for t in word.tokens), default=math.inf)
        if distance <= min(rival + RIVAL, KNOWN):
            sign = analysis.sign(word)
            if sign == wanted != 0 or ((sign == 0 or wanted == 0) and distance <= UNKNOWN):
                found[word.head] = distance, word
    return _strongest(analysis, found, wanted)


def _names(analysis: Analysis, aspect: Aspect, other: Aspect) -> bool:
    """Whether a sentence says that an aspect is another one: "The X5 is an excellent machine"."""
    spans = [analysis.tokens_of(a.start, a.end) for a in (aspect, other)]
    subject, name = (span.root if span is not None else None for span in spans)
    if subject is None or name is None:
        return False
    return bool(subject.dep_ == "nsubj" and name.dep_ == "attr" and subject.head == name.head)


def term_span(analysis: Analysis, word: OpinionWord) -> tuple[int, int]:
    """The characters of an opinion term as TOWE delimits it: with its negation, without degree words."""
    first, last = analysis.doc[word.start], analysis.doc[word.end - 1]
    negator = analysis.negator_outside(word)
    if negator is not None and 0 < word.start - negator.i <= 3:
        first = negator
        if negator.lower_ in NOT and not analysis.doc[negator.i - 1].whitespace_ and negator.i:
            first = analysis.doc[negator.i - 1]
    return first.idx, last.idx + len(last)


def _strongest(
    analysis: Analysis, found: dict[int, tuple[float, OpinionWord]], wanted: int
) -> tuple[OpinionWord, ...]:
    """Words of unknown orientation count only where no word of the right one is as near."""
    sure = [cost for cost, word in found.values() if wanted and analysis.sign(word) == wanted]
    nearest = min(sure or [cost for cost, _ in found.values()], default=0.0)
    kept = [
        word
        for cost, word in found.values()
        if cost <= nearest + SPREAD and (not sure or analysis.sign(word) == wanted)
    ]
    kept += [word for _, word in found.values() if _coordinated(analysis, word, kept)]
    return independent(analysis, sorted(kept, key=lambda word: word.start))


def _coordinated(analysis: Analysis, word: OpinionWord, kept: Sequence[OpinionWord]) -> bool:
    """Whether a word joins one of those kept, so that it means the same: "tasty and cheap"."""
    token = analysis.doc[word.head]
    partners = {token.head.i} if token.dep_ == "conj" else {c.i for c in token.children if c.dep_ == "conj"}
    ands = [c for t in (token, token.head) for c in t.children if c.dep_ == "cc"]
    same = word.entry is not None and word not in kept and all(c.lower_ in AND for c in ands)
    return same and any(other.head in partners for other in kept)


def independent(analysis: Analysis, words: Sequence[OpinionWord]) -> tuple[OpinionWord, ...]:
    """The words without those that only modify, or are modified by, another one of them.

    Of "great value" or "poorly designed" the modifier is kept, of "huge disappointment" the noun: reversing
    both would change nothing.
    """
    heads = {word.head: word for word in words}
    dropped = set()
    for word in words:
        token = analysis.doc[word.head]
        noun = heads.get(token.head.i)
        if noun is not None and noun is not word and token.dep_ in ("amod", "advmod", "acomp", "compound"):
            says = (
                word.entry
                and (word.entry.sign or token.dep_ == "acomp")
                and not _only_stresses(word, noun, token)
            )
            modifies = says and analysis.negator_outside(noun) is None
            dropped.add(noun.head if modifies else word.head)
        if noun is not None and token.dep_ == "nsubj" and noun is not word:
            dropped.add(word.head)
        predicates = [c.i for c in token.head.children if c.dep_ in ("acomp", "attr") and c.i in heads]
        if token.dep_ == "nsubj" and predicates and token.head.lemma_ == "be":
            dropped.add(word.head)
    return tuple(word for word in words if word.head not in dropped)


def _only_stresses(adverb: OpinionWord, adjective: OpinionWord, token: Token) -> bool:
    """As in "consistently good", "silky smooth", where the adjective says it; not in "poorly designed"."""
    signs = [word.entry.sign if word.entry else 0 for word in (adverb, adjective)]
    return token.pos_ in ("ADV", "ADJ") and token.head.tag_.startswith("JJ") and signs[0] == signs[1]


def _candidate(analysis: Analysis, i: int) -> OpinionWord | None:
    word = analysis.opinion_words.get(i)
    if word is not None:
        if word.entry is not None and word.entry.word in COMMENTS:
            return None
        weak = word.entry is not None and word.entry.sign == 0 and word.entry.part is Part.VERB
        return None if weak and analysis.negator(analysis.doc[i]) is None else word
    token = analysis.doc[i]
    part = token.pos_
    if part == "ADJ":
        factual = token.lemma_.lower() in FACTUAL or token.lower_ in FACTUAL
        speaks = not factual and token.dep_ in ("amod", "acomp", "conj", "ROOT", "oprd")
    else:
        speaks = part == "VERB" and token.dep_ != "advcl" and analysis.negator(token) is not None
    return OpinionWord(i, i + 1, i, None) if speaks else None
