"""Units as cards."""

from __future__ import annotations

from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.leaderboard.web import html_unit
from arts.leaderboard.web.html_unit import InstanceCard, ModelPrediction


def test_html_unit_a_card_says_who_is_right_and_escapes_names(units):
    card = InstanceCard(
        Strategy.ORIGINAL,
        units[0],
        predictions=[
            ModelPrediction("<b>mine", Polarity.POSITIVE),
            ModelPrediction("other", Polarity.NEGATIVE, (0.1, 0.7, 0.2)),
        ],
    )
    html = card.html
    assert "✓" in html
    assert "✗" in html
    assert "right: " in html
    assert "wrong: " in html
    assert "&lt;b&gt;mine" in html
    assert "<b>mine" not in html
    assert "−&nbsp;0.70" in html
    assert html_unit.cards_html([card]).count("arts-card") == 2  # the grid and the card


def test_html_unit_strategies_have_a_title():
    assert set(html_unit.TITLES) == {Strategy.ORIGINAL, *PERTURBATIONS}
