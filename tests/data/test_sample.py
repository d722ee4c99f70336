"""The sample corpus that ships in the package."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from arts.data.schema import Polarity, Strategy


@pytest.fixture(scope="module")
def originals(sample):
    return {i.id: i for i in sample.test if i.strategy is Strategy.ORIGINAL}


@pytest.fixture(scope="module")
def variants(sample):
    return [i for i in sample.test if i.strategy is not Strategy.ORIGINAL]


def texts(sample):
    tested = {i.id.rsplit("_", 1)[0]: i.text for i in sample.test if i.strategy is Strategy.ORIGINAL}
    return {s.id: s.text for s in (*sample.train, *sample.dev)} | tested


def test_sample_it_has_enough_sentences_of_each_domain(sample):
    counts = Counter(id.split("-")[0] for id in texts(sample))
    assert counts["restaurant"] >= 240
    assert counts["laptop"] >= 160
    assert set(counts) == {"restaurant", "laptop"}


def test_sample_no_sentence_occurs_twice(sample):
    found = Counter(text.lower() for text in texts(sample).values())
    assert found.most_common(1)[0][1] == 1
    assert not {i.text for i in sample.test} & {s.text for s in (*sample.train, *sample.dev)}


def test_sample_nothing_was_repaired_or_left_out(sample):
    assert sample.train
    assert sample.dev
    assert str(sample.notes) == ""


def test_sample_terms_are_whole_words(sample):
    for item in (*sample.train, *sample.dev, *sample.test):
        for aspect in item.aspects:
            around = item.text[max(aspect.start - 1, 0) : aspect.end + 1]
            assert re.fullmatch(rf"\W?{re.escape(aspect.term)}\W?", around), (item.id, aspect.term)


def test_sample_opinions_are_marked_where_there_are_opinions(sample, originals):
    for item in (*sample.train, *sample.dev, *originals.values()):
        for aspect in item.aspects:
            assert aspect.opinions or aspect.polarity is Polarity.NEUTRAL, (item.id, aspect.term)


def test_sample_it_is_as_varied_as_reviews_are(sample):
    sentences = (*sample.train, *sample.dev)
    aspects = [aspect for s in sentences for aspect in s.aspects]
    shares = {p: sum(a.polarity is p for a in aspects) / len(aspects) for p in Polarity}
    assert all(share > 0.15 for share in shares.values())
    assert sum(len(s.aspects) > 1 for s in sentences) / len(sentences) > 0.4
    opposite = [{a.polarity for a in s.aspects} >= {Polarity.POSITIVE, Polarity.NEGATIVE} for s in sentences]
    assert sum(opposite) / len(opposite) > 0.15


def test_sample_eighty_aspects_have_all_their_variants(originals, variants):
    strategies = {id: {v.strategy for v in variants if v.unit == id} for id in originals}
    for id, original in originals.items():
        wanted = {Strategy.ADDDIFF}
        others = [a for a in original.aspects if a != original.aspect]
        if original.polarity is not Polarity.NEUTRAL:
            wanted.add(Strategy.REVTGT)
            if any(a.polarity is not Polarity.NEUTRAL for a in others):
                wanted.add(Strategy.REVNON)
        assert strategies[id] == wanted, id
    assert len(originals) >= 80


def test_sample_edits_turn_the_original_into_the_variant(originals, variants):
    for v in variants:
        text, shift = originals[v.unit].text, 0
        for edit in v.edits:
            assert originals[v.unit].text[edit.start : edit.end] == edit.before
            text = text[: edit.start + shift] + edit.after + text[edit.end + shift :]
            shift += len(edit.after) - len(edit.before)
        assert text == v.text != originals[v.unit].text


def test_sample_labels_follow_the_strategy(originals, variants):
    for v in variants:
        original = originals[v.unit]
        before = {a.id: a.polarity for a in original.aspects}
        after = {a.id: a.polarity for a in v.aspects if a.id}
        added = [a.polarity for a in v.aspects if not a.id]
        target = original.id
        assert after.keys() == before.keys(), v.id
        for id, polarity in before.items():
            flips = (v.strategy is Strategy.REVTGT and id == target) or (
                v.strategy is Strategy.REVNON and id != target and polarity is original.polarity
            )
            assert after[id] is (polarity.opposite if flips else polarity), v.id
        if v.strategy is Strategy.ADDDIFF:
            assert 1 <= len(added) <= 3, v.id
            assert original.polarity not in added, v.id
            if original.polarity is not Polarity.NEUTRAL:
                assert set(added) == {original.polarity.opposite}, v.id
        else:
            assert not added, v.id


def test_sample_nothing_of_it_is_in_the_third_party_data(sample, shared_data):
    held = set()
    for path in shared_data.rglob("*.json"):
        held |= {row["sentence"].strip().lower() for row in json.loads(path.read_text("utf-8")).values()}
    ours = {text.lower() for text in texts(sample).values()} | {i.text.lower() for i in sample.test}
    assert not ours & held
