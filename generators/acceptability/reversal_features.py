"""Features of a variant by REVTGT or REVNON: what its edits change, and what stands around them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from typing import TYPE_CHECKING

from arts.data.schema import Aspect, Edit, Instance
from arts.generators.acceptability.sentence_features import SentenceFeatures
from arts.generators.opinions.analysis import Analysis
from arts.generators.opinions.extraction import SIGN_OF
from arts.generators.opinions.opinion_assignment import OpinionAssignment, span_of

if TYPE_CHECKING:
    from spacy.tokens import Span

_WORDS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_FAR = 6  # tokens after an edit in which a conjunction is looked for
_CONTENT = ("ADJ", "ADV", "VERB", "NOUN")
_REPAIRS = ("article", "conjunction", "cut")  # rules that reverse nothing by themselves


def reversal_features(
    sentence: SentenceFeatures, source: Instance, variant: Instance
) -> Iterator[tuple[str, float]]:
    """Stream the features of the edits.

    Args:
        sentence: the features of the original's sentence.
        source: the original.
        variant: the variant.
    """
    opinions = sentence.opinions
    rules = sorted({edit.rule for edit in variant.edits})
    kind = _kind(rules)
    yield f"kind {kind}", 1.0
    yield f"kind {kind} {variant.strategy}", 1.0
    yield f"kind {kind} {source.polarity}", 1.0
    yield f"edits {min(len(variant.edits), 4)}", 1.0
    changed = _changed(opinions, source, variant)
    yield f"changed {min(len(changed), 3)}", 1.0
    for aspect in changed:
        if span_of(aspect) != span_of(source.aspect):
            yield from sentence.place_of(aspect, "changed")
        yield f"changed {kind} {aspect.polarity}", 1.0
    for edit in variant.edits:
        yield from _edit_features(opinions, source, edit)
    spans = [opinions.analysis.tokens_of(edit.start, edit.end) for edit in variant.edits]
    edited = frozenset(i for span in spans if span is not None for i in range(span.start, span.end))
    yield from _unchanged_opinions(opinions, source, edited)
    yield from _left_beside(opinions.analysis, edited)
    yield from _contrast_features(opinions.analysis, variant.edits)
    reversing = [edit for edit in variant.edits if edit.rule not in _REPAIRS]
    if reversing:
        yield from _around(opinions.analysis, reversing, kind)


def _kind(rules: Sequence[str]) -> str:
    """The kind of a reversal by the rules of its edits."""
    for name in ("exception", "predicate"):
        if name in rules:
            return name
    return "+".join(rule for rule in rules if rule not in _REPAIRS) or "repair"


def _changed(opinions: OpinionAssignment, source: Instance, variant: Instance) -> list[Aspect]:
    """The aspects of the original whose polarity is another one in the variant."""
    terms = {(a.term.lower(), a.polarity) for a in variant.aspects}
    return [a for a in opinions.sentence.aspects if (a.term.lower(), a.polarity) not in terms]


def _edit_features(opinions: OpinionAssignment, source: Instance, edit: Edit) -> Iterator[tuple[str, float]]:
    """Stream the features of one edit: its rule, its words, and the tokens that it changes."""
    before, after = edit.before.strip().lower(), edit.after.strip().lower()
    rule = "added" if edit.rule.startswith("added") else edit.rule
    yield f"rule {edit.rule}", 1.0
    words = _WORDS.findall(after)
    analysis = opinions.analysis
    if rule in ("added", "predicate"):
        yield f"{rule} says {words[-1] if words[-1] != 'though' else words[-2]}", 1.0
    else:
        yield f"before {before}", 1.0
        yield f"after {after}", 1.0
        yield f"change {before} > {after}", 1.0
    unused = [word for word in words if word not in analysis.vocabulary]
    yield f"{rule} words that the domain does not use", float(len(unused))
    span = _tokens(analysis, edit)
    if span is None or rule == "added":
        return
    token = span.root
    yield f"{rule} tag {token.tag_}", 1.0
    yield f"{rule} dep {token.dep_}", 1.0
    yield f"{rule} under {token.dep_} {token.head.lemma_.lower()}", 1.0
    yield f"{rule} length", math.log1p(len(span))
    if words:
        yield f"pair {words[-1]} {token.head.lemma_.lower()}", 1.0
    for name, place in (("previous", span.start - 1), ("next", span.end)):
        if 0 <= place < len(analysis.doc):
            neighbour = analysis.doc[place]
            yield f"{name} {neighbour.lower_}", 1.0
            yield f"{rule} {name} {neighbour.pos_}", 1.0
    target = analysis.tokens_of(source.aspect.start, source.aspect.end)
    if target is not None:
        gap = min(abs(span.start - target.end), abs(target.start - span.end))
        yield f"{rule} distance", math.log1p(gap)


def _around(analysis: Analysis, edits: Sequence[Edit], kind: str) -> Iterator[tuple[str, float]]:
    """Stream what stands before the first reversing edit and after the last one."""
    first, last = _tokens(analysis, edits[0]), _tokens(analysis, edits[-1])
    if first is None or last is None:
        return
    doc = analysis.doc
    yield "words before", math.log1p(first.start)
    yield "words after", math.log1p(len(doc) - last.end)
    yield f"{kind} words after", math.log1p(len(doc) - last.end)
    yield "sentences after", float(sum(1 for s in doc.sents if s.start >= last.end))
    for token in doc[last.end : last.end + _FAR]:
        if token.dep_ in ("cc", "mark"):
            yield f"then {token.lower_}", 1.0
    if any(t.lower_ in ("after", "when", "later", "until", "ago", "once") for t in doc[: first.start]):
        yield f"{kind} after a time", 1.0


def _unchanged_opinions(
    opinions: OpinionAssignment, source: Instance, edited: Set[int]
) -> Iterator[tuple[str, float]]:
    """Stream how many opinion words on the target stay, and how many of each sign stand around the edits."""
    sign = SIGN_OF[source.polarity]
    own = [word for word in opinions.words.get(span_of(source.aspect), ()) if edited.isdisjoint(word.tokens)]
    yield "unchanged opinions on the target", float(len(own))
    end = max(edited, default=0)
    kept = [(head > end, value * sign) for head, value in opinions.signs.items() if head not in edited]
    counts = Counter(kept)
    for is_later, name in ((True, "later"), (False, "earlier")):
        yield f"{name} opinions of the old sign", math.log1p(counts[is_later, 1])
        yield f"{name} opinions of the new sign", math.log1p(counts[is_later, -1])


def _left_beside(analysis: Analysis, edited: Set[int]) -> Iterator[tuple[str, float]]:
    """Stream how many words beside the reversed ones say something of the same thing and stay as they are.

    Args:
        analysis: the original.
        edited: the indices of the tokens that edits replace.
    """
    words = [token for token in map(analysis.doc.__getitem__, sorted(edited)) if token.pos_ in _CONTENT]
    beside = {
        t.i: t.pos_ for word in words for t in word.conjuncts if t.i not in edited and t.pos_ == word.pos_
    }
    yield "unchanged conjuncts", math.log1p(len(beside))
    for pos in beside.values():
        yield f"unchanged conjunct {pos}", 1.0
    attributes = 0
    for noun in {word.head for word in words if word.dep_ == "amod"}:
        for child in noun.children:
            label = child.dep_
            if child.i in edited:
                continue
            attributes += label in ("amod", "compound")
            if label in ("relcl", "acl", "prep"):
                yield f"noun with {label}", 1.0
                yield f"noun with {label} {child.lower_}", 1.0
    yield "unchanged attributes", math.log1p(attributes)
    for word in words:
        for child in word.rights:
            if child.i not in edited and not child.is_punct:
                yield f"followed by {child.dep_}", 1.0
                yield f"followed by {child.dep_} {child.lower_}", 1.0


def _contrast_features(analysis: Analysis, edits: Sequence[Edit]) -> Iterator[tuple[str, float]]:
    """Stream where a repaired conjunction stands: in how long a list, and between which words."""
    for edit in edits:
        if edit.rule != "conjunction":
            continue
        span = _tokens(analysis, edit)
        if span is None:
            continue
        sent, doc = span.root.sent, analysis.doc
        name = f"{edit.before.strip().lower()} > {edit.after.strip().lower()}"
        for where, part in (("before", doc[sent.start : span.start]), ("after", doc[span.end : sent.end])):
            joins = sum(t.text == "," or t.dep_ == "cc" for t in part)
            yield f"{name}: joins {where}", math.log1p(joins)
        if span.start > 0 and span.end < len(doc):
            yield f"{name}: {doc[span.start - 1].pos_} {doc[span.end].pos_}", 1.0
            yield f"{name}: then {doc[span.end].dep_}", 1.0
            yield f"{name}: then {doc[span.end].lower_}", 1.0
            verbs = any(t.pos_ in ("VERB", "AUX") for t in doc[span.end : sent.end])
            yield f"{name}: {'verb' if verbs else 'no verb'} after", 1.0


def _tokens(analysis: Analysis, edit: Edit) -> Span | None:
    """The tokens that an edit replaces, or the one at which it puts something in; None at the end."""
    return analysis.tokens_of(edit.start, max(edit.end, edit.start + 1))
