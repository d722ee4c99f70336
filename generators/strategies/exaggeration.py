"""Exaggeration: putting a degree word such as "really" before an opinion word."""

from __future__ import annotations

from random import Random

from arts.data.schema import Edit
from arts.generators.english.clauses import prepend_word
from arts.generators.english.degree import RULE, exaggerating_words, has_degree_word, raise_degree
from arts.generators.english.token_edits import span_edit
from arts.generators.opinions.analysis import Analysis, OpinionWord


def exaggerate(analysis: Analysis, word: OpinionWord, *, rng: Random) -> tuple[Edit, ...]:
    """The edit that strengthens an opinion word with a degree word.

    Examples are "small" → "really small", "pretty small" → "really small", "higher" → "much higher" and
    "works well" → "works really well". Not strengthened are superlatives, phrases, negated words, words that
    the lexicon does not have, and words with a strong degree word.

    Args:
        analysis: the analysis of the sentence.
        word: one of its opinion words.
        rng: draws the degree word.

    Returns:
        A tuple of one edit; an empty one when the word is not strengthened.
    """
    head = analysis.doc[word.head]
    if word.entry is None or len(word.tokens) > 1 or analysis.negator(head) is not None:
        return ()
    raised = raise_degree(head)
    if raised:
        return (raised,)
    choices = () if has_degree_word(head) else exaggerating_words(head)
    if not choices:
        return ()
    text = prepend_word(rng.choice(choices), head, lower_names=True)
    return (span_edit(head, head, after=text, rule=RULE),)
