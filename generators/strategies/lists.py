"""Lists in a sentence, such as "pizza, pasta and wine", and taking an item out of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english.clauses import finite_verb, is_correlated
from arts.generators.english.inflection import inflect
from arts.generators.english.word_lists import word_list
from arts.generators.strategies.clause_mining import is_plural

if TYPE_CHECKING:
    from spacy.tokens import Token

RULE = "exception"
NOUNS, VERBS = ("NOUN", "PROPN"), ("VERB", "AUX")
_SUBJECTS = ("nsubj", "nsubjpass")
_SEPARATORS = (",", "and", "&")
_FINITE = ("VBZ", "VBP", "VBD", "MD")
_OWN = ("det", "poss", "amod", "nummod")  # what a noun has for itself, or for all of a list
_SINGULAR = {"are": "is", "were": "was", "have": "has", "'re": "'s", "’re": "’s"}


@dataclass(frozen=True)
class Item:
    """An item of a list.

    Args:
        head: its syntactic head.
        start: index of its first token.
        end: index after its last token.
    """

    head: Token
    start: int
    end: int


def items_of(root: Token, kinds: Sequence[str]) -> list[Item]:
    """The items of the list that a word is in; empty when it is in none.

    Args:
        root: the word.
        kinds: the parts of speech of the heads of the items.
    """
    head = root
    while head.dep_ == "conj" and head.head.pos_ in kinds:
        head = head.head
    members = sorted({head, *head.conjuncts}, key=lambda token: token.i)
    if any(member.pos_ not in kinds for member in members):
        return []
    starts = [member.left_edge.i for member in members]
    items = []
    for member, start, following in zip(members, starts, [*starts[1:], None], strict=True):
        end = member.right_edge.i + 1 if following is None else following
        while following is not None and end > member.i + 1 and member.doc[end - 1].text in _SEPARATORS:
            end -= 1
        if end == following or start > member.i or not member.i < end:
            return []
        while end > member.i + 1 and (member.doc[end - 1].is_punct or member.doc[end - 1].is_space):
            end -= 1
        items.append(Item(member, start, end))
    joined = all(_separator(left, right) is not None for left, right in pairwise(items))
    return items if joined else []


def _separator(left: Item, right: Item) -> str | None:
    """What stands between two items of a list; None when it is more than "and" and commas."""
    tokens = left.head.doc[left.end : right.start]
    return tokens.text if len(tokens) and all(t.text in _SEPARATORS for t in tokens) else None


def edits_without(items: Sequence[Item], place: int, *, first: int) -> list[Edit] | None:
    """The edits that delete an item of a list, and make the list and its verb right again.

    Args:
        items: the items of the list.
        place: position of the item.
        first: index of the first token of the aspect in it.
    """
    doc, rest = items[0].head.doc, [item for n, item in enumerate(items) if n != place]
    edits = []
    if place:
        before = items[place - 1]
        start = doc[before.end - 1].idx + len(doc[before.end - 1])
        end = doc[items[place].end - 1].idx + len(doc[items[place].end - 1])
        edits.append(Edit(start, end, doc.text[start:end], "", RULE))
        if place == len(items) - 1 and len(items) > 2:
            edits.append(_join(items[place - 2], items[place - 1]))
    else:
        edit = _without_first(items, first)
        if edit is None:
            return None
        edits.append(edit)
        if len(items) == 3 and _separator(items[1], items[2]) != "and" and items[0].head.pos_ in NOUNS:
            edits.append(_join(items[1], items[2]))
    return [*edits, *_agreement(items[0].head, rest)]


def _join(left: Item, right: Item) -> Edit:
    """The edit that puts "and" between two items."""
    doc = left.head.doc
    start, end = doc[left.end - 1].idx + len(doc[left.end - 1]), doc[right.start].idx
    return Edit(start, end, doc.text[start:end], " and ", RULE)


def _without_first(items: Sequence[Item], aspect: int) -> Edit | None:
    """The edit that deletes the first item of a list; None when the rest would not be right.

    What stands before its noun stays when the second item has nothing of its own: "great food and wine". An
    adjective that does not go with everything, such as "sleek", may not be meant of both.

    Args:
        items: the items of the list.
        aspect: index of the first token of the aspect in the first item.
    """
    doc, first, second = items[0].head.doc, items[0], items[1]
    start = first.start
    own = [c for c in second.head.children if c.dep_ in _OWN]
    mine = [c for c in first.head.children if c.dep_ in _OWN and c.i < aspect]
    if mine and not own and first.head.pos_ in NOUNS:
        start = max(c.i for c in mine) + 1
        if any(c.dep_ == "amod" and c.lower_ not in word_list("general") for c in mine):
            return None
    elif own and not mine and first.head.dep_ in _SUBJECTS:
        return None
    following = doc[second.start]
    begin, end = doc[start].idx, following.idx
    if not doc[start].is_sent_start or following.text[:1].isupper():
        return Edit(begin, end, doc.text[begin:end], "", RULE)
    if following.pos_ != "DET" and following.dep_ != "poss":
        return None
    end += len(following)
    return Edit(begin, end, doc.text[begin:end], following.text.capitalize(), RULE)


def _agreement(head: Token, rest: Sequence[Item]) -> list[Edit]:
    """The edit that puts the verb of a list into the singular, where its subject is one noun now."""
    noun, verb = rest[0].head, head.head
    if len(rest) > 1 or head.dep_ not in _SUBJECTS or noun.tag_ not in ("NN", "NNP"):
        return []
    finite = finite_verb(verb)
    singular = _SINGULAR.get(finite.lower_)
    if singular is None and finite.tag_ == "VBP":
        singular = inflect(finite.lemma_, "VBZ")
    if singular is None or is_plural(noun.text):
        return []
    return [Edit(finite.idx, finite.idx + len(finite), finite.text, singular, RULE)]


def clauses_of(root: Token) -> list[Item]:
    """The clauses of a list of at least three, one of which has a noun as its subject; else empty."""
    items = items_of(root.head, VERBS) if root.dep_ in _SUBJECTS else []
    complete = all(any(c.dep_ in _SUBJECTS for c in item.head.children) for item in items)
    return items if len(items) > 2 and complete else []


def is_doubtful(items: Sequence[Item]) -> bool:
    """Whether the parser may have taken words for a list that are none.

    A comma or "and" before it may belong to it. Where a verb follows whose subject it is not, or its items
    are not alike ("Great food and the prices are fair"), its last item begins a new clause.
    """
    head, doc = items[0].head, items[0].head.doc
    if (items[0].start > 0 and doc[items[0].start - 1].text in _SEPARATORS) or is_correlated(head):
        return True
    is_subject = head.dep_ in _SUBJECTS
    following = doc[items[-1].end] if items[-1].end < len(doc) else head
    if head.pos_ in NOUNS and not is_subject and following.tag_ in _FINITE:
        return True
    determined = {any(c.dep_ in ("det", "poss") for c in item.head.children) for item in items[1:]}
    first = any(c.dep_ in ("det", "poss") for c in head.children)
    return is_subject and head.pos_ in NOUNS and determined != {first} and not first
