"""Which opposites of an opinion word fit its sentence, and in which inflected form."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from arts.generators.english.clauses import describes_action
from arts.generators.english.degree import fit_replacements_to_degree
from arts.generators.english.inflection import inflect, verb_tag
from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.word_lists import word_list
from arts.generators.opinions.analysis import Analysis, OpinionWord
from arts.generators.opinions.lexicon import ANY_POSSESSIVE, LexiconEntry

if TYPE_CHECKING:
    from spacy.tokens import Token

_ODDS = (7, 2, 1)  # of an entry's first three replacements, so that not every "great" becomes "terrible"
_COMPARED = ("JJR", "JJS", "RBR", "RBS")
_GENERAL_ADVERBS = {1: "well", -1: "poorly"}  # keyed by sign: 1 positive, -1 negative
_HEADING_TAGS = {"best": "JJS", "worst": "JJS", "better": "JJR", "worse": "JJR"}


def replacements(analysis: Analysis, word: OpinionWord, *, rng: Random) -> list[str]:
    """The replacements that the lexicon has for an opinion word and that fit its sentence, best first.

    Not yet inflected. After "very" or "too", those that do not go with "very" ("terrible") come last.
    Among equals, those come first whose words are all in the `vocabulary` of the analysis, so that screens
    become "blurry" and chips "soggy". Otherwise the order is that of the lexicon, with its first three
    replacements shuffled.

    Args:
        analysis: the analysis of the sentence.
        word: an opinion word that has an entry in the lexicon.
        rng: draws the order of the first three.
    """
    assert word.entry is not None
    head = analysis.doc[word.head]
    texts = _draw_order(word.entry.replacements, rng)
    if head.tag_ in _COMPARED:  # only those that inflect; the others come as "less" or "least" of the word
        texts = [text for text in texts if not inflect(text, head.tag_).startswith(("more ", "most "))]
    known = analysis.vocabulary
    texts = sorted(texts, key=lambda text: not all(part in known for part in text.split()))
    return fit_replacements_to_degree(texts, head, start=word.start, end=word.end)


def _draw_order(texts: tuple[str, ...], rng: Random) -> list[str]:
    """The replacements, with the first three shuffled; the rest keep their places.

    The three are drawn one after another with the weights `_ODDS`, so that the first mostly stays first.
    """
    rest = list(texts[: len(_ODDS)])
    odds = list(_ODDS[: len(rest)])
    order = []
    while rest:
        choice = rng.choices(range(len(rest)), odds)[0]
        order.append(rest.pop(choice))
        odds.pop(choice)
    return [*order, *texts[len(_ODDS) :]]


def inflect_replacement(analysis: Analysis, word: OpinionWord, *, replacement: str) -> str:
    """A replacement, inflected like the opinion word that it replaces.

    Args:
        analysis: the analysis of the sentence.
        word: the opinion word.
        replacement: a word or phrase as it stands in the lexicon or in WordNet.
    """
    head, entry = analysis.doc[word.head], word.entry
    tag = verb_tag(head) if head.pos_ in ("VERB", "AUX") else head.tag_
    if entry is None:
        return inflect(replacement, tag)
    if entry.pos is PartOfSpeech.IDIOM or len(word.tokens) > 1:
        return _inflect_phrase(analysis, word, entry, replacement)
    if entry.pos is PartOfSpeech.ADJ:
        return _inflect_adjective(head, entry, replacement, tag)
    if entry.pos is PartOfSpeech.ADV and head.tag_ in ("JJR", "JJS"):
        return inflect(replacement, {"JJR": "RBR", "JJS": "RBS"}[head.tag_])
    if entry.pos is PartOfSpeech.NOUN and head.tag_ not in ("NNS", "NNPS"):
        return replacement
    return inflect(replacement, tag)


def _inflect_phrase(analysis: Analysis, word: OpinionWord, entry: LexiconEntry, replacement: str) -> str:
    """The replacement of a phrase, in which possessive, verb form and number are those of the phrase."""
    first = analysis.doc[word.start]
    for token in analysis.doc[word.start : word.end]:
        if token.tag_ == "PRP$":
            replacement = replacement.replace(ANY_POSSESSIVE, token.lower_)
    if first.tag_ in ("VBZ", "VBD", "VBN", "VBG") and entry.word.split(" ")[0] == first.lemma_:
        return inflect(replacement, verb_tag(first))
    if entry.pos is PartOfSpeech.NOUN and analysis.doc[word.end - 1].tag_ == "NNS":
        return inflect(replacement, "NNS")
    return replacement


def _inflect_adjective(head: Token, entry: LexiconEntry, replacement: str, tag: str) -> str:
    """The replacement of an adjective in the same degree; an adverb where it is used as one ("works great").

    Args:
        head: the adjective.
        entry: its entry in the lexicon.
        replacement: the replacement, not yet inflected.
        tag: the Penn Treebank tag of the adjective, such as JJR for a comparative.
    """
    if tag.startswith("NN"):  # of a heading in capitals: "BEST rolls in town"
        tag = _HEADING_TAGS.get(head.lower_, tag)
    if describes_action(head, ("VERB",)) and head.head.i < head.i:  # "works great"
        adverb = _GENERAL_ADVERBS.get(-entry.sign) if entry.word in word_list("general") else None
        return adverb if adverb and head.tag_ in ("JJ", "RB") else inflect(replacement, head.tag_)
    if not tag.startswith("JJ"):
        return inflect(replacement, {"RBR": "JJR", "RBS": "JJS"}.get(head.tag_, "JJ"))
    return inflect(replacement, tag)
