"""The playground in a real browser: aspects are clicked, and what cannot be done is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from helpers.browsing import NEEDS_CHROMIUM
from playwright.sync_api import Page, expect
from serving import serve_leaderboard, wait_until_settled

pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]


def type_sentence(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Sentence")
    box.fill(text)
    box.press("Tab")


def click_word(page: Page, word: str) -> None:
    page.get_by_role("button", name=word, exact=True).click()


def test_playground_browser_aspects_are_clicked_and_their_polarity_is_picked(page: Page, tmp_path: Path):
    (tmp_path / "results").mkdir()
    options = ("--no-packaged", "--address", "0.0.0.0")
    cache = str(tmp_path / "cache")
    with serve_leaderboard(tmp_path / "results", *options, ARTS_CACHE_HOME=cache) as app:
        page.goto(f"{app.address}/playground?text=The+battery+life+was+great,+the+fan+is+loud.")
        expect(page.get_by_text("Target: battery life")).to_be_visible()
        expect(page.get_by_text("reads like one on a laptop")).to_be_visible()
        expect(page.get_by_text("This board is read-only: no model is trained here.")).to_be_visible()
        click_word(page, "life")
        expect(page).to_have_url(re.compile("aspect=battery%3Apositive&aspect=fan"))
        expect(page.get_by_text("Target: battery", exact=True)).to_be_visible()
        click_word(page, "battery")
        expect(page.get_by_text("Target: battery", exact=True)).to_have_count(0)
        page.get_by_role("radio", name="neutral").or_(page.get_by_role("button", name="neutral")).click()
        expect(page).to_have_url(re.compile(r"\?.*aspect=fan%3Aneutral$"))
        click_word(page, "fan")
        expect(page.get_by_text("Mark at least one aspect")).to_be_visible()
        type_sentence(page, "So good. " * 60)
        expect(page.get_by_text("has 540 characters; at most 500 are taken")).to_be_visible()
        type_sentence(page, "Die Suppe war lecker, aber der Kellner war laut.")
        expect(page.get_by_text("This does not look English")).to_be_visible()
        wait_until_settled(page)
