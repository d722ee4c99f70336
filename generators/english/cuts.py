"""Cutting a part of a text that the rest can do without: a remark in brackets, a clause, a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english.clauses import SUBJECTS, has_dependent

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

RULE = "cut"
_CLAUSES = ("advcl", "relcl", "parataxis", "conj", "acl", "prep", "ccomp")
_JOINTS = (",", "-", "--", "–", "—", ";", ":", "...")
_ENDS = (".", "!", "?", "!!", "!!!", ";", "...", "..")
_OPENERS = ("because", "cause", "so", "since", "if", "unless", "which", "due", "thanks", "until")
_FEWEST = 3  # number of words that must be left


class Cutter:
    """Collects the parts of a text to cut.

    Args:
        doc: the text.
        needed: the indices of the tokens that must stay.
    """

    def __init__(self, doc: Doc, needed: Set[int]) -> None:
        self._doc = doc
        self._needed = needed
        self.tokens: set[int] = set()

    def cut(self, token: Token) -> bool:
        """Cut the smallest part with a token that the text can do without; False when there is none."""
        if token.i in self.tokens:
            return True
        for part in self._parts(token):
            left = [t for t in self._doc if t.i not in self.tokens and t.i not in part and t.is_alpha]
            if self._needed.isdisjoint(part) and len(left) >= _FEWEST:
                self.tokens.update(part)
                return True
        return False

    def _parts(self, token: Token) -> Iterator[range]:
        """The parts around a token that could be cut, the smallest first."""
        brackets = self._brackets(token)
        if brackets is not None:
            yield brackets
        for step in (token, *token.ancestors):
            if step.dep_ in _CLAUSES and step.sent == token.sent:
                for part in (self._closing_clause(step), self._opening_clause(step)):
                    if part is not None and token.i in part:
                        yield part
        yield from self._closing_stretches(token)
        sentence = token.sent
        if sentence.start > 0 or sentence.end < len(self._doc):
            yield range(sentence.start, sentence.end)

    def _brackets(self, token: Token) -> range | None:
        """The brackets around a token, with what is in them; None when there are none in its sentence."""
        sentence = token.sent
        opening = [t.i for t in self._doc[sentence.start : token.i] if t.text == "("]
        closing = [t.i for t in self._doc[token.i : sentence.end] if t.text == ")"]
        return range(opening[-1], closing[0] + 1) if opening and closing else None

    def _closing_clause(self, head: Token) -> range | None:
        """The clause of a word, with what joins it, when it ends its sentence; None otherwise."""
        if head.dep_ == "prep" and head.lower_ not in ("because", "due", "thanks"):
            return None
        if head.dep_ == "ccomp" and not has_dependent(head, ("mark",)):
            return None
        if head.dep_ == "conj" and not (head.pos_ in ("VERB", "AUX") or has_dependent(head, SUBJECTS)):
            return None
        doc, sentence = self._doc, head.sent
        start, end = head.left_edge.i, head.right_edge.i + 1
        if len(list(head.subtree)) != end - start or start <= sentence.start:
            return None
        while start - 1 > sentence.start and (doc[start - 1].text in _JOINTS or doc[start - 1].dep_ == "cc"):
            start -= 1
        while end > start and doc[end - 1].text in _ENDS:
            end -= 1
        rest = doc[end : sentence.end]
        return range(start, end) if all(t.is_punct or t.is_space for t in rest) else None

    def _opening_clause(self, head: Token) -> range | None:
        """The clause of a word with the comma after it, when it opens its sentence; None otherwise.

        The word after the comma gets a capital, so it must not be one that must stay as it is.
        """
        doc, start, end = self._doc, head.left_edge.i, head.right_edge.i + 1
        if head.dep_ not in ("advcl", "ccomp") or start != head.sent.start or end + 1 >= len(doc):
            return None
        if doc[end].text != "," or end + 1 in self._needed or len(list(head.subtree)) != end - start:
            return None
        return range(start, end + 1)

    def _closing_stretches(self, token: Token) -> Iterator[range]:
        """The stretches from a joint before a token up to the end of its sentence, the shortest first.

        A joint is a dash, a semicolon, a comma, or a conjunction; after the last two there must be a verb.
        """
        doc, sentence = self._doc, token.sent
        end = sentence.end
        while end > token.i + 1 and (doc[end - 1].text in _ENDS or doc[end - 1].is_space):
            end -= 1
        for start in range(token.i, sentence.start, -1):
            joint = doc[start]
            weak = joint.text == "," or joint.dep_ == "cc" or joint.lower_ in _OPENERS
            if not weak and joint.text not in _JOINTS:
                continue
            if weak and not any(t.pos_ in ("VERB", "AUX") for t in doc[start:end]):
                continue
            while start - 1 > sentence.start and (
                doc[start - 1].text in _JOINTS or doc[start - 1].dep_ == "cc"
            ):
                start -= 1
            if self._ends_well(start):
                yield range(start, end)

    def _ends_well(self, start: int) -> bool:
        """Whether the text before an index can end there, as it cannot after "but overall" or "the"."""
        before = [token for token in self._doc[max(start - 2, 0) : start] if not token.is_punct]
        joins = any(token.dep_ in ("cc", "mark") for token in before)
        return bool(before) and not joins and before[-1].pos_ not in ("ADP", "DET", "AUX", "PART", "SCONJ")

    def edits(self) -> tuple[Edit, ...]:
        """The edits that delete what was cut; the capital of an opening clause goes to the word after it."""
        doc, edits = self._doc, []
        for first in sorted(i for i in self.tokens if i - 1 not in self.tokens):
            last = first
            while last + 1 in self.tokens:
                last += 1
            end = doc[last].idx + len(doc[last])
            start = doc[first - 1].idx + len(doc[first - 1]) if first else 0
            after = ""
            following = doc[last + 1] if last + 1 < len(doc) else None
            if following is not None and doc[first].is_sent_start and not following.is_sent_start:
                start, end = doc[first].idx, following.idx + len(following)
                after = following.text[:1].upper() + following.text[1:]
            elif not first and following is not None:
                end = following.idx
            edits.append(Edit(start, end, doc.text[start:end], after, RULE))
        return tuple(edits)
