"""Negation: what negates a word, taking a negation out, and putting one where English puts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.data.support.spacy_parser import known_words
from arts.generators.english.inflection import article, cased_like, inflect
from arts.generators.english.word_lists import (
    BARELY,
    CONTRACTED_AUXILIARIES,
    IRREGULAR_CONTRACTIONS,
    MASS_NOUNS,
    NEGATIVE_WORDS,
    NEGATORS,
    NEVER,
    NO,
    NOT,
    NOT_UNDER_NEGATION,
    POSSESSING,
    THINKING,
    UNCONTRACTED,
    WITHOUT,
    words,
)

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_PREDICATE = ("acomp", "attr", "oprd")
_NOT_NEGATING = ("only", "just", "to", "sure", "until")
_FIXED = (
    "doubt",
    "wonder",
    "matter",
    "one",
    "way",
    "idea",
    "longer",
    "means",
    "more",
    "other",
    "need",
    "such",
    "reason",
    "better",
)
_SUBJECTS = ("nsubj", "nsubjpass", "expl", "csubj")
_BEFORE_NOT = ("now", "also", "still", "definitely", "certainly", "currently")  # "is now not"
_PREPOSITIONAL = (
    "according",
    "compared",
    "considering",
    "depending",
    "given",
    "including",
    "regarding",
    "using",
)
_WHEN = words("after as before once until when whenever while")
_REACH = 9  # tokens between a negation and what it negates


@dataclass(frozen=True, slots=True)
class Negation:
    """A negation put in: the edits, and the indices of the tokens that it negates."""

    edits: tuple[Edit, ...]
    scope: frozenset[int]


# What negates a word


def negator_of(token: Token) -> Token | None:
    """The word whose negation `token` lies in, if any.

    Looked for at the token itself, then at what it completes: "is n't *good*", "no good *food*", "did n't
    have a *great* time", "do n't think it is *good*", "without *problems*".
    """
    for step in _upwards(token):
        found = _negating_child(step, token) or _no_subject(step)
        if found is not None:
            return found
        if step.dep_ == "pobj" and step.head.lower_ in WITHOUT:
            return step.head
    return None


def _upwards(token: Token) -> Iterator[Token]:
    """The token, and the heads whose negation reaches it."""
    yield token
    for _ in range(4):
        head = token.head
        if head is token or abs(head.i - token.i) > _REACH:
            return
        if token.dep_ == "conj" and not _shares_negation(token):
            return
        if token.dep_ == "ccomp" and head.lemma_ not in THINKING:
            return
        reaches = (
            token.dep_ in ("amod", "acl", "conj", "pobj", "prep", "pcomp", "compound")
            or (token.dep_ in _PREDICATE)
            or (token.dep_ == "dobj" and head.pos_ in ("VERB", "AUX"))
            or (token.dep_ == "ccomp" and head.i < token.i)
            or (token.dep_ == "xcomp" and head.i < token.i)
            or (token.dep_ in ("advmod", "npadvmod") and head.i < token.i and head.pos_ in ("VERB", "AUX"))
        )
        if not reaches or (
            token.dep_ in ("prep", "pobj") and head.pos_ in ("VERB", "AUX") and head.lemma_ != "be"
        ):
            return
        token = head
        yield token


def _shares_negation(conjunct: Token) -> bool:
    """Whether a conjunct lies in its head's negation: "is n't fast or quiet", not "... and crashes"."""
    if any(child.dep_ in (*_SUBJECTS, "aux", "auxpass", "neg") for child in conjunct.children):
        return False
    return any(child.dep_ == "cc" and child.lower_ in ("or", "nor") for child in conjunct.head.children)


def _negating_child(head: Token, word: Token) -> Token | None:
    for child in head.children:
        if (
            child.lower_ in NEGATORS
            and child.dep_ in ("neg", "det", "advmod", "preconj")
            and child.i < word.i
        ):
            if child.lower_ in NO and (head.lower_ in _FIXED or child.dep_ not in ("det", "neg")):
                continue
            following = child.nbor() if child.i + 1 < len(child.doc) else child
            if child.lower_ in NOT and following.lower_ in _NOT_NEGATING:
                continue
            return child
    return None


def _no_subject(verb: Token) -> Token | None:
    """The "no" of a verb's subject: "no charger is included", but not "no other place is as good"."""
    for child in verb.children:
        if child.dep_ in ("nsubj", "nsubjpass") and child.lower_ not in _FIXED:
            determiners = [c for c in child.children if c.lower_ in NO and c.dep_ == "det"]
            if determiners and not any(c.lower_ == "other" for c in child.children):
                return determiners[0]
    return None


