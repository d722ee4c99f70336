"""Reversing an aspect by what is said of it: "the charger stopped working" → "the charger is excellent".

This serves where no single word could be reversed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arts.data.schema import Aspect, Edit, Instance, Strategy
from arts.generators.english import conjunctions
from arts.generators.english.clauses import finite_verb, is_correlated
from arts.generators.english.token_edits import span_edit
from arts.generators.english.word_lists import word_list
from arts.generators.opinions.analysis import Analysis, OpinionWord
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import OpinionAssignment, span_of
from arts.generators.strategies.aspect_reversal import AspectReversal
from arts.generators.strategies.joint_reversal import covers, sign_remains
from arts.generators.strategies.rest import fit_rest
from arts.generators.strategies.reversal import reversals
from arts.generators.strategies.variants import Reason, build_variant

if TYPE_CHECKING:
    from spacy.tokens import Token

RULE = "predicate"


@dataclass(frozen=True)
class Predicate:
    """What a clause says of its subject.

    Args:
        verb: its verb.
        start: index of its first token.
        end: index after its last token.
        be: the form of "to be" that takes its place.
    """

    verb: Token
    start: int
    end: int
    be: str

    @property
    def word(self) -> OpinionWord:
        """The predicate as one opinion word, which the lexicon does not have."""
        return OpinionWord(self.start, self.end, self.verb.i, None)


def replace_predicate(reversal: AspectReversal) -> Iterator[Instance | Reason]:
    """Make variants in which all that an aspect's clause says of it is replaced by its opposite.

    Yields:
        Variants, and reasons where a way to make one failed.
    """
    opinions, aspect = reversal.opinions, reversal.aspect
    predicate = _predicate_of(aspect, opinions.analysis)
    if predicate is None:
        return
    changed = frozenset(range(predicate.start, predicate.end))
    sign = SIGN_OF[aspect.polarity]
    inside = [word for head, word in opinions.analysis.opinion_words.items() if head in changed]
    if any(opinions.analysis.sign(word) == -sign for word in inside):
        yield Reason.CONTRADICTED
        return
    if any(opinions.heads(a) & changed for a in opinions.sentence.aspects if span_of(a) != span_of(aspect)):
        yield Reason.MIXED
        return
    edits = _edits_around(reversal, predicate)
    if isinstance(edits, Reason):
        yield edits
        return
    doc = opinions.analysis.doc
    first, last = doc[predicate.start], doc[predicate.end - 1]
    for word in reversal.claims():
        edit = span_edit(first, last, after=f"{predicate.be} {word}", rule=RULE)
        yield build_variant(
            reversal.source,
            opinions.sentence,
            strategy=reversal.strategy,
            edits=[edit, *edits],
            polarities={span_of(aspect): aspect.polarity.opposite},
        )


def _predicate_of(aspect: Aspect, analysis: Analysis) -> Predicate | None:
    """What the clause of which an aspect is the subject says of it; None where that cannot be replaced."""
    span = analysis.tokens_of(aspect.start, aspect.end)
    if span is None or span.root.dep_ not in ("nsubj", "nsubjpass"):
        return None
    subject, verb = span.root, span.root.head
    if verb.pos_ not in ("VERB", "AUX") or verb.i < subject.i or not _is_claim(verb):
        return None
    start = max(t.i for t in subject.subtree if t.i < verb.i) + 1
    between = list(analysis.doc[start : verb.i])
    if any(t.head != verb or t.dep_ not in ("aux", "auxpass", "neg", "advmod") for t in between):
        return None
    if any(t.tag_ == "MD" or t.lower_ == "to" for t in between) or _is_framed(verb):
        return None
    if any(i in analysis.opinion_words for i in range(subject.left_edge.i, start)):
        return None  # "the good cook left"
    end = _end(verb)
    if analysis.doc[end - 1].dep_ in ("cc", "prep", "mark", "det"):
        return None  # "was gr8 and #yum"
    changed, own = range(start, end), range(span.start, span.end)
    if any(i in analysis.aspect_tokens for i in changed) or analysis.doc[verb.sent.end - 1].text == "?":
        return None
    if any(t.i in analysis.aspect_tokens and t.i not in own for t in subject.subtree):
        return None
    if any(
        t.head.i in changed and t.head != verb and not t.is_punct for t in analysis.doc[end : verb.sent.end]
    ):
        return None
    be = _form_of_be(subject, verb)
    return Predicate(verb, start, end, be) if be else None


def _is_claim(verb: Token) -> bool:
    """Whether a verb's clause is what its sentence claims, or what somebody thinks."""
    if verb.dep_ == "ccomp":
        thinks = verb.head.lemma_ in ("think", "feel", "find", "say", "believe", "add", "note")
        return thinks and verb.head.dep_ == "ROOT" and not any(c.dep_ == "neg" for c in verb.head.children)
    if verb.dep_ == "conj":
        return verb.head.pos_ in ("VERB", "AUX") and _is_claim(verb.head)
    return verb.dep_ in ("ROOT", "parataxis")


