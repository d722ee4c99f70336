"""Units as cards."""

from __future__ import annotations

from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.leaderboard.analysis.units import units_of
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


def test_html_unit_a_summary_counts_the_mistakes_of_each_model(units):
    unit = units_of(units)[0]
    right = {instance.id: instance.polarity for instance in unit.instances}
    predictions = {"<b>mine": right, "other": right | {unit.id: Polarity.NEUTRAL}, "none": {}}
    html = html_unit.unit_summary_html(unit, predictions)
    assert "✓</span> &lt;b&gt;mine: all 3 right" in html
    assert "✗</span> other: 1 of 3 wrong" in html
    assert "none: 3 of 3 wrong" in html
    assert html_unit.unit_summary_html(unit, {}) == ""