# Taking a negation out


def remove_negation(negator: Token, word: Token, *, sign: int = 0) -> tuple[Edit, ...] | None:
    """The edits that take out the negation of `word`; None where English needs more than that.

    Args:
        negator: as `negator_of` gives it.
        word: the opinion word that it negates.
        sign: the orientation of that word by itself.
    """
    lower = negator.lower_
    if lower in NOT:
        edits = _remove_not(negator, sign)
    elif lower in NEVER:
        edits = _replace_never(negator, word, sign)
    elif lower in NO:
        edits = _remove_no(negator)
    elif lower in BARELY:
        edits = (_deleted(negator),)
    elif lower in WITHOUT:
        following = negator.nbor() if negator.i + 1 < len(negator.doc) else negator
        edits = None if following.tag_ == "VBG" else (token_edit(negator, "with", "negation removed"),)
    else:
        edits = None
    if edits is None:
        return None
    polarity_items = _repair_polarity_items(negator)
    return None if polarity_items is None else (*edits, *polarity_items)


def _remove_not(negator: Token, sign: int) -> tuple[Edit, ...] | None:
    doc, i = negator.doc, negator.i
    before = doc[i - 1] if i else None
    after = doc[i + 1] if i + 1 < len(doc) else None
    if after is not None and after.lower_ == "even":
        return None
    if before is not None and before.lemma_ == "do" and before.dep_ in ("aux", "ROOT"):
        return _remove_do(before, negator)
    if before is not None and before.lower_ in UNCONTRACTED and not before.whitespace_:
        verb = UNCONTRACTED[before.lower_]
        return (span_edit(before, negator, cased_like(verb, before.text), "negation removed"),)
    if before is not None and not before.whitespace_ and before.pos_ in ("AUX", "VERB"):
        return (span_edit(before, negator, before.text, "negation removed"),)
    if (
        before is not None
        and (before.is_punct or before.dep_ == "cc")
        and negator.head.pos_ in ("NOUN", "PROPN")
    ):
        return None  # "the soup, not the noodles"
    if after is not None and after.lower_ == "too" and sign <= 0:
        return (_deleted(negator),)
    if after is not None and after.lower_ in ("so", "too", "all", "that", "really", "even"):
        if after.lower_ in ("even", "all") or after.dep_ != "advmod":
            return None
        return (span_edit(negator, after, cased_like("very", negator.text), "negation removed"),)
    if after is not None and after.lower_ in ("much", "many"):
        return (
            (span_edit(negator, after, cased_like("a lot of", negator.text), "negation removed"),)
            if after.dep_ == "amod"
            else None
        )
    if after is not None and after.lower_ == "any":
        return (span_edit(negator, after, cased_like("some", negator.text), "negation removed"),)
    return (_deleted(negator),)


def _remove_do(auxiliary: Token, negator: Token) -> tuple[Edit, ...] | None:
    """As in "does not really work" → "really works"; not in questions."""
    doc = negator.doc
    verb = auxiliary.head if auxiliary.dep_ == "aux" else None
    if verb is None or verb.i <= negator.i or verb.tag_ not in ("VB", "VBP", "VBD", "VBZ"):
        return None
    between = doc[negator.i + 1 : verb.i]
    if any(token.dep_ in _SUBJECTS for token in between) or len(between) > 2:
        return None
    imperative = auxiliary.tag_ in ("VB",) or not any(c.dep_ in _SUBJECTS for c in verb.children)
    tag = "VBP" if imperative and auxiliary.lower_ == "do" else _finite_tag(auxiliary)
    adverbs = [token.text for token in between if token.lower_ not in ("even", "really", "exactly")]
    form = inflect(verb.lemma_, tag)
    if known_words().isdisjoint((form, verb.lemma_)):
        return None  # a typing error
    text = " ".join([*adverbs, form])
    return (span_edit(auxiliary, verb, cased_like(text, auxiliary.text), "negation removed"),)


def _finite_tag(auxiliary: Token) -> str:
    return {"does": "VBZ", "did": "VBD"}.get(auxiliary.lower_, "VBP")


def _replace_never(negator: Token, word: Token, sign: int) -> tuple[Edit, ...] | None:
    head = negator.head
    following = negator.nbor() if negator.i + 1 < len(negator.doc) else negator
    if following.lower_ in ("again", "mind") or any(t.tag_ in ("JJR", "RBR", "JJS") for t in head.subtree):
        return None
    if word.pos_ == "NOUN":
        return (_deleted(negator),)
    return (token_edit(negator, "often" if sign < 0 else "always", "negation removed"),)


