"""The page that compares entries, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow


def test_compare_leads_with_the_verdict_and_its_units_are_opened_in_explore(visit, keys):
    page = visit(f"/compare?corpus=sample&entries={keys['ant']}&entries={keys['cow']}")
    verdict = page.get_by_role("heading", name="ant is better than cow: ARS +")
    expect(verdict).to_be_in_viewport()
    link = page.get_by_role("link", name="units in Explore").first
    count = int(re.match(r"\d+", link.inner_text())[0])
    link.click()
    expect(page.get_by_text(f"Units 1 to 10 of {count} (138 in all)")).to_be_visible()
    expect(page.get_by_role("button", name="right: ant")).to_be_visible()
    summaries = page.locator(".arts-summary").all_inner_texts()
    assert all(re.search(r"✓ ant: all \d right\s+✗ cow: \d of \d wrong", text) for text in summaries)


def test_compare_the_units_of_the_table_are_a_filter_of_explore(visit, keys):
    page = visit(f"/compare?corpus=sample&entries={keys['bee']}&entries={keys['ant']}&wins={keys['ant']}")
    page.get_by_role("link", name="Read them in Explore").click()
    expect(page.get_by_role("button", name="wrong: bee")).to_be_visible()
    expect(page).to_have_url(re.compile(f"right={keys['ant']}"))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_compare_twelve_have_a_matrix_and_more_are_said(visit, keys, width, scheme):
    named = [keys[name] for name in sorted(keys, key=lambda name: (name.startswith("alone"), name))]
    page = visit(f"/compare?corpus=sample&entries={'&entries='.join(named)}", width=width, scheme=scheme)
    expect(page.get_by_text("The link names 13, and at most 12 can be shown.")).to_be_visible()
    matrix = page.get_by_role("table").last
    expect(matrix.get_by_role("rowheader")).to_have_count(12)
    cell = matrix.get_by_role("row").nth(3).get_by_role("cell").first
    expect(cell).to_have_text(re.compile(r"worse:\s+-\d+\.\d\d\s*p < 0\.001"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
