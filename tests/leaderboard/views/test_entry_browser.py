"""The page of one entry in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_entry_the_model_is_the_title_and_the_verdict_follows(visit, width, scheme):
    page: Page = visit("/entry", width=width, scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_have_text("ant")
    verdict = page.get_by_text(re.compile(r"^Rank 1 of \d+ on sample"))
    expect(verdict).to_be_in_viewport()
    assert verdict.inner_text().count(". ") == 0  # one sentence
    expect(page.locator(".vega-embed svg.marks").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_entry_another_one_is_chosen_from_its_popover(visit):
    page: Page = visit("/entry")
    page.get_by_role("button", name="Another entry").click()
    page.get_by_role("combobox", name=re.compile("Entry")).click()
    page.get_by_role("option", name="cow").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("cow")
    expect(page).to_have_url(re.compile("entry="))


def test_entry_nothing_of_a_path_or_a_traceback_is_shown(visit):
    page: Page = visit("/entry")
    shown = page.locator("[data-testid=stMain]").inner_text()
    assert "Reproduce" in shown
    for text in ("/tmp", "/home", "Traceback", ".json", "results/"):
        assert text not in shown
    page = visit("/entry?entry=0123456789ab")
    expect(page.get_by_role("heading", level=1)).to_have_text("No such entry")