def _remove_no(negator: Token) -> tuple[Edit, ...] | None:
    """As in "no issues" → "issues" or "some issues", "no problem" → "a problem"."""
    noun = negator.head
    if noun.i < negator.i or noun.pos_ not in ("NOUN", "PROPN"):
        return None
    following = negator.nbor()
    if noun.tag_ in ("NNS", "NNPS"):
        return (
            token_edit(negator, "some" if negator.i and noun.dep_ != "ROOT" else "many", "negation removed"),
        )
    if noun.lemma_.lower() in MASS_NOUNS:
        return (
            token_edit(negator, "some" if noun.dep_ not in ("nsubj", "ROOT") else "the", "negation removed"),
        )
    return (token_edit(negator, article(following.text), "negation removed"),)


def _repair_polarity_items(negator: Token) -> tuple[Edit, ...] | None:
    """What only a negation licenses: "any" → "some", "at all" goes; None when it cannot be mended."""
    edits = []
    doc = negator.doc
    for token in doc[negator.i + 1 : negator.i + 9]:
        if token.text in (";", ".", "!", "?") or token.lower_ in ("but", "because"):
            break
        if token.lower_ in ("nor", "anymore", "until", "ever"):
            return None
        if token.lower_ == "any" and token.i > negator.i + 1:
            edits.append(token_edit(token, "some", "polarity item"))
        elif token.lower_ == "thing" and doc[token.i - 1].lower_ == "a":
            return None  # "hardly feeling a thing"
        elif token.lower_ == "anything":
            edits.append(token_edit(token, "something", "polarity item"))
        elif token.lower_ == "all" and doc[token.i - 1].lower_ == "at":
            edits.append(cut(doc[token.i - 1], token, "polarity item"))
        elif token.lower_ == "either" and token.dep_ == "advmod" and _ends_clause(token):
            edits.append(token_edit(token, "too", "polarity item"))
    return tuple(edits)


def _ends_clause(token: Token) -> bool:
    return token.i + 1 == len(token.doc) or token.nbor().is_punct


# Putting a negation in


def insert_negation(word: Token, *, contract: bool) -> Negation | None:
    """Negate `word` where English negates it; None when there is no natural place.

    Args:
        word: an opinion word that nothing negates yet.
        contract: write "isn't" rather than "is not".
    """
    if any(child.lower_ == "how" for child in word.children):
        return None
    if _stands_as_object(word):
        edits = _with_no(word)
        if edits:
            return Negation(edits, frozenset({word.i}))
    verb = _negatable_verb(word)
    if verb is not None and not _sets_the_time(verb):
        edits = _negate_verb(verb, contract)
        if edits is not None:
            return Negation((*edits, *_trimmed_degree(word, verb)), _reach(verb))
    edits = _negate_alone(word)
    return Negation(edits, frozenset({word.i})) if edits else None


def _sets_the_time(verb: Token) -> bool:
    """Whether its clause says when: "all is forgiven when the food arrives"."""
    return verb.dep_ == "advcl" and any(child.lower_ in _WHEN for child in verb.children)


def _stands_as_object(word: Token) -> bool:
    """Whether the word is what there is, or what somebody has: "had issues", "there is a problem"."""
    if word.pos_ != "NOUN":
        return False
    there = any(child.dep_ == "expl" for child in word.head.children)
    return (word.dep_ == "dobj" and word.head.lemma_ in POSSESSING) or (word.dep_ == "attr" and there)


def _reach(verb: Token) -> frozenset[int]:
    """The tokens that a negation of the verb negates: what depends on it, not what stands by itself."""
    reached = {verb.i}
    frontier = [verb]
    while frontier:
        for child in frontier.pop().children:
            apart = child.dep_ in ("advcl", "parataxis", "ccomp") or (
                child.dep_ == "conj" and (child.pos_ in ("VERB", "AUX") or _has_subject(child))
            )
            if child.i > verb.i and not apart:
                reached.add(child.i)
                frontier.append(child)
    return frozenset(reached)


def _has_subject(token: Token) -> bool:
    return any(child.dep_ in _SUBJECTS for child in token.children)


