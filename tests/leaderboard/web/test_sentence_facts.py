"""What is told of a sentence."""

from __future__ import annotations

import pytest

from arts.leaderboard.web.sentence_facts import domain_classifier, domain_of_text, looks_english


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("The pad thai and tom yum were yummy.", True),
        ("Great sushi!", True),
        ("The MacBook's retina display rocks, wifi is meh.", True),
        ("", True),
        ("Das Essen war lecker, aber der Kellner war unhöflich.", False),
        ("La comida estaba deliciosa pero el camarero fue grosero.", False),
        ("Le repas était bon mais le serveur était impoli.", False),
        ("De soep was heerlijk maar de ober was onbeleefd.", False),
        ("Zupa była pyszna, ale kelner był niegrzeczny.", False),
        ("Еда была вкусной, но официант был груб.", False),
        ("食物很好吃，但服务员很粗鲁。", False),
    ],
)
def test_sentence_facts_tell_what_is_not_english(text, english):
    assert looks_english(text) is english


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("The soup was delicious, but our waiter was rude and the tables are too small.", "restaurant"),
        ("The battery lasts all day, but the keyboard feels mushy.", "laptop"),
        ("Qwzx vbnm.", ""),
    ],
)
def test_sentence_facts_tell_the_domain(sample, text, domain):
    assert domain_of_text(text, domain_classifier(sample.train)) == domain
