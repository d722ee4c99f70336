"""The pages that compare models and show a corpus unit by unit, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from serving import wait_until_settled

pytestmark = pytest.mark.slow

# The contrast between the text of an element and what lies behind it, all layers mixed
CONTRAST = """element => {
    const channels = text => text.match(/[\\d.]+/g).map(Number)
    const layers = []
    for (let box = element; box; box = box.parentElement)
        layers.unshift(getComputedStyle(box).backgroundColor)
    let behind = [255, 255, 255]
    for (const [r, g, b, alpha = 1] of layers.map(channels))
        behind = [r, g, b].map((value, n) => alpha * value + (1 - alpha) * behind[n])
    const luminance = rgb => {
        const [r, g, b] = rgb.map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const text = luminance(channels(getComputedStyle(element).color).slice(0, 3))
    const [light, dark] = [text, luminance(behind)].sort((a, b) => b - a)
    return (light + 0.05) / (dark + 0.05)
}"""


def unit_links(page: Page) -> Locator:
    """The links to the units that the page shows."""
    return page.get_by_role("link", name=re.compile(r" · \d+ words$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_explore_right_and_wrong_differ_in_colour_and_mark(visit, scheme):
    page = visit("/explore?corpus=sample", scheme=scheme)
    colours = {}
    for outcome, mark in (("right", "✓"), ("wrong", "✗")):
        item = page.locator(f"li.arts-{outcome}").first
        expect(item).to_contain_text(mark)
        assert item.evaluate(CONTRAST) >= 4.5
        colours[outcome] = item.evaluate("item => getComputedStyle(item).backgroundColor")
    assert colours["right"] != colours["wrong"]


def test_explore_texts_are_searched_and_a_filter_is_removed(visit):
    page = visit("/explore?corpus=sample")
    page.get_by_label("Search the texts").fill("SOUP the")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("text=SOUP"))
    expect(page.get_by_text(re.compile(r"^Units 1 to (\d+) of \1 \(138 in all"))).to_be_visible()
    wait_until_settled(page)
    assert all("soup" in text.lower() for text in page.locator(".arts-cards").all_inner_texts())
    page.get_by_role("button", name="text: SOUP the").click()
    expect(page.get_by_text("Units 1 to 10 of 138")).to_be_visible()
    expect(page.get_by_label("Search the texts")).to_have_value("")


def test_explore_the_page_is_turned_below_and_begins_at_its_top(visit):
    page = visit("/explore?corpus=sample")
    below = page.get_by_role("button", name="Page 2", exact=True)
    expect(below).to_have_count(2)
    below.last.click()
    expect(page.get_by_text("Units 11 to 20 of 138")).to_be_in_viewport()
    expect(page).to_have_url(re.compile("page=2"))


def test_explore_a_unit_has_an_address(visit):
    page = visit("/explore?corpus=sample&page=2")
    link = unit_links(page).nth(3)
    unit = link.inner_text().split(" · ")[0].split()[-1]
    link.click()
    expect(page.get_by_text("Units 1 to 1 of 1 (138 in all)")).to_be_visible()
    address = page.url.partition("/explore")[2]
    assert f"unit={unit}" in address
    again = visit("/explore" + address)
    expect(unit_links(again)).to_have_count(1)
    expect(unit_links(again)).to_contain_text(unit)
    again.get_by_role("button", name=f"unit: {unit}").click()
    expect(again.get_by_text("Units 1 to 10 of 138")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Units 11 to 20 of 138")).to_be_visible()


def test_explore_a_unit_that_is_not_there_is_said(visit):
    page = visit("/explore?corpus=sample&unit=nowhere_7")
    expect(page.get_by_text('"nowhere_7" is the id of no unit of sample.')).to_be_visible()
    expect(page.get_by_text("Units 1 to 10 of 138")).to_be_visible()


def test_explore_fits_a_phone(visit):
    page = visit("/explore?corpus=sample", width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator(".arts-card").first.bounding_box()
    assert 250 < box["width"] < 390


def test_compare_leads_with_the_verdict_and_its_units_are_opened_in_explore(visit, keys):
    page = visit(f"/compare?corpus=sample&entries={keys['ant']}&entries={keys['cow']}")
    verdict = page.get_by_role("heading", name="ant is better than cow: ARS +")
    expect(verdict).to_be_in_viewport()
    link = page.get_by_role("link", name="units in Explore").first
    count = int(re.match(r"\d+", link.inner_text())[0])
    link.click()
    expect(page.get_by_text(f"Units 1 to 10 of {count} (138 in all)")).to_be_visible()
    expect(page.get_by_role("button", name="right: ant")).to_be_visible()
    wait_until_settled(page)
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
