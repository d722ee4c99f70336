"""Conjunctions: "and" where two opinions agree, "but" and "although" where they do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english.inflection import cased_like
from arts.generators.english.negation.insert import cut, span_edit, token_edit
from arts.generators.english.word_lists import ALTHOUGH, AND, BUT, HOWEVER

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Signs = Mapping[int, int]  # token index of an opinion word → 1 or -1
RULE = "conjunction"
_COMMA = ","
_LINKS = AND | BUT | ALTHOUGH | HOWEVER | {_COMMA}
_NEAR = 4  # tokens between a word and a changed one that goes before it
_STOPS = frozenset({"-", "--", "–", "—", ":", ".", "!", "?", ";", "(", ")"})


def links_of(doc: Doc) -> list[Token]:
    """The conjunctions of a sentence that say whether two opinions agree."""
    return [token for token in doc if token.lower_ in _LINKS and _links(token)]


def repair(doc: Doc, links: Sequence[Token], before: Signs, after: Signs) -> tuple[Edit, ...] | None:
    """The edits that make the conjunctions of a sentence agree with its reversed opinions.

    Args:
        doc: the sentence before any edit.
        links: its conjunctions, as `links_of` gives them.
        before: the orientation of its opinion words.
        after: the same words' orientation after the reversal.

    Returns:
        Edits, none when all conjunctions still fit; None when one does not fit and cannot be mended.
    """
    edits: list[Edit] = []
    contrasted: set[int] = set()  # changed words that a conjunction already sets off
    for link in links:
        if link.lower_ in ALTHOUGH and _leads(link):
            leading = _leading(link, before, after)
            if leading is None:
                return None
            edits += leading
            continue
        changed = {i for i, sign in before.items() if sign != after[i]}
        left = _nearest(doc, link, links, before, changed, step=-1)
        right = _nearest(doc, link, links, before, changed, step=1)
        if left is None or right is None:
            continue
        if link.text != _COMMA and (not _joins(link, right) or _holds(doc[left], link, doc[right])):
            continue
        agreed, agree = before[left] == before[right], after[left] == after[right]
        if agreed and not agree and link.lower_ in AND | {_COMMA}:
            turned = left if left in changed else right
            if turned not in contrasted:
                word = _contrast(link, links, edits)
                edits.append(token_edit(link, f", {word}" if link.text == _COMMA else word, RULE))
                edits += _without_too(link)
                contrasted.add(turned)
        elif agree and not agreed and link.lower_ in (*BUT, *ALTHOUGH):
            even = link.i and link.nbor(-1).lower_ == "even"
            edits.append(span_edit(link.nbor(-1) if even else link, link, "and", RULE))
        elif agree and not agreed and link.lower_ in HOWEVER:
            return None
    return tuple(edits)


def _without_too(link: Token) -> list[Edit]:
    """The "too" at the end of a clause after a contrast cut: "..., but the wine was bad, too"."""
    doc = link.doc
    for token in doc[link.i + 1 :]:
        if token.lower_ == "too" and token.dep_ == "advmod" and _closes(token):
            before = token.nbor(-1)
            return [cut(before if before.text == _COMMA else token, token, RULE)]
    return []


def _links(token: Token) -> bool:
    lower = token.lower_
    if lower == _COMMA:
        return _splices(token)
    if lower in AND | BUT:
        both = any(c.dep_ == "preconj" for c in token.head.children)
        return token.dep_ in ("cc", "advmod", "mark", "dep", "ROOT") and not both and lower != "n"
    if lower in ALTHOUGH:
        return token.dep_ in ("mark", "advmod") and not _closes(token)
    return lower in HOWEVER


def _splices(comma: Token) -> bool:
    """Whether a comma alone joins two clauses with subjects: "The soup was good, I loved it"."""
    if comma.i + 1 >= len(comma.doc) or not comma.whitespace_:
        return False
    first = comma.nbor()
    clause = comma.doc[first.sent.start : comma.i]
    if any(token.lower_ in ALTHOUGH for token in clause) or any(
        t.dep_ in ("cc", "intj") for t in clause[-2:]
    ):
        return False
    for subject in (first, *first.ancestors):
        if subject.dep_ == "nsubj" and subject.left_edge == first:
            verb = subject.head
            before = verb.head if verb.dep_ in ("conj", "parataxis") else None
            if verb.dep_ in ("ROOT", "ccomp"):
                before = next((c for c in verb.children if c.dep_ == "ccomp" and c.i < comma.i), None)
            return before is not None and before.i < comma.i and _has_subject(before)
    return False


def _has_subject(verb: Token) -> bool:
    return any(child.dep_ == "nsubj" for child in verb.children)


def _contrast(link: Token, links: Sequence[Token], edits: Sequence[Edit]) -> str:
    """The word for a contrast: "but", or "yet" where a "but" is near or was put in already."""
    position = [other.i for other in links].index(link.i)
    neighbours = [*links[max(position - 1, 0) : position], *links[position + 1 : position + 2]]
    taken = any(other.lower_ == "but" for other in neighbours) or any("but" in edit.after for edit in edits)
    return "yet" if taken else "but"


def _joins(link: Token, right: int) -> bool:
    """Whether what the conjunction joins on its right holds a word, by its index."""
    conjuncts = [c for c in link.head.children if c.dep_ == "conj" and c.i > link.i]
    if link.i + 1 < len(link.doc) and link.nbor().lower_ == "how":
        return False  # "how quiet it is and how fast" goes with both
    return not conjuncts or any(right == c.i or right in {t.i for t in c.subtree} for c in conjuncts)


def _holds(left: Token, link: Token, right: Token) -> bool:
    """Whether the opinion on the left is on all that is joined: "easy to carry and handle"."""
    opined = left.head if left.dep_ == "amod" else left
    return link.head != left and opined.is_ancestor(link.head) and opined.is_ancestor(right)


def _closes(token: Token) -> bool:
    """Whether it closes the clause, as in: The food was good, though."""
    return token.i + 1 == len(token.doc) or token.nbor().text in _STOPS


def _leads(link: Token) -> bool:
    """Whether the subordinate clause comes first: "Although the food was good, ..."."""
    return link.dep_ == "mark" and link.head.dep_ == "advcl" and link.head.i < link.head.head.i


def _leading(link: Token, before: Signs, after: Signs) -> tuple[Edit, ...] | None:
    """As in "Although A, B" with A and B alike → "A, and B"; None when there is no comma to do it at."""
    doc, clause = link.doc, {token.i for token in link.head.subtree}
    end = max(clause)
    left = [i for i in before if i in clause]
    right = [i for i in before if i > end]
    if not left or not right:
        return ()
    a, b = left[-1], right[0]
    if before[a] == before[b] or after[a] != after[b]:
        return ()
    comma = next((t for t in doc[end : end + 3] if t.text == ","), None)
    if comma is None or link.i + 1 >= len(doc):
        return None
    following = link.nbor()
    return (
        span_edit(link, following, cased_like(following.text, link.text[:1]), RULE),
        token_edit(comma, ", and", RULE),
    )


def _nearest(
    doc: Doc, link: Token, links: Sequence[Token], signs: Signs, changed: Set[int], *, step: int
) -> int | None:
    """The nearest opinion word on one side of a conjunction, up to a full stop or the next contrast.

    A changed word goes before a nearer one if no other conjunction or comma stands between them.
    """
    others = {other.i: other.lower_ in AND or other.text == _COMMA for other in links if other.i != link.i}
    found = None
    i = link.i + step
    while 0 <= i < len(doc) and others.get(i, True) and doc[i].text not in _STOPS:
        if i in signs and (found is None or (i in changed and abs(i - found) <= _NEAR)):
            found = i
        if found is not None and (found in changed or i in others or doc[i].text == ","):
            return found
        i += step
    return found
