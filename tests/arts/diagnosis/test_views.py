"""What tells synthetic text from natural."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from helpers.texts import NATURAL, SYNTHETIC

from arts.diagnosis.views import diagnose_texts, separability, token_peaks


def test_views_text_that_has_a_pattern_can_be_told_apart(encoder):
    found, views = diagnose_texts(SYNTHETIC, NATURAL, encoder=encoder)
    assert found.separability.auc > 0.95
    assert {"but", ",", "kind", "is"} <= {peak.token for peak in found.tokens}
    assert views.points.shape == (24, 2)
    assert views.synthetic.sum() == 12


def test_views_text_of_one_kind_cannot():
    rng = np.random.default_rng(0)
    vectors, labels = rng.standard_normal((400, 5)), np.arange(400) % 2 == 0
    assert 0.4 < separability(vectors, labels).auc < 0.6


def test_views_peaks_are_far_more_frequent_tokens_and_need_evidence():
    found = token_peaks(Counter({"but": 50, "a": 100, "rare": 1}), Counter({"but": 5, "a": 100}))
    assert [peak.token for peak in found] == ["but", "rare"]
    assert found[0].log_odds > 2 > found[1].log_odds
    assert found[0].synthetic == pytest.approx(1000 * 50 / 151, abs=1e-3)
