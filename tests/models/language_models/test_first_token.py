"""Probabilities of labels from the token in which the label begins."""

from __future__ import annotations

from math import exp

import pytest

from arts.models.language_models.answers import LABELS
from arts.models.language_models.first_token import label_probabilities


def tokens(*texts: str, **tops: float) -> list[dict]:
    """Tokens of an answer; the one that a `*` marks has the alternatives."""
    alternatives = [{"token": token, "logprob": logprob} for token, logprob in tops.items()]
    return [
        {
            "token": text.removesuffix("*"),
            "logprob": -0.1,
            "top_logprobs": alternatives if text.endswith("*") else [{"token": "positive", "logprob": -9.0}],
        }
        for text in texts
    ]


TOPS = {"pos": -0.2, " Negative": -2.0, '"neut': -3.0, "the": -4.0, " ": -5.0}
MASSES = [exp(-0.2), exp(-2.0), exp(-3.0)]


@pytest.mark.parametrize(
    "texts",
    [
        ["pos*", "itive"],
        [" ", "pos*"],
        ["**", "Pos*", "itive", "**"],
        ['{"', "label", '": "', "pos*", 'itive"}'],
        ['{"label":', ' "pos*', 'itive"}'],
        ['{"label": "pos*', 'itive"}'],
        ["<think>", "negative", "</think>", "\n\n", "pos*", "itive"],
        ["negative", "</think>", '{"label":', '"', "pos*", "itive"],
    ],
)
def test_first_token_is_that_of_the_label(texts):
    probabilities = label_probabilities(tokens(*texts, **TOPS), LABELS)
    assert probabilities == pytest.approx([mass / sum(MASSES) for mass in MASSES])


def test_first_token_spellings_of_a_label_are_added():
    tops = {"positive": -1.0, "Positive": -1.0, "negative": -1.0, "neutral": -1.0}
    assert label_probabilities(tokens("positive*", **tops), LABELS) == pytest.approx((0.5, 0.25, 0.25))


@pytest.mark.parametrize(
    "tops",
    [
        {"positive": -0.1, "negative": -3.0},  # none of neutral
        {"positive": -0.1, "negative": -3.0, "neutral": -3.0, "ne": -2.0},  # two labels begin so
        {"positive": -0.1, "negative": -3.0, "neutral": float("nan")},
        {},
    ],
)
def test_first_token_without_a_mass_for_each_label_gives_none(tops):
    assert label_probabilities(tokens("positive*", **tops), LABELS) is None


def test_first_token_a_token_that_begins_two_labels_may_be_rare():
    tops = {"positive": -0.1, "negative": -3.0, "neutral": -3.0, "ne": -8.0}
    assert label_probabilities(tokens("positive*", **tops), LABELS) is not None


@pytest.mark.parametrize(
    "content", [None, [], "positive", {"tokens": ["a"]}, [{"token": 1}], [{"token": " "}]]
)
def test_first_token_what_is_no_list_of_tokens_gives_none(content):
    assert label_probabilities(content, LABELS) is None
