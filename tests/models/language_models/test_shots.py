"""Shots: examples from train, balanced or nearest, the same for the same seed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from helpers.sentences import sentence

from arts.data.errors import ArtsError
from arts.data.schema import Polarity
from arts.models.language_models import text_embeddings
from arts.models.language_models.shots import ShotChoice, Shots

TRAIN = [
    instance
    for n in range(12)
    for instance in sentence(
        str(n), f"Good soup {n}, rude staff, a table.", soup="positive", staff="negative", table="neutral"
    ).instances()
]
ASKED = [one for n in (90, 91) for one in sentence(str(n), f"Cold bar {n}.", bar="negative").instances()]


@pytest.mark.parametrize("number", [0, 1, 3, 4, 8, 36])
def test_shots_are_balanced_by_label_and_the_same_for_all_instances(number):
    first, second = Shots(number).choose(TRAIN, ASKED)
    assert first == second
    assert len({one.id for one in first}) == number
    counts = Counter(one.polarity for one in first)
    shares = [counts[polarity] for polarity in Polarity]
    assert max(shares) - min(shares) <= 1


def test_shots_depend_on_the_seed_and_not_on_the_order_of_train():
    draws = [Shots(4, seed=seed).choose(TRAIN, ASKED)[0] for seed in range(5)]
    assert len({*draws}) == 5
    assert Shots(4, seed=3).choose(TRAIN[::-1], ASKED)[0] == draws[3]


def test_shots_of_a_train_without_a_label_are_of_the_others():
    train = [one for one in TRAIN if one.polarity is not Polarity.NEUTRAL]
    assert Counter(one.polarity for one in Shots(4).choose(train, ASKED)[0]) == {"positive": 2, "negative": 2}


def test_shots_are_never_what_is_asked_about(caplog):
    chosen = Shots(33).choose(TRAIN, TRAIN[:1])[0]
    assert not {one.text for one in chosen} & {TRAIN[0].text}
    assert "3 training instances are asked about, too; they are no examples" in caplog.text


@pytest.mark.parametrize("by", ShotChoice)
def test_shots_more_than_there_are_is_an_error(by):
    expected = "--shots 37: the training split has 36 instances that are not asked about; expected at least"
    with pytest.raises(ArtsError, match=expected):
        Shots(37, by).choose(TRAIN, ASKED)


def test_shots_fewer_than_none_is_an_error():
    with pytest.raises(ArtsError, match="--shots -1; expected 0 or more"):
        Shots(-1)


def test_shots_nearest_are_those_with_the_nearest_texts_last(monkeypatch):
    def by_number(texts, **_):
        angles = [float("".join(filter(str.isdigit, text))) / 60 for text in texts]
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)

    monkeypatch.setattr(text_embeddings, "embed_texts", by_number)
    (asked,) = sentence("99", "A bar of 7.", bar="negative").instances()
    (chosen,) = Shots(4, ShotChoice.NEAREST).choose(TRAIN, [asked])
    assert [one.id for one in chosen[1:]] == ["7_2", "7_1", "7_0"]
    assert chosen[0].text[10] in "68"


def test_text_embeddings_of_like_texts_are_near(encoder):
    texts = ["good soup", "good soup", "x" * 40]
    vectors = text_embeddings.embed_texts(texts, encoder=encoder)
    assert vectors.shape[0] == 3
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-5)
