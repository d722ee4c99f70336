"""The edits that replace an opinion word and adapt its particle, its degree words and its article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english.clauses import has_dependent, next_token, previous_token
from arts.generators.english.degree import (
    delete_hedge,
    delete_stressing_adjectives,
    neutralize_feeling_adverbs,
    replace_too,
)
from arts.generators.english.inflection import article, match_case
from arts.generators.english.part_of_speech import PartOfSpeech
from arts.generators.english.token_edits import deletion, span_edit, token_edit
from arts.generators.english.word_lists import word_list
from arts.generators.opinions.analysis import Analysis, OpinionWord
from arts.generators.strategies.replacements import inflect_replacement

if TYPE_CHECKING:
    from spacy.tokens import Token

_ADVERBS_OF_VERBS = word_list("adverbs of completeness") | word_list("frequency")


def replacement_edits(
    analysis: Analysis, word: OpinionWord, *, replacement: str, rule: str
) -> tuple[Edit, ...] | None:
    """The edits that replace an opinion word and adapt the words that go with it.

    Args:
        analysis: the analysis of the sentence.
        word: the opinion word.
        replacement: a word or phrase as it stands in the lexicon or in WordNet, not yet inflected.
        rule: the name of the rule that makes the edits, for the quality report.

    Returns:
        The edits. None when the replacement has an unknown word or does not fit the construction, as "run
        smoothly" does not fit a verb with an object.
    """
    head = analysis.doc[word.head]
    form = inflect_replacement(analysis, word, replacement=replacement)
    if not analysis.knows(form) or not _fits_construction(head, word, replacement):
        return None
    first, last = analysis.doc[word.start], analysis.doc[word.end - 1]
    if head.pos_ in ("ADJ", "ADV") or (word.entry is not None and word.entry.pos is PartOfSpeech.ADJ):
        edits = replace_too(first, last, head=head, replacement=form)
        if edits is not None:
            return edits
    if head.pos_ == "VERB" and form.split(" ")[-1] in word_list("particles") and len(word.tokens) == 1:
        return _replace_with_particle(head, form, rule)
    replaced = match_case(form, analysis.doc[word.start : word.end].text)
    return (
        span_edit(first, last, after=replaced, rule=rule),
        *_delete_particle(head, word),
        *_replace_definite_article(first, word, form),
        *delete_hedge(head),
        *delete_stressing_adjectives(head, word.start),
        *neutralize_feeling_adverbs(head, form, start=word.start),
        *_delete_adverbs(head, word, form),
    )


def _fits_construction(head: Token, word: OpinionWord, replacement: str) -> bool:
    """Whether a replacement can stand in the construction of an opinion word.

    For example, "run smoothly" takes no object, so it cannot replace a verb that has one.
    """
    is_verb = word.entry is not None and word.entry.pos is PartOfSpeech.VERB
    takes_no_object = replacement.endswith("ly") and " " in replacement  # "run smoothly"
    if is_verb and takes_no_object and has_dependent(head, ("dobj", "ccomp")):
        return False
    if (
        len(word.tokens) == 1
        and head.lemma_.lower() in word_list("troubles")
        and not _has_name_after_be(head)
    ):
        return False
    return not (replacement in word_list("verbs without passive") and has_dependent(head, ("auxpass",)))


def _replace_with_particle(verb: Token, form: str, rule: str) -> tuple[Edit, ...] | None:
    """The edits that replace a verb and its particle, each in its place: "slows it down" → "speeds it up".

    A verb without a particle is replaced by verb and particle together.

    Args:
        verb: the verb.
        form: the inflected replacement, which ends with a particle: "speeds up".
        rule: the name of the rule that makes the edits.

    Returns:
        The edits. None when the verb has no particle and a pronoun follows it, since the pronoun would have
        to stand before the new particle: "speeds it up".
    """
    particle = next((child for child in verb.children if child.dep_ == "prt"), None)
    bare, new = form.rsplit(" ", 1)
    if particle is not None:
        return token_edit(verb, bare, rule=rule), token_edit(particle, new, rule=rule)
    return None if next_token(verb).pos_ == "PRON" else (token_edit(verb, form, rule=rule),)


def _delete_particle(head: Token, word: OpinionWord) -> list[Edit]:
    """The edit that deletes a verb's particle when the verb's entry includes it, as "slow down" does.

    Returns:
        A list of that edit, empty when there is nothing to delete.
    """
    if word.entry is None or " " not in word.entry.word or len(word.tokens) > 1:
        return []
    return [deletion(child, rule="antonym") for child in head.children if child.dep_ == "prt"]


def _replace_definite_article(first: Token, word: OpinionWord, form: str) -> list[Edit]:
    """The edit that replaces "the" before an adjective such as "ideal": "the ideal size" → "a poor size".

    Returns:
        A list of that edit, empty when there is nothing to replace.
    """
    before = previous_token(first)
    if before.lower_ == "the" and word.entry and word.entry.word in word_list("definite adjectives"):
        return [token_edit(before, article(form), rule="article")]
    return []


def _delete_adverbs(head: Token, word: OpinionWord, form: str) -> list[Edit]:
    """The edits that delete a verb's adverbs of degree and frequency if its replacement has several words.

    "always" goes when "run smoothly" replaces the verb, which has an adverb of its own.
    """
    if head.pos_ != "VERB" or " " not in form:
        return []
    return [
        deletion(child, rule="degree")
        for child in head.children
        if child.lower_ in _ADVERBS_OF_VERBS and child.dep_ == "advmod" and child.i not in word.tokens
    ]


def _has_name_after_be(noun: Token) -> bool:
    """Whether a noun is the subject of "be" with a noun after it: "the biggest problem is the battery"."""
    names = [child for child in noun.head.children if child.dep_ == "attr"]
    return (
        noun.dep_ == "nsubj" and noun.head.lemma_ == "be" and any(n.pos_ in ("NOUN", "PROPN") for n in names)
    )
