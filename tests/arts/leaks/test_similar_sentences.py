"""Sentences that are the same as given ones or nearly so, and those that only look alike."""

from __future__ import annotations

import random

import pytest

from arts.data.schema import Split, original_instances
from arts.leaks.leak_check import LeakDetector
from arts.leaks.similar_sentences import SentenceSearch
from arts.leaks.word_distance import word_distance

GIVEN = "The waiter's dry remarks weren't half as stale as the bread they brought us."
PLAIN = "The soup was good."


def found(text, given=GIVEN, others=()):
    """The likeness and the changed words of a text, among sentences of the sample."""
    (match, *_) = SentenceSearch([given]).find([text, *others])
    return (match.likeness.value, match.changes) if match else None


@pytest.fixture(scope="module")
def others(sample):
    return [sentence.text for sentence in (*sample.train, *sample.dev)]


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        GIVEN: ("same", 0),
        GIVEN.upper(): ("same", 0),
        GIVEN.replace(" ", "  \u00a0"): ("same", 0),
        GIVEN.replace("'", "\u2019").replace(".", " !!"): ("same", 0),
        GIVEN.replace("dry", "dr\u0079").replace("stale", "sta\u0301le"): ("same", 0),
        f"&quot;{GIVEN}&amp;quot;": ("same", 0),
        GIVEN.replace("weren't", "were not"): ("same", 0),
        GIVEN.replace("stale", "fresh"): ("near", 1),
        GIVEN.replace("remarks ", ""): ("near", 1),
        GIVEN.replace("the bread", "the warm bread"): ("near", 1),
        GIVEN.replace("remarks", "bread").replace("the bread", "the remarks"): ("near", 1),
        GIVEN.replace(".", ", but the view was nice."): ("near", 0),
        f"It has a nice view, though {GIVEN}": ("near", 0),
        "The waiter's dry remarks were funny.": None,
        "We were brought bread.": None,
    }.items(),
)
def test_similar_sentences_changes_of_a_long_sentence_are_found(text, expected, others):
    assert found(text, others=others) == expected


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        (PLAIN, PLAIN, ("same", 0)),
        ("The soup was great.", PLAIN, ("possible", 1)),
        ("The service was slow.", PLAIN, None),
        ("A long evening with a soup that was good, or so they said.", PLAIN, None),
        ("Good!", "Bad!", None),
        ("!!!", "!!!", ("same", 0)),
        ("!!!", "???", None),
    ],
)
def test_similar_sentences_short_ones_are_not_taken_for_leaks_by_chance(text, given, expected, others):
    assert found(text, given, others) == expected


def test_similar_sentences_distance_counts_words():
    a, b = ["a", "b", "c", "d"], ["x", "a", "c", "d", "y"]
    assert word_distance(a, b) == 3
    assert word_distance(a, b, within=True) == 1
    assert word_distance([], b) == 5


@pytest.mark.parametrize("kind", ["case", "punctuation", "replaced", "inserted", "dropped"])
def test_similar_sentences_planted_ones_are_all_found(sample, others, kind):
    draw = random.Random(kind)
    test = [i.text for i in sample.test if len(i.text.split()) > 2]
    planted = []
    for text in draw.sample(sorted(set(test)), 100):
        words, place = text.split(), draw.randrange(len(text.split()))
        planted.append(
            {
                "case": text.swapcase(),
                "punctuation": "  ".join(f"{word}," for word in words),
                "replaced": " ".join([*words[:place], "otherwise", *words[place + 1 :]]),
                "inserted": " ".join([*words[:place], "otherwise", *words[place:]]),
                "dropped": " ".join(words[:place] + words[place + 1 :]),
            }[kind]
        )
    matches = SentenceSearch(test).find([*planted, *others])
    assert all(matches[:100])
    assert not any(matches[100:])


def test_similar_sentences_semeval_shares_one_sentence_of_laptops(shared_data):
    from arts.data.corpus_registry import load_corpus

    corpus = load_corpus("laptop")
    splits = {Split.TRAIN: original_instances(corpus.train), Split.DEV: original_instances(corpus.dev)}
    check = LeakDetector(corpus.test).check(splits)
    assert [(leak.id, leak.test_id, leak.likeness) for leak in check.leaks] == [("227", "227_0", "same")]
    assert (check.sentences, check.units) == (1463, 1)
