"""Reversal: the ways to turn one opinion word into its opposite, best first."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english import wordnet
from arts.generators.english.inflection import article, cased_like, inflect, verb_tag
from arts.generators.english.negation.insert import (
    cut,
    insert_negation,
    remove_negation,
    span_edit,
    token_edit,
)
from arts.generators.english.word_lists import (
    BARELY,
    COMPARING,
    COPULAS,
    EMOTIVE,
    EXTREME,
    GENERAL,
    HEDGES,
    NEVER,
    NO,
    NOT,
    OFTEN,
    UNGRADABLE,
    VERY,
    words,
)
from arts.generators.opinions.analysis import Analysis, OpinionWord
from arts.generators.opinions.lexicon import ANY_POSSESSIVE, Part

if TYPE_CHECKING:
    from spacy.tokens import Token

_DRAWN = (7, 2, 1)  # odds of the first replacements of an entry, so that not every "great" becomes "terrible"
_LEAST = {"JJR": "less", "RBR": "less", "JJS": "least", "RBS": "least"}
_FIGURES = re.compile(r"\?|\b(?:any|anything but|just|of all|only)\b", re.IGNORECASE)
_LISTING = ("best of all", "best of all,", "worst of all", "worst of all,")
_TROUBLES = words(
    "complaint concern gripe issue objection problem"
)  # opposites only as the subject of what they are
_TASTES = words("bitter creamy garlicky greasy hot oily rich salty sour spicy sweet tangy tart")
_FAR = words("a bit far little much way")  # before "too"
_FEW = words("in of for to at with than like as on among unlike")  # before "most", which then is a number
_ACTIVE = words("have lack")  # verbs without a passive
_SUPPLETIVE = words("good bad well badly")  # not "least good"
_PARTICLES = words("up down on off out in away over apart")
_WHOLLY = words("altogether completely entirely far fully greatly totally utterly")  # of verbs
_PARTS = {"ADJ": Part.ADJ, "ADV": Part.ADV, "VERB": Part.VERB, "NOUN": Part.NOUN}
_ADVERBS = {1: ("well", "flawlessly"), -1: ("poorly", "badly")}


@dataclass(frozen=True, slots=True)
class Reversal:
    """One way to reverse an opinion word.

    Args:
        edits: that do it together.
        scope: indices of the tokens that a negation put in or taken out reaches.
    """

    edits: tuple[Edit, ...]
    scope: frozenset[int] = frozenset()


def reversals(analysis: Analysis, word: OpinionWord, rng: Random) -> Iterator[Reversal]:
    """The acceptable ways to reverse an opinion word, best first; none when there is none.

    A negation that the word lies in is taken out and nothing else is done. A word without one is replaced
    by a draw from its best antonyms in the lexicon, has its comparison turned ("more" ↔ "less"), is negated,
    or replaced by WordNet's antonym, in this order.
    """
    head = analysis.doc[word.head]
    if any(child.dep_ == "dobj" and child.lower_.endswith(("self", "selves")) for child in head.children):
        return  # "we enjoyed ourselves"
    if _stands_in_figure(analysis, head) or _is_of_trouble(analysis, head):
        return
    negator = head if head.lower_ in NO | NOT | NEVER else analysis.negator_outside(word)
    if negator is not None:
        negated = head.head if negator == head else head
        removed = remove_negation(negator, negated, sign=word.entry.sign if word.entry else 0)
        if removed:
            yield Reversal(removed, _negated_by(analysis, negator))
        return
    yield from _alternatives(analysis, word, rng)


def reversible(analysis: Analysis, word: OpinionWord) -> bool:
    """Whether there is an acceptable way to reverse an opinion word."""
    return next(reversals(analysis, word, Random(0)), None) is not None


def _stands_in_figure(analysis: Analysis, token: Token) -> bool:
    """Whether the sentence means more than its words.

    As a question does, or "not only good but cheap", or "best of all, great beer".
    """
    if not _FIGURES.search(analysis.sentence.text):
        return False
    sentence = token.sent
    before = token.doc[sentence.start : token.i]
    if any(child.lower_ == "any" for child in token.children) or "anything but" in sentence.text.lower():
        return True  # "only this one is any good"
    correlated = any(t.lower_ in NOT and t.nbor().lower_ in ("only", "just") for t in before)
    return correlated or sentence.text.rstrip().endswith("?") or before[-4:].text.lower().endswith(_LISTING)


def _is_of_trouble(analysis: Analysis, word: Token) -> bool:
    """Whether a word tells what an evil is like: "serious problems", "the problem is that it crashes"."""
    nouns = [word.head] if word.dep_ == "amod" else []
    clauses = [t for t in (word, *word.ancestors) if t.dep_ in ("acomp", "ccomp")]
    for clause in clauses:
        if clause.dep_ == "ccomp" or word.dep_ == "acomp":
            nouns += [c for c in clause.head.children if c.dep_ == "nsubj" and clause.head.lemma_ == "be"]
    found = (analysis.opinion_words.get(noun.i) for noun in nouns if noun.pos_ == "NOUN")
    return any(word.entry is not None and word.entry.sign < 0 for word in found if word)


def _negated_by(analysis: Analysis, negator: Token) -> frozenset[int]:
    heads = (word.head for word in analysis.opinion_words.values())
    return frozenset(head for head in heads if analysis.negator(analysis.doc[head]) == negator)


def _alternatives(analysis: Analysis, word: OpinionWord, rng: Random) -> Iterator[Reversal]:
    head = analysis.doc[word.head]
    if head.lower_ in BARELY and head.head.lemma_ in ("be", "get", "have", "need"):
        yield Reversal((cut(head, head, "negation removed"),))
        return
    turned = _turned_comparison(head)
    if turned:
        yield Reversal(turned)
        return
    if head.tag_ in ("JJR", "RBR") and any(child.lower_ == "very" for child in head.children):
        return  # "very longer" is wrong already
    part = word.entry.part if word.entry else _PARTS.get(head.pos_)
    if part is not Part.VERB and _is_done_to(head):
        return
    if word.entry:
        drawn = _in_degree(_drawn(word.entry.replacements, rng), head)
        for replacement in _gradable(_familiar(drawn, analysis.vocabulary), head, word):
            edits = _replaced(analysis, word, replacement, "idiom" if part is Part.IDIOM else "antonym")
            if edits:
                yield Reversal(edits)
        if head.tag_ in _LEAST and word.entry.word not in _SUPPLETIVE and len(word.tokens) == 1:
            yield Reversal((token_edit(head, f"{_LEAST[head.tag_]} {word.entry.word}", "comparison"),))
    unfinished = word.entry is None and head.tag_ in ("VBG", "VBN")
    negation = None if unfinished else insert_negation(head, contract=analysis.contracts)
    if negation:
        yield Reversal((*negation.edits, *_unhedged(head)), negation.scope)
    if part in wordnet._POS and len(word.tokens) == 1:
        for antonym in wordnet.antonyms(head.lemma_.lower(), part):
            if antonym not in analysis.lexicon.forms:
                continue
            edits = _replaced(analysis, word, antonym, "wordnet")
            if edits:
                yield Reversal(edits)


def _is_done_to(head: Token) -> bool:
    """Whether a word is a passive that no adjective fits: "needs to be improved", "unmatched by others"."""
    following = head.nbor().lower_ if head.i + 1 < len(head.doc) else ""
    return head.text.endswith("ed") and (following == "by" or (head.tag_ == "VBN" and head.dep_ == "xcomp"))


def _drawn(replacements: tuple[str, ...], rng: Random) -> list[str]:
    """The replacements with the first few in an order drawn by their odds."""
    pool = list(replacements[: len(_DRAWN)])
    odds = list(_DRAWN[: len(pool)])
    order = []
    while pool:
        choice = rng.choices(range(len(pool)), odds)[0]
        order.append(pool.pop(choice))
        odds.pop(choice)
    return [*order, *replacements[len(_DRAWN) :]]


def _in_degree(replacements: list[str], head: Token) -> list[str]:
    """For a comparative or superlative, the replacements that inflect, at the last "less" of the word."""
    if head.tag_ not in ("JJR", "JJS", "RBR", "RBS"):
        return replacements
    return [text for text in replacements if not inflect(text, head.tag_).startswith(("more ", "most "))]


def _gradable(replacements: list[str], head: Token, word: OpinionWord) -> list[str]:
    """After "very" and the like, those replacements that can be so: not "very with ease", "very terrible"."""
    if not any(child.lower_ in VERY | {"too"} and child.i < word.start for child in head.children):
        return replacements
    if head.pos_ in ("ADJ", "ADV") and len(word.tokens) == 1:
        replacements = [text for text in replacements if " " not in text]
    return sorted(replacements, key=lambda text: text in EXTREME | UNGRADABLE)


def _familiar(replacements: list[str], vocabulary: Container[str]) -> list[str]:
    """First those whose words occur in the training sentences: screens are "blurry" and chips "soggy"."""
    return sorted(replacements, key=lambda text: not all(word in vocabulary for word in text.split()))


def _turned_comparison(head: Token) -> tuple[Edit, ...] | None:
    """As in "more reliable" ↔ "less reliable", "the most comfortable" ↔ "the least comfortable"."""
    for child in head.children:
        turned = COMPARING.get(child.lower_)
        counts = child.lower_ == "most" and (child.i == 0 or child.nbor(-1).lower_ in _FEW)
        if (
            turned
            and not counts
            and child.dep_ == "advmod"
            and child.tag_ in ("RBR", "RBS")
            and child.i < head.i
        ):
            return (token_edit(child, turned, "comparison"),) if head.pos_ in ("ADJ", "ADV") else None
    return None


def _replaced(analysis: Analysis, word: OpinionWord, replacement: str, rule: str) -> tuple[Edit, ...] | None:
    """The word, its particle and its degree words rewritten for a replacement."""
    doc = analysis.doc
    first, last, head = doc[word.start], doc[word.end - 1], doc[word.head]
    form = _inflected(analysis, word, replacement)
    if form is None or not analysis.knows(form):
        return None
    if word.entry and word.entry.part is Part.VERB and _has_object(head) and _takes_no_object(replacement):
        return None
    if len(word.tokens) == 1 and head.lemma_.lower() in _TROUBLES and not _is_named(head):
        return None
    if replacement in _ACTIVE and any(child.dep_ == "auxpass" for child in head.children):
        return None
    degree = _degree(head, form, word)
    if degree is not None:
        return degree
    particle = next((child for child in head.children if child.dep_ == "prt"), None)
    if head.pos_ == "VERB" and form.split(" ")[-1] in _PARTICLES and len(word.tokens) == 1:
        return _with_particle(head, particle, form, rule)
    edits = [span_edit(first, last, cased_like(form, doc[word.start : word.end].text), rule)]
    edits += _particle(head, word)
    before = first.nbor(-1) if first.i else first
    if before.lower_ == "the" and word.entry and word.entry.word in ("perfect", "ideal", "right"):
        edits.append(token_edit(before, article(form), "article"))
    edits += _unhedged(head)
    if head.pos_ == "ADJ":  # "silky smooth"
        leading = (c for c in head.children if c.dep_ == "amod" and c.i < word.start)
        edits += [cut(c, c, "degree") for c in leading if c.lower_ not in HEDGES]
    edits += [
        token_edit(c, "very", "degree") if form not in EXTREME else cut(c, c, "degree")
        for c in head.children
        if c.lower_ in EMOTIVE and c.dep_ == "advmod" and c.i < word.start
    ]
    if head.pos_ == "VERB" and " " in form:
        edits += [
            cut(c, c, "degree")
            for c in head.children
            if c.lower_ in _WHOLLY | OFTEN and c.dep_ == "advmod" and c.i not in word.tokens
        ]
    return tuple(edits)


def _with_particle(verb: Token, particle: Token | None, form: str, rule: str) -> tuple[Edit, ...] | None:
    """The verb and its particle replaced each in its place: "slows it down" → "speeds it up"."""
    bare, new = form.rsplit(" ", 1)
    if particle is not None:
        return token_edit(verb, bare, rule), token_edit(particle, new, rule)
    following = verb.nbor() if verb.i + 1 < len(verb.doc) else verb
    return None if following.pos_ == "PRON" else (token_edit(verb, form, rule),)


def _inflected(analysis: Analysis, word: OpinionWord, replacement: str) -> str | None:
    first, head = analysis.doc[word.start], analysis.doc[word.head]
    entry = word.entry
    tag = verb_tag(head) if head.pos_ in ("VERB", "AUX") else head.tag_
    if entry is None:
        return inflect(replacement, tag)
    if tag.startswith("NN") and entry.part is Part.ADJ:  # of a heading in capitals: "BEST rolls in town"
        tag = {"best": "JJS", "worst": "JJS", "better": "JJR", "worse": "JJR"}.get(head.lower_, tag)
    if entry.part is Part.IDIOM or len(word.tokens) > 1:
        for token in analysis.doc[word.start : word.end]:
            if token.tag_ == "PRP$":
                replacement = replacement.replace(ANY_POSSESSIVE, token.lower_)
        if first.tag_ in ("VBZ", "VBD", "VBN", "VBG") and entry.word.split(" ")[0] == first.lemma_:
            return inflect(replacement, verb_tag(first))
        if entry.part is Part.NOUN and analysis.doc[word.end - 1].tag_ == "NNS":
            return inflect(replacement, "NNS")
        return replacement
    if entry.part is Part.ADJ and _tells_how(head):
        manner = _ADVERBS.get(-entry.sign) if entry.word in GENERAL else None
        return manner[0] if manner and head.tag_ in ("JJ", "RB") else inflect(replacement, head.tag_)
    if entry.part is Part.ADJ and not tag.startswith("JJ"):
        return inflect(replacement, {"RBR": "JJR", "RBS": "JJS"}.get(head.tag_, "JJ"))
    if entry.part is Part.ADV and head.tag_ in ("JJR", "JJS"):
        return inflect(replacement, {"JJR": "RBR", "JJS": "RBS"}[head.tag_])
    if entry.part is Part.NOUN and head.tag_ not in ("NNS", "NNPS"):
        return replacement
    return inflect(replacement, tag)


def _is_named(noun: Token) -> bool:
    """Whether the sentence goes on to say what it is: "the biggest problem is the battery"."""
    names = [child for child in noun.head.children if child.dep_ == "attr"]
    return (
        noun.dep_ == "nsubj" and noun.head.lemma_ == "be" and any(n.pos_ in ("NOUN", "PROPN") for n in names)
    )


def _tells_how(adjective: Token) -> bool:
    """Whether an adjective stands for an adverb, as in "works great", and not in "tastes great"."""
    verb = adjective.head
    return (
        adjective.dep_ == "advmod"
        and verb.pos_ == "VERB"
        and verb.lemma_ not in COPULAS
        and verb.i < adjective.i
    )


def _has_object(verb: Token) -> bool:
    return any(child.dep_ in ("dobj", "ccomp") for child in verb.children)


def _takes_no_object(replacement: str) -> bool:
    """A verb with an adverb of manner behind it, such as "run smoothly"."""
    return replacement.endswith("ly") and " " in replacement


def _degree(head: Token, form: str, word: OpinionWord) -> tuple[Edit, ...] | None:
    """As in "too slow" → "fast enough", "too sweet" → "just sweet enough"; as an attribute, "too" goes."""
    too = head.doc[max(word.start - 1, 0)]
    adjective = head.pos_ in ("ADJ", "ADV") or (word.entry is not None and word.entry.part is Part.ADJ)
    if too.lower_ != "too" or not adjective:
        return None
    after = f"just {head.lower_} enough" if head.lower_ in _TASTES else f"{form} enough"
    first = too
    while first.i and first.nbor(-1).lower_ in _FAR:  # "way too slow"
        first = first.nbor(-1)
    if head.dep_ == "amod":
        after = form
    return (span_edit(first, head.doc[word.end - 1], cased_like(after, first.text), "antonym"),)


def _particle(head: Token, word: OpinionWord) -> list[Edit]:
    """The particle of a verb whose entry includes it is taken out with the verb."""
    if word.entry is None or " " not in word.entry.word or len(word.tokens) > 1:
        return []
    return [cut(child, child, "antonym") for child in head.children if child.dep_ == "prt"]


def _unhedged(head: Token) -> list[Edit]:
    """The "slightly", "a bit" or "a little" before a word in its positive degree cut."""
    hedge = head.nbor(-1) if head.i else head
    first = hedge.nbor(-1) if hedge.i else hedge
    kind = hedge.lower_ == "of" and first.lower_ in ("kind", "sort") and hedge.dep_ == "advmod"
    if (hedge.lower_ not in HEDGES and not kind) or head.tag_ in ("JJR", "RBR"):
        return []
    first = first if kind or first.lower_ == "a" else hedge
    return [cut(first, hedge, "degree")]
