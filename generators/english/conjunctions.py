"""Conjunctions: "and" between opinions that agree, "but" and "although" between opinions that do not.

Here opinions have signs: 1 positive, -1 negative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english import agreement
from arts.generators.english.clauses import ends_clause, has_dependent, previous_token
from arts.generators.english.inflection import match_case
from arts.generators.english.token_edits import deletion, span_edit, token_edit
from arts.generators.english.word_lists import word_list

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Signs = Mapping[int, int]  # token index of an opinion word → its sign: 1 positive, -1 negative
RULE = "conjunction"
_COMMA = ","
_AND = word_list("and")
_BUT = word_list("but")
_ALTHOUGH = word_list("although")
_HOWEVER = word_list("however")
_CANDIDATES = _AND | _BUT | _ALTHOUGH | _HOWEVER | {_COMMA}
_LONGEST_SKIP = 4  # a reversed word at most so many tokens behind a nearer opinion word is preferred to it
_STOPS = frozenset({"-", "--", "–", "—", ":", ".", "!", "?", ";", "(", ")"})


def links_of(doc: Doc) -> list[Token]:
    """The tokens that say whether the opinions to their left and right agree, in the order of the sentence.

    They are conjunctions ("and", "but"), adverbs such as "however", and commas between clauses.
    """
    return [token for token in doc if token.lower_ in _CANDIDATES and _is_link(token)]


def repair(doc: Doc, links: Sequence[Token], *, before: Signs, after: Signs) -> tuple[Edit, ...] | None:
    """The edits that make the conjunctions of a sentence fit its opinions after some of them are reversed.

    For example, when "good and cheap" becomes "bad and cheap", the edit replaces "and" by "but".

    Args:
        doc: the sentence before any edit.
        links: its conjunctions, as `links_of` gives them.
        before: the sign of each opinion word, keyed by token index.
        after: the signs of the same words after the reversal.

    Returns:
        The edits; an empty tuple when all conjunctions still fit. None when one does not fit and cannot be
        repaired.
    """
    edits: list[Edit] = []
    contrasted: set[int] = set()  # reversed words that a new "but" already contrasts with their neighbour
    changed = {i for i, sign in before.items() if sign != after[i]}
    for link in links:
        if link.lower_ in _ALTHOUGH and _opens_sentence(link):
            leading = _repair_leading_clause(link, before, after)
            if leading is None:
                return None
            edits += leading
            continue
        pair = _opinions_around(doc, link, links, before, changed)
        if pair is None:
            continue
        left, right = pair
        if link.text == _COMMA and any(t.text == _COMMA or t.dep_ == "cc" for t in doc[link.i + 1 : right]):
            continue
        agreed, agree = before[left] == before[right], after[left] == after[right]
        if agreed and not agree and link.lower_ in _AND | {_COMMA}:
            turned = left if left in changed else right
            if turned not in contrasted:
                word = _contrasting_word(link, links, edits)
                edits.append(token_edit(link, f", {word}" if link.text == _COMMA else word, rule=RULE))
                edits += _delete_final_too(link)
                contrasted.add(turned)
        elif agree and not agreed and link.lower_ in (*_BUT, *_ALTHOUGH):
            even = previous_token(link).lower_ == "even"
            edits.append(span_edit(previous_token(link) if even else link, link, after="and", rule=RULE))
        elif agree and not agreed and link.lower_ in _HOWEVER:
            return None
    return agreement.fit(doc, edits, before=before, after=after)


def _opinions_around(
    doc: Doc, link: Token, links: Sequence[Token], signs: Signs, changed: Set[int]
) -> tuple[int, int] | None:
    """The token indices of the opinion words to the left and to the right that a conjunction relates.

    For "and" in "good and cheap" they are those of "good" and "cheap". None when it does not relate two.
    The arguments are those of `_nearest_opinion`.
    """
    left = _nearest_opinion(doc, link, links, signs, changed, step=-1)
    right = _nearest_opinion(doc, link, links, signs, changed, step=1)
    if left is None or right is None:
        return None
    if link.text != _COMMA and (not _joins(link, right) or _governs_both(doc[left], link, doc[right])):
        return None
    return left, right


def _delete_final_too(link: Token) -> list[Edit]:
    """Delete the "too" at the end of the clause after a conjunction that becomes "but".

    For example, "and the wine was good, too" becomes "but the wine was bad".

    Returns:
        A list of one edit, empty when there is no such "too".
    """
    doc = link.doc
    for token in doc[link.i + 1 :]:
        if token.lower_ == "too" and token.dep_ == "advmod" and ends_clause(token, marks=_STOPS):
            before = token.nbor(-1)
            return [deletion(before if before.text == _COMMA else token, token, rule=RULE)]
    return []


def _is_link(token: Token) -> bool:
    """Whether a conjunction, adverb or comma belongs to the tokens that `links_of` gives."""
    lower = token.lower_
    if lower == _COMMA:
        return _joins_clauses(token)
    if lower in _AND | _BUT:
        both = has_dependent(token.head, ("preconj",))
        return token.dep_ in ("cc", "advmod", "mark", "dep", "ROOT") and not both
    if lower in _ALTHOUGH:  # not at the end of a clause: "The food was good, though."
        return token.dep_ in ("mark", "advmod") and not ends_clause(token, marks=_STOPS)
    return lower in _HOWEVER


def _joins_clauses(comma: Token) -> bool:
    """Whether a comma alone joins two clauses with a subject each: "The soup was good, I loved it"."""
    if comma.i + 1 >= len(comma.doc) or not comma.whitespace_:
        return False
    first = comma.nbor()
    clause = comma.doc[first.sent.start : comma.i]
    if any(token.lower_ in _ALTHOUGH for token in clause) or any(
        token.dep_ in ("cc", "intj") for token in clause[-2:]
    ):
        return False
    for subject in (first, *first.ancestors):
        if subject.dep_ == "nsubj" and subject.left_edge == first:
            verb = subject.head
            before = verb.head if verb.dep_ in ("conj", "parataxis") else None
            if verb.dep_ in ("ROOT", "ccomp"):
                before = next((c for c in verb.children if c.dep_ == "ccomp" and c.i < comma.i), None)
            return before is not None and before.i < comma.i and has_dependent(before, ("nsubj",))
    return False


def _contrasting_word(link: Token, links: Sequence[Token], edits: Sequence[Edit]) -> str:
    """The conjunction that expresses a contrast: "but", or "yet" when another "but" is near.

    Args:
        link: the conjunction that is replaced.
        links: all conjunctions of the sentence; the ones before and after `link` are near.
        edits: the edits made so far; a "but" that they insert is near.
    """
    position = [other.i for other in links].index(link.i)
    neighbours = [*links[max(position - 1, 0) : position], *links[position + 1 : position + 2]]
    near = any(other.lower_ == "but" for other in neighbours) or any("but" in edit.after for edit in edits)
    return "yet" if near else "but"


def _joins(link: Token, right: int) -> bool:
    """Whether an opinion word lies in the part of the sentence that a conjunction adds.

    "cheap" does in "good and cheap"; "great" does not in "the soup and the bread are great".

    Args:
        link: the conjunction.
        right: the token index of the opinion word, which stands after the conjunction.
    """
    conjuncts = [c for c in link.head.children if c.dep_ == "conj" and c.i > link.i]
    if link.i + 1 < len(link.doc) and link.nbor().lower_ == "how":
        return False  # "how quiet it is and how fast" goes with both
    return not conjuncts or any(right == c.i or right in {t.i for t in c.subtree} for c in conjuncts)


def _governs_both(left: Token, link: Token, right: Token) -> bool:
    """Whether `link` and `right` depend, directly or not, on `left` or on the noun that `left` modifies.

    The conjunction then does not contrast the two: in "easy to carry and handle", `left` is "easy", `link`
    "and" and `right` "handle".
    """
    described = left.head if left.dep_ == "amod" else left
    return link.head != left and described.is_ancestor(link.head) and described.is_ancestor(right)


def _opens_sentence(link: Token) -> bool:
    """Whether the clause of a subordinating conjunction comes first: "Although the food was good, ..."."""
    return link.dep_ == "mark" and link.head.dep_ == "advcl" and link.head.i < link.head.head.i


def _repair_leading_clause(link: Token, before: Signs, after: Signs) -> tuple[Edit, ...] | None:
    """Turn "Although A, B" into "A, and B" when opinions in A and B that differed agree after the reversal.

    Args:
        link: the "although".
        before: the sign of each opinion word, keyed by token index.
        after: the signs of the same words after the reversal.

    Returns:
        The edits; an empty tuple when "although" still fits. None when the edits are impossible, since no
        comma follows A.
    """
    doc, clause = link.doc, {token.i for token in link.head.subtree}
    end = max(clause)
    inside = [i for i in before if i in clause]
    behind = [i for i in before if i > end]
    if not inside or not behind:
        return ()
    left, right = inside[-1], behind[0]
    if before[left] == before[right] or after[left] != after[right]:
        return ()
    comma = next((token for token in doc[end : end + 3] if token.text == ","), None)
    if comma is None or link.i + 1 >= len(doc):
        return None
    following = link.nbor()
    return (
        span_edit(link, following, after=match_case(following.text, link.text[:1]), rule=RULE),
        token_edit(comma, ", and", rule=RULE),
    )


def _nearest_opinion(
    doc: Doc, link: Token, links: Sequence[Token], signs: Signs, changed: Set[int], *, step: int
) -> int | None:
    """The token index of the nearest opinion word on one side of a conjunction; None when there is none.

    The search ends at the next "but", "although" or "however", at a word with the meaning of one of them, and
    at a dash, colon, semicolon, parenthesis or full stop. A reversed word is preferred to a nearer one that
    is not reversed, if it is at most four tokens further away and no other conjunction or comma stands
    between the two.

    Args:
        doc: the sentence.
        link: the conjunction.
        links: all conjunctions of the sentence.
        signs: the sign of each opinion word, keyed by token index.
        changed: the token indices of the opinion words that are reversed.
        step: 1 to look to the right, -1 to look to the left.
    """
    joins = {other.i: other.lower_ in _AND or other.text == _COMMA for other in links if other.i != link.i}
    nearest = None
    i = link.i + step
    while 0 <= i < len(doc) and joins.get(i, True) and doc[i].text not in _STOPS:
        if i in signs and (nearest is None or (i in changed and abs(i - nearest) <= _LONGEST_SKIP)):
            nearest = i
        if nearest is not None and (nearest in changed or i in joins or doc[i].text == ","):
            return nearest
        i += step
    return nearest