def _is_framed(verb: Token) -> bool:
    """Whether words before a clause expect what it says: "somehow", "already", "not only"."""
    adverbs = (child.lower_ for child in verb.children if child.dep_ == "advmod" and child.i < verb.i)
    if any(adverb in word_list("expecting adverbs") for adverb in adverbs):
        return True
    return is_correlated(verb)


def _end(verb: Token) -> int:
    """The index after the last token of a verb's predicate."""
    doc = verb.doc
    for token in doc[verb.i + 1 : verb.sent.end]:
        joins = token.dep_ in ("cc", "mark") and not _joins_within(token, verb)
        joins = joins and token.lower_ not in ("like", "as", "than")
        hyphen = token.text == "-" and not token.whitespace_
        stops = (token.is_punct and not hyphen) or token.is_space
        if stops or joins or token.lower_ in word_list("contrasts") or _opens_clause(token):
            return int(token.i)
    return int(verb.sent.end)


def _opens_clause(token: Token) -> bool:
    """Whether a word such as "because" or "which" opens a clause."""
    if token.lower_ == "so":
        return token.head.pos_ in ("VERB", "AUX") and token.head.i > token.i
    return token.lower_ in ("because", "which", "who", "when", "until")


def _joins_within(link: Token, verb: Token) -> bool:
    """Whether a conjunction joins words within a predicate: "is fast and quiet"."""
    return link.dep_ == "cc" and link.head.i > verb.i and link.head.pos_ in ("ADJ", "NOUN", "ADV")


def _form_of_be(subject: Token, verb: Token) -> str:
    """The form of "to be" with a subject's number and a verb's tense; empty when the tense is not known."""
    plural = subject.tag_ in ("NNS", "NNPS") or any(c.dep_ == "conj" for c in subject.children)
    finite = finite_verb(verb)
    if finite.lemma_ == "have" and finite != verb:
        if finite.tag_ == "VBD":
            return "had been"
        return "have been" if plural else "has been"
    if finite.tag_ == "VBD":
        return "were" if plural else "was"
    if finite.tag_ in ("VBZ", "VBP"):
        return "are" if plural else "is"
    return ""


def _edits_around(reversal: AspectReversal, predicate: Predicate) -> tuple[Edit, ...] | Reason:
    """The edits that make the rest of the sentence fit, or the reason why it cannot be made to fit."""
    opinions, aspect = reversal.opinions, reversal.aspect
    changed = {span_of(aspect): aspect.polarity.opposite}
    is_target = reversal.strategy is Strategy.REVTGT
    alone = is_target and not sign_remains(opinions, aspect.polarity, changed)
    sign = SIGN_OF[aspect.polarity]
    rest = fit_rest(opinions, [predicate.word], old_sign=sign, alone=alone)
    if rest is None:
        return Reason.REST
    edits = list(rest.cuts)
    for word in rest.words:
        way = next(reversals(opinions.analysis, word, rng=reversal.rng), None)
        if way is None:
            return Reason.NOT_REVERSIBLE
        edits += [edit for edit in way.edits if not any(covers(cut, edit) for cut in rest.cuts)]
    repairs = _repairs(opinions, predicate, rest.tokens, sign, [word.head for word in rest.words])
    if repairs is None:
        return Reason.CONJUNCTION
    return (*edits, *(edit for edit in repairs if not any(covers(cut, edit) for cut in rest.cuts)))


def _repairs(
    opinions: OpinionAssignment, predicate: Predicate, cut: frozenset[int], sign: int, further: Sequence[int]
) -> tuple[Edit, ...] | None:
    """The edits that make the conjunctions around a predicate fit; None when one cannot be made to fit."""
    inside = range(predicate.start, predicate.end)
    before = {h: s for h, s in opinions.signs.items() if h not in cut and h not in inside}
    before[predicate.verb.i] = sign
    reversed_heads = {predicate.verb.i, *further}
    after = {h: -s if h in reversed_heads else s for h, s in before.items()}
    links = [link for link in opinions.links if link.i not in cut and link.i not in inside]
    return conjunctions.repair(
        opinions.analysis.doc, links, before=dict(sorted(before.items())), after=dict(sorted(after.items()))
    )
