"""Sentences as HTML."""

from __future__ import annotations

from helpers.html import plain
from helpers.sentences import aspect, sentence, variant

from arts.data.schema import Edit, Instance, Strategy
from arts.leaderboard.analysis.word_diff import edits_of
from arts.leaderboard.web import html_sentence


def test_html_sentence_a_sentence_shows_its_text_and_nothing_is_lost(sample_units):
    for unit in sample_units:
        for one in unit.variants:
            assert plain(html_sentence.sentence_html(one, edits_of(unit.original, one))) == one.text


def test_html_sentence_a_sentence_marks_edits_and_aspects_with_more_than_colour():
    (soup,) = sentence("1", "Good soup.", soup="positive").instances()
    changed = variant(soup, "revtgt", "Bad soup.", "negative")
    html = html_sentence.sentence_html(changed, edits_of(soup, changed))
    assert "<del>Good</del><ins>Bad</ins>" in html
    assert 'class="arts-aspect arts-negative arts-target"' in html
    assert "−" in html
    assert "(negative)" in html


def test_html_sentence_a_sentence_escapes_its_text_terms_and_edits():
    text = 'The <script>alert("1")</script> & <b>soup</b> is good.'
    one = Instance("1", "0", Strategy.REVTGT, text, aspect(text, "<b>soup</b>"))
    html = html_sentence.sentence_html(one, (Edit(4, 4, "<i>", "<script>", "x"),))
    assert "<script" not in html
    assert "<b>" not in html
    assert "<i>" not in html
    assert "alert(&quot;1&quot;)&lt;/script&gt;" in html
    assert plain(html) == text


def test_html_sentence_a_sentence_marks_an_aspect_that_an_edit_cuts_through_once():
    text = "The hot soup is good."
    one = Instance("1_adv", "1", Strategy.REVTGT, text, aspect(text, "hot soup"))
    html = html_sentence.sentence_html(one, (Edit(4, 4, "", "hot ", "x"),))
    assert html.count("<sup>") == 1
    assert plain(html) == text


def test_html_sentence_a_sentence_marks_the_target_where_aspects_overlap():
    text = "The battery life is good."
    target, around = aspect(text, "battery"), aspect(text, "battery life")
    html = html_sentence.sentence_html(Instance("1", "1", Strategy.ORIGINAL, text, target, (around, target)))
    assert html.count("arts-aspect") == 1
    assert "arts-target" in html