def _negate_alone(word: Token) -> tuple[Edit, ...] | None:
    """Negate a word that no verb negates: an object, a fragment's adjective, a participle."""
    if word.dep_ in ("ROOT", "advcl", "dep") and word.tag_ in ("JJ", "VBN", "VBG") and _starts(word):
        return (_not_before(word),)
    participle = word.tag_ in ("VBG", "VBN") and word.dep_ in ("acl", "advcl", "conj", "ROOT", "xcomp")
    finite = any(child.dep_ in ("aux", "auxpass", *_SUBJECTS) for child in word.children)
    if participle and not finite and word.lower_ not in _PREPOSITIONAL:
        return (token_edit(word, f"not {word.text}", "negation"),)
    return None


def _negatable_verb(word: Token) -> Token | None:
    """The verb whose negation negates the opinion word, climbing from complements to it."""
    token = word
    for _ in range(4):
        if token.pos_ in ("VERB", "AUX") and token.dep_ not in ("amod", "aux", "auxpass"):
            return token
        head = token.head
        if head == token:
            return None
        if token.dep_ in _PREDICATE and head.pos_ in ("VERB", "AUX"):
            return head
        if token.dep_ == "advmod" and head.pos_ in ("VERB", "AUX") and token.i > head.i:
            return head
        if token.dep_ == "dobj" and head.lemma_ in POSSESSING:
            return head
        if token.dep_ == "amod" and head.dep_ in ("attr", "dobj"):
            token = head
            continue
        if token.dep_ == "conj" and token.pos_ == head.pos_ == "ADJ":
            token = head
            continue
        return None
    return None


def _negate_verb(verb: Token, contract: bool) -> tuple[Edit, ...] | None:
    if any(child.lower_ in NEGATIVE_WORDS for child in verb.children) or _is_glued(verb):
        return None
    objects = (t for child in verb.children if child.i > verb.i for t in child.children)
    if any(t.lower_ in NEGATIVE_WORDS and t.dep_ == "det" for t in objects):
        return None  # "found no issues"
    if any(child.dep_ == "conj" and child.lemma_ == verb.lemma_ for child in verb.children):
        return None  # "you wait and wait"
    auxiliaries = [c for c in verb.children if c.dep_ in ("aux", "auxpass") and c.i < verb.i]
    subject = next((c for c in verb.children if c.dep_ in _SUBJECTS), None)
    if auxiliaries:
        first = auxiliaries[0]
        if first.tag_ == "TO" or (subject is not None and first.i < subject.i < verb.i):
            return None
        return _negate_auxiliary(first, contract)
    if verb.lemma_ == "be" and verb.tag_ in ("VBZ", "VBP", "VBD"):
        if subject is not None and subject.i > verb.i and subject.dep_ != "expl":
            return None
        after = verb.nbor() if verb.i + 1 < len(verb.doc) else verb
        if after.lower_ in _BEFORE_NOT:
            return (token_edit(after, f"{after.lower_} not", "negation"),)
        return _negate_auxiliary(verb, contract)
    past = verb.tag_ == "VBN" and subject is not None  # a finite verb that was taken for a participle
    if (verb.tag_ in ("VBZ", "VBP", "VBD") or past) and verb.dep_ != "aux":
        return _do_support(verb, subject, contract)
    return None


def _is_glued(verb: Token) -> bool:
    """Whether the verb is run together with the word before it, as in "thats"."""
    before = verb.nbor(-1) if verb.i else verb
    return before.is_alpha and verb.is_alpha and before != verb and not before.whitespace_


def _negate_auxiliary(auxiliary: Token, contract: bool) -> tuple[Edit, ...] | None:
    lower = auxiliary.lower_
    if lower in CONTRACTED_AUXILIARIES:
        return (
            Edit(
                auxiliary.idx,
                auxiliary.idx + len(auxiliary),
                auxiliary.text,
                f" {CONTRACTED_AUXILIARIES[lower]}",
                "negation",
            ),
        )
    if lower in ("'d", "’d"):
        following = [t for t in auxiliary.doc[auxiliary.i + 1 : auxiliary.i + 3] if t.tag_.startswith("VB")]
        full = " wouldn't" if following and following[0].tag_ == "VB" else " hadn't"
        return (Edit(auxiliary.idx, auxiliary.idx + len(auxiliary), auxiliary.text, full, "negation"),)
    contracted_already = lower[:1] in "'’" or lower in ("s", "m", "re")
    if lower == "can":
        after = "can't" if contract else "cannot"
    elif contract and not contracted_already:
        after = IRREGULAR_CONTRACTIONS.get(lower, f"{lower}n't")
    else:
        after = f"{lower} not"
    return (token_edit(auxiliary, after, "negation"),)


