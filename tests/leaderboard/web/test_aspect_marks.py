"""Aspects that a visitor marks, a link names, or the page proposes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from arts.leaderboard.web.aspect_marks import (
    join_words,
    locate_aspects,
    opinion_aspects,
    propose_aspects,
    word_spans,
)

TEXT = "The soup was delicious, but our waiter was rude."


def located(text: str, *typed: tuple[str, str]) -> list[tuple[int, str]]:
    return [(aspect.start, str(aspect.polarity)) for aspect in locate_aspects(text, typed)[0]]


def test_aspect_marks_of_a_link_are_found_as_they_are_written():
    assert located(TEXT, ("Waiter", "negative"), ("soup", "positive")) == [(4, "positive"), (32, "negative")]
    assert located("Good soup, bad soup.", ("soup", "positive"), ("soup", "negative")) == [
        (5, "positive"),
        (15, "negative"),
    ]
    assert located("The barbecue bar.", ("bar", "neutral")) == [(13, "neutral")]


@pytest.mark.parametrize(
    ("text", "typed", "fault"),
    [
        (TEXT, [("bread", "positive")], '"bread" is not in the sentence'),
        (TEXT, [("out", "positive")], '"out" is not in the sentence'),
        (TEXT, [("soup", "positive"), ("soup", "negative")], "more often"),
        ("The soup bowl.", [("soup bowl", "neutral"), ("soup", "neutral")], "inside another aspect"),
    ],
)
def test_aspect_marks_of_a_link_that_are_not_there_are_left_out_and_said(text, typed, fault):
    aspects, (said,) = locate_aspects(text, typed)
    assert fault in said
    assert len(aspects) == len(typed) - 1


@pytest.mark.parametrize(
    ("text", "words", "phrases"),
    [
        ("Good battery life, good screen.", ["battery", "life", "screen"], ["battery life", "screen"]),
        ("Soup, bread and wine.", ["bread", "Soup"], ["Soup", "bread"]),
        ("The waiter's wi-fi.", ["waiter's", "wi-fi"], ["waiter's wi-fi"]),
        ("Nothing.", [], []),
    ],
)
def test_aspect_marks_of_neighbouring_words_are_one_phrase(text, words, phrases):
    spans = [span for span in word_spans(text) if text[slice(*span)] in words]
    assert [text[slice(*span)] for span in join_words(text, spans[::-1])] == phrases


def test_aspect_marks_proposed_are_noun_phrases_with_what_is_said_of_them(analyst):
    text = "The battery life was great, but it came in a box and the screen is terrible."
    assert [(a.term, str(a.polarity)) for a in propose_aspects(text, analyst)] == [
        ("battery life", "positive"),
        ("box", "neutral"),
        ("screen", "negative"),
    ]
    assert propose_aspects("It was great.", analyst) == []


@pytest.mark.parametrize(
    "text",
    [
        "Soup, soup, and soup of the day soup!",
        "The tuna roll roll was a roll.",
        "iPad iPad cases, Mac mini Mac.",
    ],
)
def test_aspect_marks_proposed_never_overlap(analyst, text):
    proposed = propose_aspects(text, analyst)
    joined = join_words(text, [w for w in word_spans(text) for a in proposed if a.start <= w[0] < a.end])
    assert all(first[1] <= second[0] for first, second in pairwise(joined))
    assert [text[a:b] for a, b in joined] == [a.term for a in opinion_aspects(text, joined, analyst=analyst)]
