"""Inserting negation where English puts it: "is not", "does not work", "no problems"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english.clauses import (
    PREDICATES,
    SUBJECTS,
    has_dependent,
    next_token,
    prepend_word,
    previous_token,
)
from arts.generators.english.inflection import match_case
from arts.generators.english.negation.detect import NEGATORS
from arts.generators.english.token_edits import deletion, span_edit, token_edit
from arts.generators.english.word_lists import word_list, word_pairs

if TYPE_CHECKING:
    from spacy.tokens import Token

RULE = "negation"
_NEGATIVE = NEGATORS | word_list("other negative words")
_VERBS_OF_HAVING = word_list("verbs of having")
_DROPPED = word_list("degree words dropped under not")
_MOST_STEPS = 4  # heads to climb from an opinion word to its verb


@dataclass(frozen=True, slots=True)
class Negation:
    """A negation that can be inserted.

    Args:
        edits: the edits that insert it.
        scope: the indices of all tokens that it would negate, of which the word to be negated is only one.
    """

    edits: tuple[Edit, ...]
    scope: frozenset[int]


def insert_negation(word: Token, *, contract: bool) -> Negation | None:
    """Negate a word where English puts a negation: "it works well" → "it does not work well".

    Args:
        word: an opinion word that nothing negates yet.
        contract: whether to write "isn't" instead of "is not".

    Returns:
        The negation with its scope, or None when there is no natural place.
    """
    if any(child.lower_ == "how" for child in word.children):
        return None
    if _is_possession(word):
        edits = _insert_no(word)
        if edits:
            return Negation(edits, frozenset({word.i}))
    verb = _negatable_verb(word)
    if verb is not None and not _opens_clause_of_time(verb):
        edits = _negate_verb(verb, contract)
        if edits is not None:
            return Negation((*edits, *_degree_deletions(word, verb)), _scope_of(verb))
    edits = _negate_alone(word)
    return Negation(edits, frozenset({word.i})) if edits else None


def _opens_clause_of_time(verb: Token) -> bool:
    """Whether the clause of a verb says when: "arrives" in "all is forgiven when the food arrives"."""
    return verb.dep_ == "advcl" and any(
        child.lower_ in word_list("conjunctions of time") for child in verb.children
    )


def _is_possession(word: Token) -> bool:
    """Whether a noun is what there is, or what somebody has: "had issues", "there is a problem"."""
    if word.pos_ != "NOUN":
        return False
    return (word.dep_ == "dobj" and word.head.lemma_ in _VERBS_OF_HAVING) or (
        word.dep_ == "attr" and has_dependent(word.head, ("expl",))
    )


def _scope_of(verb: Token) -> frozenset[int]:
    """The indices of the tokens that a negation of a verb negates.

    They are the verb and the words after it that depend on it directly or indirectly. Another clause, such as
    "when it rains" in "leaks when it rains", is left out.
    """
    scope = {verb.i}
    frontier = [verb]
    while frontier:
        for child in frontier.pop().children:
            if child.i > verb.i and not _is_clause_of_its_own(child):
                scope.add(child.i)
                frontier.append(child)
    return frozenset(scope)


def _is_clause_of_its_own(token: Token) -> bool:
    """Whether a dependent of a verb heads a clause of its own, as "rains" does in "leaks when it rains"."""
    if token.dep_ == "conj":
        return token.pos_ in ("VERB", "AUX") or has_dependent(token, SUBJECTS)
    return token.dep_ in ("advcl", "parataxis", "ccomp")


def _negate_alone(word: Token) -> tuple[Edit, ...] | None:
    """Put "not" before a word itself, where no verb can be negated: "Easy to use" → "Not easy to use".

    Returns:
        One edit, or None when the word is neither an adjective whose phrase begins the sentence nor a
        participle without subject and auxiliary.
    """
    starts = word.left_edge.i == word.sent.start
    if word.dep_ in ("ROOT", "advcl", "dep") and word.tag_ in ("JJ", "VBN", "VBG") and starts:
        return (_insert_not_before(word),)
    participle = word.tag_ in ("VBG", "VBN") and word.dep_ in ("acl", "advcl", "conj", "ROOT", "xcomp")
    finite = has_dependent(word, ("aux", "auxpass", *SUBJECTS))
    if participle and not finite and word.lower_ not in word_list("prepositional participles"):
        return (token_edit(word, f"not {word.text}", rule=RULE),)
    return None


def _negatable_verb(word: Token) -> Token | None:
    """The verb to negate so that an opinion word is negated; None when there is none.

    For "happy" in "we are happy" it is "are": the search climbs from a complement to its verb.
    """
    token = word
    for _ in range(_MOST_STEPS):
        if token.pos_ in ("VERB", "AUX") and token.dep_ not in ("amod", "aux", "auxpass"):
            return token
        head = token.head
        if head == token:
            return None
        if _is_complement(token):
            return head
        describes_complement = token.dep_ == "amod" and head.dep_ in ("attr", "dobj")
        joins_adjective = token.dep_ == "conj" and token.pos_ == head.pos_ == "ADJ"
        if not describes_complement and not joins_adjective:
            return None
        token = head
    return None


def _is_complement(token: Token) -> bool:
    """Whether a token is negated with the verb that it depends on, as "happy" is in "we are not happy"."""
    head = token.head
    if token.dep_ == "dobj":
        return head.lemma_ in _VERBS_OF_HAVING
    after_verb = token.dep_ in PREDICATES or (token.dep_ == "advmod" and token.i > head.i)
    return after_verb and head.pos_ in ("VERB", "AUX")


def _negate_verb(verb: Token, contract: bool) -> tuple[Edit, ...] | None:
    """The edits that negate a verb with "not", with or without "do"; None when that is not natural."""
    if _is_negative(verb) or _adjoins_word(verb):
        return None
    if any(child.dep_ == "conj" and child.lemma_ == verb.lemma_ for child in verb.children):
        return None  # "you wait and wait"
    auxiliary = next((c for c in verb.children if c.dep_ in ("aux", "auxpass") and c.i < verb.i), None)
    subject = next((c for c in verb.children if c.dep_ in SUBJECTS), None)
    if auxiliary is not None:
        if auxiliary.tag_ == "TO" or (subject is not None and auxiliary.i < subject.i < verb.i):
            return None
        return (_negate_auxiliary(auxiliary, contract),)
    if verb.lemma_ == "be" and verb.tag_ in ("VBZ", "VBP", "VBD"):
        if subject is not None and subject.i > verb.i and subject.dep_ != "expl":
            return None
        following = next_token(verb)
        if following.lower_ in word_list("adverbs before not"):
            return (token_edit(following, f"{following.lower_} not", rule=RULE),)
        return (_negate_auxiliary(verb, contract),)
    past = verb.tag_ == "VBN" and subject is not None  # a finite verb that was taken for a participle
    if (verb.tag_ in ("VBZ", "VBP", "VBD") or past) and verb.dep_ != "aux":
        return _support_with_do(verb, subject, contract)
    return None


def _is_negative(verb: Token) -> bool:
    """Whether a verb or its object has a negative word already: "found no issues"."""
    if any(child.lower_ in _NEGATIVE for child in verb.children):
        return True
    objects = (t for child in verb.children if child.i > verb.i for t in child.children)
    return any(t.lower_ in _NEGATIVE and t.dep_ == "det" for t in objects)


def _adjoins_word(verb: Token) -> bool:
    """Whether a verb is written together with the word before it, as the "s" of "thats" is."""
    before = previous_token(verb)
    return before.is_alpha and verb.is_alpha and before != verb and not before.whitespace_


def _negate_auxiliary(auxiliary: Token, contract: bool) -> Edit:
    """The edit that negates an auxiliary verb or "be": "is" → "is not" or "isn't"."""
    lower = auxiliary.lower_
    replacement = word_pairs("negated short auxiliaries").get(lower)
    if lower in ("'d", "’d"):
        following = [t for t in auxiliary.doc[auxiliary.i + 1 : auxiliary.i + 3] if t.tag_.startswith("VB")]
        replacement = "wouldn't" if following and following[0].tag_ == "VB" else "hadn't"
    if replacement:
        return span_edit(auxiliary, auxiliary, after=f" {replacement}", rule=RULE)
    is_short = lower[:1] in "'’" or lower in ("s", "m", "re")
    if lower == "can":
        negated = "can't" if contract else "cannot"
    elif contract and not is_short:
        negated = word_pairs("irregular contractions").get(lower, f"{lower}n't")
    else:
        negated = f"{lower} not"
    return token_edit(auxiliary, negated, rule=RULE)


def _support_with_do(verb: Token, subject: Token | None, contract: bool) -> tuple[Edit, ...] | None:
    """Negate a full verb with "do": "works" → "does not work"; "still works" → "no longer works".

    Returns:
        One edit, or None in a question, where the subject follows the verb.
    """
    before = previous_token(verb)
    if before.lower_ == "still":
        return (token_edit(before, "no longer", rule=RULE),)
    if subject is not None and subject.i > verb.i:
        return None
    auxiliary = {"VBZ": "does", "VBD": "did", "VBN": "did"}.get(verb.tag_, "do")
    negated = f"{auxiliary}n't" if contract else f"{auxiliary} not"
    first = _first_adverb(verb)
    between = [
        token.text.lower()
        for token in verb.doc[first.i : verb.i]
        if token.lower_ not in _DROPPED and token.lower_ not in ("always", "just")
    ]
    text = " ".join([negated, *between, verb.lemma_.lower()])
    model = first.text[:1] if first.text.isupper() else first.text
    return (span_edit(first, verb, after=match_case(text, model), rule=RULE),)


def _first_adverb(verb: Token) -> Token:
    """The first of the adverbs right before a verb, or the verb itself when there is none.

    Such adverbs go behind the negation: "really like" → "do not really like".
    """
    first = verb
    for child in sorted(verb.children, key=lambda c: -c.i):
        if (
            child.i == first.i - 1
            and child.dep_ == "advmod"
            and child.lower_ not in word_list("adverbs before do-support")
        ):
            first = child
    return first


def _degree_deletions(word: Token, verb: Token) -> tuple[Edit, ...]:
    """Delete degree words between a negated verb and `word`: "is extremely happy" → "is not happy"."""
    return tuple(
        deletion(token, rule="degree")
        for token in verb.doc[verb.i + 1 : word.i]
        if token.lower_ in _DROPPED and token.dep_ == "advmod" and token.head.pos_ in ("ADJ", "ADV")
    )


def _insert_no(noun: Token) -> tuple[Edit, ...] | None:
    """Put "no" before a noun: "had issues" → "had no issues", "had an issue" → "had no issue".

    Returns:
        One edit, or None when the noun has a determiner whose place "no" cannot take.
    """
    determiner = next(
        (c for c in noun.children if c.dep_ in ("det", "nummod") or c.lower_ in ("many", "some", "few")), None
    )
    if determiner is not None:
        if determiner.lower_ not in word_list("replaced by no"):
            return None
        return (token_edit(determiner, "no", rule=RULE),)
    if has_dependent(noun, ("poss",)):
        return None
    first = _first_modifier(noun, ("amod", "compound"))
    return (token_edit(first, prepend_word("no", first), rule=RULE),)


def _insert_not_before(word: Token) -> Edit:
    """The edit that puts "not" before a word: "Easy to carry" → "Not easy to carry".

    A degree word that does not go with "not" is replaced by it: "Very easy" → "Not easy".
    """
    first = _first_modifier(word, ("advmod",))
    if first != word and first.lower_ in _DROPPED:
        return span_edit(first, word, after=match_case(f"not {word.text}", first.text), rule=RULE)
    return token_edit(first, prepend_word("not", first), rule=RULE)


def _first_modifier(word: Token, labels: tuple[str, ...]) -> Token:
    """The leftmost modifier before a word that has one of the dependency labels; the word if it has none."""
    modifiers = (child for child in word.children if child.dep_ in labels and child.i < word.i)
    return min([word, *modifiers], key=lambda token: token.i)
