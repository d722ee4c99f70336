"""Whether neighbouring opinions that now agree or differ stand beside a word that says so.

A last look at a sentence whose conjunctions are repaired. Opinions have signs: 1 positive, -1 negative.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english.token_edits import token_edit
from arts.generators.english.word_lists import word_list

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

RULE = "conjunction"
_CONTRASTS = word_list("contrasts")
_STOPS = frozenset({"-", "--", "–", "—", ":", ";", "...", "/"})
_BEHIND_BUT = ("DET", "ADJ", "NOUN", "PROPN", "PRON", "ADV", "VERB", "AUX")  # what can follow ", but"


def fit(
    doc: Doc, edits: Sequence[Edit], *, before: Mapping[int, int], after: Mapping[int, int]
) -> tuple[Edit, ...] | None:
    """The edits with those added that contrast what now differs; None when a relation cannot be mended.

    Args:
        doc: the sentence before any edit.
        edits: the edits that repaired its conjunctions.
        before: the sign of each opinion word, keyed by token index.
        after: the signs of the same words after the reversal.
    """
    changed = {i for i, sign in before.items() if sign != after[i]}
    if any(_contrasts_nothing(link, before, changed) for link in _open_contrasts(doc, edits)):
        return None
    result = list(edits)
    for left, right in pairwise(sorted(before)):
        agreed, agree = before[left] == before[right], after[left] == after[right]
        if agreed == agree or _is_one_opinion(doc[left], doc[right]):
            continue
        if doc[left].sent != doc[right].sent or any(t.text in _STOPS for t in doc[left:right]):
            continue
        contrasted = _is_contrasted(doc, result, left, right)
        if agree and contrasted:
            return None
        if not agree and not contrasted:
            edit = _contrast(doc, left, right)
            if edit is None:
                return None
            result.append(edit)
    added = len(result) > len(edits) or any(_CONTRASTS & set(edit.after.split()) for edit in edits)
    return None if added and any(_is_overloaded(s, doc, result) for s in doc.sents) else tuple(result)


def _is_one_opinion(left: Token, right: Token) -> bool:
    """Whether two words are one opinion: "runs well", "delightfully fresh", "easy to carry and handle"."""
    return left.head == right or right.head == left or (right.pos_ == "VERB" and left.is_ancestor(right))


def _is_overloaded(sentence: Span, doc: Doc, edits: Sequence[Edit]) -> bool:
    """Whether a sentence would have two words of contrast, or one together with "too" or "as well"."""
    start, end = doc[sentence.start].idx, doc[sentence.end - 1].idx
    links = [link for link in _open_contrasts(doc, edits) if start <= link.idx <= end]
    new = [e for e in edits if start <= e.start <= end and _CONTRASTS & set(e.after.lower().split())]
    if not new:
        return False
    behind = [
        t for t in sentence if t.idx > new[0].start and not any(e.start <= t.idx < e.end for e in edits)
    ]
    adds = any(t.lower_ in ("too", "also", "either") and t.head.pos_ in ("VERB", "AUX") for t in behind)
    return (
        adds
        or len(links) + len(new) > 1
        or any(t.lower_ == "well" and t.nbor(-1).lower_ == "as" for t in behind)
    )


def _contrast(doc: Doc, left: int, right: int) -> Edit | None:
    """The edit that puts "but" between two opinions; None when there is no place for it.

    Its place is that of the only "and", after the only comma, or before the preposition of the second one:
    "good food at unfair prices" → "good food but at unfair prices".
    """
    between = list(doc[left + 1 : right])
    commas = [token for token in between if token.text == ","]
    ands = [token for token in between if token.dep_ == "cc" and token.lower_ in word_list("and")]
    if len(ands) == 1 and len(commas) <= 1:
        nouns = [t for t in between[: between.index(ands[0])] if t.pos_ in ("NOUN", "PROPN")]
        later = [t for t in doc[right : doc[right].sent.end] if t.dep_ == "cc"]
        joins = any(
            right == c.i or doc[right] in c.subtree for c in ands[0].head.children if c.dep_ == "conj"
        )
        if joins and not later and (len(nouns) <= 2 or commas):
            return token_edit(ands[0], "but", rule=RULE)
        return None
    if ands:
        return None
    if len(commas) == 1 and commas[0].nbor().pos_ in _BEHIND_BUT:
        return token_edit(commas[0], ", but", rule=RULE)
    prepositions = [token for token in between if token.lower_ in ("at", "with", "for", "in")]
    if not commas and len(prepositions) == 1 and doc[right].dep_ == "amod":
        return token_edit(prepositions[0], f"but {prepositions[0].lower_}", rule=RULE)
    return None


def _open_contrasts(doc: Doc, edits: Sequence[Edit]) -> Iterator[Token]:
    """The words of contrast that no edit replaces."""
    for token in doc:
        if token.lower_ not in _CONTRASTS or (token.i <= 1 and token.dep_ != "mark"):
            continue
        if not any(edit.start <= token.idx < edit.end for edit in edits):
            yield token


def _is_contrasted(doc: Doc, edits: Sequence[Edit], left: int, right: int) -> bool:
    """Whether a word of contrast stands between two opinions, or opens a clause before them."""
    start, end = doc[left].idx, doc[right].idx
    if any(start < edit.start < end and _CONTRASTS & set(edit.after.split()) for edit in edits):
        return True
    return any(
        start < link.idx < end or (link.dep_ == "mark" and _opens(link, left, right))
        for link in _open_contrasts(doc, edits)
    )


def _opens(link: Token, left: int, right: int) -> bool:
    """Whether a conjunction such as "although" opens a clause with the left opinion but not the right one."""
    clause = {token.i for token in link.head.subtree}
    return link.i < left and left in clause and right not in clause


def _contrasts_nothing(link: Token, signs: Mapping[int, int], changed: set[int]) -> bool:
    """Whether a word of contrast has a reversed opinion on one side, and none that is known on the other."""
    sentence = link.sent
    if link.dep_ == "mark":
        clause = {token.i for token in link.head.subtree}
        inside = {i for i in signs if i in clause}
        outside = {i for i in signs if sentence.start <= i < sentence.end} - inside
    else:
        inside = {i for i in signs if sentence.start <= i < link.i}
        outside = {i for i in signs if link.i < i < sentence.end}
    sides = [bool(side & changed) for side in (inside, outside)]
    return any(sides) and not (inside and outside)