def _do_support(verb: Token, subject: Token | None, contract: bool) -> tuple[Edit, ...] | None:
    base = verb.lemma_.lower()
    still = verb.nbor(-1) if verb.i else verb
    if still.lower_ == "still":
        return (token_edit(still, "no longer", "negation"),)
    auxiliary = {"VBZ": "does", "VBD": "did", "VBN": "did"}.get(verb.tag_, "do")
    negated = f"{auxiliary}n't" if contract else f"{auxiliary} not"
    first = verb
    for child in sorted(verb.children, key=lambda c: -c.i):  # "really like" → "do not really like"
        if (
            child.i == first.i - 1
            and child.dep_ == "advmod"
            and child.lower_ not in ("so", "also", "now", "then")
        ):
            first = child
    if subject is not None and subject.i > verb.i:
        return None
    between = [
        t
        for t in verb.doc[first.i : verb.i]
        if t.lower_ not in NOT_UNDER_NEGATION and t.lower_ not in ("always", "just")
    ]
    text = " ".join([negated, *(t.text.lower() for t in between), base])
    return (
        span_edit(
            first,
            verb,
            cased_like(text, first.text if not first.text.isupper() else first.text[:1]),
            "negation",
        ),
    )


def _trimmed_degree(word: Token, verb: Token) -> tuple[Edit, ...]:
    """The degree words that a negation does not go with are cut: "is extremely happy" → "is not happy"."""
    return tuple(
        cut(token, token, "degree")
        for token in verb.doc[verb.i + 1 : word.i]
        if token.lower_ in NOT_UNDER_NEGATION and token.dep_ == "advmod" and token.head.pos_ in ("ADJ", "ADV")
    )


def _with_no(noun: Token) -> tuple[Edit, ...] | None:
    """As in "had issues" → "had no issues", "is a problem" is left to its verb."""
    if noun.dep_ not in ("dobj", "attr", "nsubj", "ROOT") or noun.pos_ != "NOUN":
        return None
    determiner = next(
        (c for c in noun.children if c.dep_ in ("det", "nummod") or c.lower_ in ("many", "some", "few")), None
    )
    if determiner is not None:
        if determiner.lower_ not in ("a", "an", "some", "any", "many", "few"):
            return None
        return (token_edit(determiner, "no", "negation"),)
    if any(child.dep_ == "poss" for child in noun.children):
        return None
    first = min(
        [noun, *(c for c in noun.children if c.dep_ in ("amod", "compound") and c.i < noun.i)],
        key=lambda t: t.i,
    )
    return (token_edit(first, _led_by("no", first), "negation"),)


def _not_before(word: Token) -> Edit:
    first = min([word, *(c for c in word.children if c.dep_ == "advmod" and c.i < word.i)], key=lambda t: t.i)
    if first != word and first.lower_ in NOT_UNDER_NEGATION:
        return span_edit(first, word, cased_like(f"not {word.text}", first.text), "negation")
    return token_edit(first, _led_by("not", first), "negation")


def _led_by(leader: str, token: Token) -> str:
    """A word put before a token, taking over the capital of the sentence's beginning."""
    if (
        token.is_sent_start
        and token.text[:1].isupper()
        and not token.text.isupper()
        and token.pos_ != "PROPN"
    ):
        return f"{leader.capitalize()} {token.text[:1].lower()}{token.text[1:]}"
    return f"{leader} {token.text}"


def _starts(word: Token) -> bool:
    return bool(word.left_edge.i == word.sent.start)


# Edits of tokens


def token_edit(token: Token, after: str, rule: str) -> Edit:
    """A token replaced, its capitals kept."""
    return Edit(token.idx, token.idx + len(token), token.text, cased_like(after, token.text), rule)


def span_edit(first: Token, last: Token, after: str, rule: str) -> Edit:
    """The tokens from first to last, and the white space between them, replaced."""
    return Edit(first.idx, last.idx + len(last), first.doc[first.i : last.i + 1].text, after, rule)


def cut(first: Token, last: Token, rule: str) -> Edit:
    """The tokens and the space before them taken out; at the beginning, the next word gets the capital."""
    doc: Doc = first.doc
    if first.i and not first.is_sent_start:
        before = doc[first.i - 1]
        space = before.whitespace_
        text = space + doc[first.i : last.i + 1].text
        return Edit(first.idx - len(space), last.idx + len(last), text, "", rule)
    if last.i + 1 == len(doc):
        return span_edit(first, last, "", rule)
    following = doc[last.i + 1]
    return span_edit(first, following, cased_like(following.text, first.text[:1]), rule)


def _deleted(negator: Token) -> Edit:
    return cut(negator, negator, "negation removed")
