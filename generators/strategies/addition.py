"""The text that ADDDIFF adds to a sentence with one template, as edits and aspects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from arts.data.schema import Aspect, Edit, Polarity
from arts.generators.strategies.aspect_clause import AspectClause
from arts.generators.strategies.joints import TEMPLATES, AdddiffTemplate, Place, Site
from arts.generators.strategies.sentence_shape import SentenceShape
from arts.generators.strategies.wording import (
    Wording,
    clause_wording,
    join_wordings,
    noun_wording,
    split_pairs,
)

_PAIR = 2  # number of clauses that one sentence takes; more would read like a list


@dataclass
class Addition:
    """Clauses that a template adds to a sentence.

    The template joins the first two clauses. Further ones stand in sentences of their own beside it.

    Args:
        shape: the sentence.
        clauses: the clauses.
        name: the name of the template, which must fit the sentence.
        polarity: the polarity of the clauses.
    """

    shape: SentenceShape
    clauses: Sequence[AspectClause]
    name: str
    polarity: Polarity

    @property
    def edits(self) -> list[Edit]:
        """The edits that add the clauses, with offsets into the sentence."""
        return [edit for edit, _ in self._parts]

    @property
    def aspects(self) -> list[Aspect]:
        """The added aspects, with their spans in the new text."""
        aspects: list[Aspect] = []
        shift = 0
        for edit, wording in self._parts:
            aspects += wording.aspects(edit.start + shift)
            shift += len(edit.after) - len(edit.before)
        return aspects

    @property
    def _template(self) -> AdddiffTemplate:
        return TEMPLATES[self.name]

    @cached_property
    def _parts(self) -> list[tuple[Edit, Wording]]:
        """The edits from left to right, each with the wording that it puts in."""
        site = self.shape.site(self._template)
        assert site is not None
        if self._template.place is Place.FIRST:
            return [self._before(site)]
        if self._template.place is Place.LAST:
            return [self._after(site, self._main, self._further(too=True))]
        if self._template.site is Site.SENTENCES:
            added = " " + join_sentences([self._main.capitalize(), *self._further(too=True)])
            return [self._part(site, site, added)]
        end = site
        if self._main.text[-1] in ",-" and self.shape.text[site : site + 1] == ",":
            end += 1  # the added mark takes the place of the comma
        parts = [self._part(site, end, self._main)]
        if further := self._further(too=True):
            parts.append(self._after(self.shape.ending[0], None, further))
        return parts

    @property
    def _pair(self) -> int:
        """The number of clauses that the template joins; an aside has room for one."""
        return 1 if self._template.site in (Site.SUBJECT, Site.PRONOUN) else _PAIR

    @cached_property
    def _main(self) -> Wording:
        """The first clauses with the words of the template around them."""
        template, past = self._template, self.shape.is_past
        first = self.clauses[: self._pair]
        if template.nouns:
            wordings = [noun_wording(clause) for clause in first]
        else:
            wordings = [clause_wording(clause, past=past) for clause in first]
        before, after = template.words(self.polarity)
        return before + join_wordings(wordings) + after

    def _further(self, *, too: bool) -> list[Wording]:
        """The sentences with the further clauses.

        Args:
            too: whether the first of them says that it adds to what was said.
        """
        sentences = []
        for number, pair in enumerate(split_pairs(self.clauses[self._pair :])):
            wordings = [clause_wording(clause, past=self.shape.is_past) for clause in pair]
            end = ", too." if too and number == 0 else "."
            sentences.append((join_wordings(wordings) + end).capitalize())
        return sentences

    def _before(self, site: int) -> tuple[Edit, Wording]:
        """The edit that puts the clauses before the sentence.

        Args:
            site: the offset of the first character of the sentence.
        """
        if self._template.site is Site.BOUNDARY:
            added = join_sentences([self._main.capitalize(), *self._further(too=True)]) + " "
            return self._part(0, site, added)
        letter = self.shape.lower_first
        assert letter is not None
        added = join_sentences([*self._further(too=False), self._main.capitalize()])
        if letter == self.shape.text[site]:
            return self._part(0, site, added)
        return self._part(0, site + 1, added + letter)

    def _after(self, site: int, main: Wording | None, further: Sequence[Wording]) -> tuple[Edit, Wording]:
        """The edit that puts clauses after the sentence, with the marks between them.

        Args:
            site: the offset of the marks at the end of the sentence.
            main: the clauses with the words of the template; None when they stand elsewhere.
            further: the sentences with the further clauses.
        """
        text, mark = self.shape.text, self.shape.ending[1]
        joined = main is not None and self._template.site is Site.CLAUSE
        if joined:
            assert main is not None
            added = join_sentences([main + (mark if mark == "!" else "."), *further])
        else:
            ended = mark if mark and mark[-1] in ".!…" else "."
            if self.shape.is_closed and not mark:
                ended = ""
            sentences = [*([main.capitalize()] if main else []), *further]
            added = f"{ended} " + join_sentences(sentences)
        return self._part(site, len(text), added)

    def _part(self, start: int, end: int, added: Wording) -> tuple[Edit, Wording]:
        """The edit that replaces a span of the sentence by a wording, and that wording in the right case."""
        wording = added.map_text(str.upper) if self.shape.in_capitals else added
        rule = f"added: {self.name}"
        return Edit(start, end, self.shape.text[start:end], wording.text, rule), wording


def join_sentences(sentences: Sequence[Wording]) -> Wording:
    """Sentences, one after the other."""
    joined = sentences[0]
    for sentence in sentences[1:]:
        joined = joined + " " + sentence
    return joined
