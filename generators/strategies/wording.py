"""Texts made of clauses on aspects, which know where in them the aspects and opinions stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from arts.data.schema import Aspect, Opinion, Polarity
from arts.generators.strategies.aspect_clause import AspectClause


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text mentions an aspect and an opinion on it.

    Args:
        start: the offset of the first character of the aspect term.
        end: the offset after its last character.
        opinion: the offsets (start, end) of the opinion term.
        polarity: the sentiment towards the aspect.
    """

    start: int
    end: int
    opinion: tuple[int, int]
    polarity: Polarity

    def shift(self, offset: int) -> Mention:
        """The mention in a text that has `offset` more characters before it."""
        first, last = self.opinion
        return replace(
            self,
            start=self.start + offset,
            end=self.end + offset,
            opinion=(first + offset, last + offset),
        )


@dataclass(frozen=True, slots=True)
class Wording:
    """A text with its mentions of aspects; wordings are joined with ``+``.

    Args:
        text: the text.
        mentions: the mentions, from left to right.
    """

    text: str
    mentions: tuple[Mention, ...] = ()

    def __add__(self, other: Wording | str) -> Wording:
        """This wording, followed by another one or by a text without mentions."""
        if isinstance(other, str):
            return Wording(self.text + other, self.mentions)
        moved = tuple(mention.shift(len(self.text)) for mention in other.mentions)
        return Wording(self.text + other.text, self.mentions + moved)

    def __radd__(self, text: str) -> Wording:
        """A text without mentions, followed by this wording."""
        return Wording(text) + self

    def capitalize(self) -> Wording:
        """The wording with a capital at its beginning."""
        return replace(self, text=self.text[:1].upper() + self.text[1:])

    def map_text(self, change: Callable[[str], str]) -> Wording:
        """The wording with its text changed by a function that keeps the text's length."""
        text = change(self.text)
        assert len(text) == len(self.text)
        return replace(self, text=text)

    def aspects(self, offset: int) -> tuple[Aspect, ...]:
        """The aspects that are mentioned, when the wording stands at `offset` in a text."""
        found = []
        for mention in self.mentions:
            moved = mention.shift(offset)
            first, last = moved.opinion
            opinion = Opinion(self.text[slice(*mention.opinion)], first, last)
            term = self.text[mention.start : mention.end]
            found.append(Aspect(term, moved.start, moved.end, mention.polarity, (opinion,)))
        return tuple(found)


def clause_wording(clause: AspectClause, *, past: bool) -> Wording:
    """A clause with its verb: "the fan is noisy".

    Args:
        clause: the clause.
        past: whether its verb is in the past tense.
    """
    subject = f"{clause.subject} "
    text = subject + clause.verb_phrase(past=past)
    first = len(clause.subject) - len(clause.term)
    start = len(text) - len(clause.predicate) if not clause.verbal else len(subject)
    mention = Mention(first, len(clause.subject), (start, len(text)), clause.polarity)
    return Wording(text, (mention,))


def noun_wording(clause: AspectClause) -> Wording:
    """A clause as a noun phrase: "the noisy fan"."""
    text = f"the {clause.predicate} {clause.term}"
    opinion = (4, 4 + len(clause.predicate))
    return Wording(text, (Mention(len(text) - len(clause.term), len(text), opinion, clause.polarity),))


def join_wordings(wordings: Sequence[Wording]) -> Wording:
    """One wording, or two joined by "and"."""
    joined = wordings[0]
    for wording in wordings[1:]:
        joined = joined + " and " + wording
    return joined


def split_pairs(clauses: Sequence[AspectClause]) -> Iterable[Sequence[AspectClause]]:
    """Clauses in groups of two, of which the last may have one; a longer list reads like a list."""
    return [clauses[start : start + 2] for start in range(0, len(clauses), 2)]
