"""The shape of a sentence: where clauses can be added to it, and in which tense and capitals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from arts.data.schema import Sentence
from arts.generators.english.clauses import SUBJECTS
from arts.generators.english.word_lists import word_list
from arts.generators.strategies.joints import AdddiffTemplate, Place, Site

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_CONTRAST = re.compile(
    r"\b(?:but|although|though|however|yet|while|except|despite|unfortunately|aside|otherwise|whereas|still|"
    r"not (?:only|just)|only (?:if|wish)|even if|other than|apart from|on the (?:other hand|\w+side))\b",
    re.IGNORECASE,
)
_LOOKS_BACK = re.compile(  # a first word that refers to an earlier sentence
    r"\W*(?:also|although|and|as|because|but|even|he|his|her|hers|him|however|if|it|its|it's|or|plus|she|since|"
    r"so|still|that|that's|then|their|theirs|them|there(?:fore)|these|they|they're|this|those|though|thus|too|"
    r"what|when|which|while|who|yet|both|either|neither|besides|same|another|otherwise|instead|anyway|nor|not)\b",
    re.IGNORECASE,
)
_ADDS = re.compile(  # words that add to what was said, and so to what is put before
    r"\b(?:also|too|as well|another|either|(?:second|other|next) (?:problem|thing|issue|complaint))\b",
    re.IGNORECASE,
)
_END = re.compile(r"\s*[.!…,;:-]*\s*$")
_CLOSED = re.compile(
    r"[?\"”’')\]}]\s*[.!]*\s*$|&#?\w+;\s*[.!?]*\s*$|[:;]-?[)D]\s*$|\bhttps?:\S+\s*$|[#@]\w+\s*$"
)
_ENTITY_END = re.compile(r"&#?\w+;\s*$")
_LIST = re.compile(r"(?m)^\s*(?:[-*•]|\d+[.)])\s|\b(?:pros?|cons?)\b\s*:|:\s*[-*•]", re.IGNORECASE)
_FINITE = ("VBZ", "VBP", "VBD", "MD")
_LONGEST = 32  # number of tokens of a sentence that can become a part of a longer one
_LONGEST_PHRASE = 6  # number of tokens of a subject or a first adverbial behind which clauses may stand


@dataclass
class SentenceShape:
    """Where clauses can be added to a sentence.

    Args:
        doc: its parse.
        sentence: the sentence with its aspects.
        evaluations: the indices of the tokens that are opinion words on its aspects.
    """

    doc: Doc
    sentence: Sentence
    evaluations: frozenset[int] = frozenset()
    _sites: dict[tuple[Place, Site], int | None] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text of the sentence."""
        return self.sentence.text

    @cached_property
    def has_contrast(self) -> bool:
        """Whether the sentence has a contrast already."""
        return bool(_CONTRAST.search(self.text))

    @cached_property
    def in_capitals(self) -> bool:
        """Whether the sentence is written in capitals."""
        letters = [letter for letter in self.text if letter.isalpha()]
        return len(letters) > 8 and sum(map(str.isupper, letters)) > 0.8 * len(letters)

    @cached_property
    def is_past(self) -> bool:
        """Whether the sentence tells what was, in the past tense alone."""
        tags = {token.tag_ for token in self.doc}
        return "VBD" in tags and not tags & {"VBZ", "VBP"}

    @cached_property
    def ending(self) -> tuple[int, str]:
        """The offset of the marks at the end of the sentence, and the marks; none of an HTML entity."""
        if _ENTITY_END.search(self.text):
            return len(self.text.rstrip()), ""
        match = _END.search(self.text)
        assert match is not None
        return match.start(), match.group().strip()

    @cached_property
    def is_closed(self) -> bool:
        """Whether the sentence ends with a question mark, a quote, a bracket, a link or the like."""
        return bool(_CLOSED.search(self.text))

    @cached_property
    def _is_single(self) -> bool:
        """Whether the text is one short statement that can become a part of a longer sentence."""
        return (
            not self.is_closed
            and "?" not in self.text
            and len(re.findall(r"[.!?…](?:\s|$)", self.text)) < 2
            and len(self.doc) <= _LONGEST
            and not _LIST.search(self.text)
            and not re.search(r"\.\.|--| - |;|:", self.text)
        )

    def site(self, template: AdddiffTemplate) -> int | None:
        """The offset at which the clauses of a template go; None when the sentence has no place for them."""
        key = template.place, template.site
        if key not in self._sites:
            self._sites[key] = self._find_site(template)
        return self._sites[key]

    def _find_site(self, template: AdddiffTemplate) -> int | None:
        """The offset at which the clauses of a template go, searched for."""
        if template.place is Place.LAST:
            fits = template.site is Site.BOUNDARY or self._is_single
            return self.ending[0] if fits else None
        if template.place is Place.FIRST:
            return self._first_site(template)
        finders = {
            Site.SENTENCES: self._between_sentences,
            Site.CLAUSES: self._between_clauses,
            Site.OPENING: self._after_opening,
            Site.SUBJECT: self._after_subject,
            Site.PRONOUN: self._after_pronoun,
        }
        return next(finders[template.site](), None)

    def _first_site(self, template: AdddiffTemplate) -> int | None:
        """The offset of the first character, if clauses can go before it."""
        start = len(self.text) - len(self.text.lstrip())
        looks_back = _LOOKS_BACK.match(self.text) or _ADDS.search(self.text)
        if looks_back or not self.text[start:][:1].isalnum():
            return None
        if template.site is Site.BOUNDARY:
            return start
        begins = self._is_single and self._begins_with_subject and self.lower_first is not None
        return start if begins else None

    @cached_property
    def _begins_with_subject(self) -> bool:
        """Whether the sentence is a statement that begins with its subject."""
        first = next((token for token in self.doc if not token.is_space), None)
        if first is None:
            return False
        roots = [token for token in self.doc if token.dep_ == "ROOT" and token.pos_ in ("VERB", "AUX")]
        return any(
            child.dep_ in ("nsubj", "nsubjpass", "expl") and child.left_edge.i == first.i
            for root in roots[:1]
            for child in root.children
        ) and any(token.tag_ in _FINITE for token in self.doc)

    @cached_property
    def lower_first(self) -> str | None:
        """The first letter as it is inside a sentence; None when it is unknown or that of an aspect."""
        first = next((token for token in self.doc if not token.is_space), None)
        if first is None:
            return None
        if first.text[0].islower() or first.text in ("I", "I'm", "I've") or self.in_capitals:
            return first.text[0]
        begins_aspect = any(aspect.start == first.idx for aspect in self.sentence.aspects)
        if first.pos_ == "PROPN" or first.text[1:] != first.text[1:].lower() or begins_aspect:
            return None
        return first.text[0].lower()

    def _between_sentences(self) -> Iterator[int]:
        """Yield the offsets after sentences of the text that are followed by one that does not look back."""
        for match in re.finditer(r"(?<=[a-z)\d][.!])\s+(?=[A-Z])", self.text):
            before, after = self.text[: match.start()], self.text[match.end() :]
            abbreviated = re.search(r"\b(?:[A-Z]|[A-Za-z]{1,3}|etc|approx)\.$", before)
            in_pair = before.count("(") != before.count(")") or before.count('"') % 2 == 1
            looks_back = _LOOKS_BACK.match(after) or len(after.split()) < 3
            if not (abbreviated or in_pair or looks_back or _LIST.search(self.text)):
                yield match.start()

    def _between_clauses(self) -> Iterator[int]:
        """Yield the offsets after main clauses that evaluate something and are followed by another clause."""
        for token in self.doc:
            head = token.head
            if token.pos_ not in ("VERB", "AUX") or head.i > token.i or head.pos_ not in ("VERB", "AUX"):
                continue
            main = head.dep_ == "ROOT" or (head.dep_ == "conj" and head.head.dep_ == "ROOT")
            has_subject = any(c.dep_ in SUBJECTS and c.i < token.i for c in token.children)
            if not main or not (has_subject or token.dep_ == "conj"):
                continue
            first = self._joiner(token)
            if first is not None and self._evaluates(head.sent.start, first.i):
                yield from self._offset_before(first)

    def _joiner(self, verb: Token) -> Token | None:
        """The "and" or "because" with which the clause of a verb begins; None when it does not begin so."""
        if verb.dep_ == "conj":
            joiners = (c for c in verb.head.children if c.dep_ == "cc" and verb.head.i < c.i < verb.i)
            joiner = next(joiners, None)
            return joiner if joiner is not None and joiner.lower_ == "and" else None
        first = verb.left_edge
        return first if verb.dep_ == "advcl" and first.lower_ in ("because", "since", "if", "when") else None

    def _evaluates(self, start: int, end: int) -> bool:
        """Whether one of the tokens from index `start` up to, but without, `end` is an opinion word."""
        return any(start <= i < end for i in self.evaluations)

    def _offset_before(self, joiner: Token) -> Iterator[int]:
        """Yield the offset after the last word before a conjunction, if there is one."""
        last = joiner.i - 1
        while last >= 0 and self.doc[last].text == ",":
            last -= 1
        if last > 0 and self.doc[last].is_alpha and not self._in_brackets(joiner.idx):
            yield self.doc[last].idx + len(self.doc[last])

    def _in_brackets(self, offset: int) -> bool:
        """Whether an offset of the text is inside brackets or quotes."""
        before = self.text[:offset]
        return before.count("(") > before.count(")") or before.count('"') % 2 == 1 or "&quot;" in before

    def _after_opening(self) -> Iterator[int]:
        """Yield the offset after a short adverbial and its comma, before the subject of the sentence."""
        for root in (token for token in self.doc if token.dep_ == "ROOT" and token.pos_ in ("VERB", "AUX")):
            subject = next(
                (c for c in root.children if c.dep_ in ("nsubj", "nsubjpass") and c.i < root.i), None
            )
            if subject is None or self.is_closed or "?" in self.text:
                return
            start = subject.left_edge.i
            pronoun = subject.lower_ in ("it", "they", "he", "she", "this", "that", "these", "those", "which")
            comma = start > 1 and self.doc[start - 1].text == ","
            opening = self.doc[root.sent.start : start - 1] if comma else ()
            if pronoun or not 0 < len(opening) <= _LONGEST_PHRASE or root.sent.start != 0:
                return
            plain = all(token.head in (root, *opening) and token.is_alpha for token in opening)
            adverbials = ("advmod", "prep", "npadvmod")
            if plain and any(token.head == root and token.dep_ in adverbials for token in opening):
                yield self.doc[start].idx

    def _after_subject(self) -> Iterator[int]:
        """Yield the offset after a short subject, with a noun, of a clause that evaluates it."""
        for subject, verb in self._evaluated_subjects():
            phrase = self.doc[subject.left_edge.i : subject.right_edge.i + 1]
            plain = all(token.is_alpha and token.text not in ("and", "or") for token in phrase)
            if phrase.end == verb.i and len(phrase) <= _LONGEST_PHRASE and plain and subject.pos_ == "NOUN":
                yield self.doc[verb.i - 1].idx + len(self.doc[verb.i - 1])

    def _after_pronoun(self) -> Iterator[int]:
        """Yield the offset after "it is" or "they are" where an evaluation follows."""
        for subject, verb in self._evaluated_subjects():
            spelt = verb.is_alpha and self.doc[verb.i + 1].is_alpha
            if subject.lower_ in ("it", "they", "this") and subject.i == verb.i - 1 and spelt:
                yield verb.idx + len(verb)

    def _evaluated_subjects(self) -> Iterator[tuple[Token, Token]]:
        """Yield the subject and verb of each main clause that says by a copula what its subject is like."""
        for verb in (token for token in self.doc if token.dep_ == "ROOT"):
            subject = next((c for c in verb.children if c.dep_ == "nsubj" and c.i < verb.i), None)
            says = any(c.dep_ in ("acomp", "attr") and c.i > verb.i for c in verb.children)
            if subject is None or not says or verb.lemma_ not in word_list("copulas") or "?" in self.text:
                continue
            if self._evaluates(verb.i, verb.right_edge.i + 1) and not self._in_brackets(verb.idx):
                yield subject, verb


shape_of = lru_cache(maxsize=1)(SentenceShape)  # the same for all aspects of a sentence
