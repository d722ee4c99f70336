"""Addresses in a real browser: Back and Forward, titles, links between pages, and the link that is copied."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from helpers.browsing import NEEDS_CHROMIUM, SLOW, open_page
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, expect
from serving import RunningApp, wait_until_settled

pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]

LOOK = """() => {
    const all = selector => [...document.querySelector("[data-testid=stMain]").querySelectorAll(selector)]
    const told = all("h1, h2, [aria-checked=true], [data-testid=stCaptionContainer]")
    const texts = told.map(one => one.innerText)
    const inputs = all("input[aria-label=Search]").map(input => input.value)
    const address = location.href.replace(/corpus=\\w+&?/, "")  // which the title has, and an entry implies
    return JSON.stringify([address, document.title, texts, inputs])
}"""


def open_at(page: Page, app: RunningApp, path: str = "/") -> None:
    """Open an address, and wait until the page knows it."""
    open_page(page, app, path)
    page.get_by_role("button", name="Copy link").wait_for()


def go_to(title: str) -> Callable[[Page], None]:
    """Follow a link of the navigation, and wait for the page."""

    def act(page: Page) -> None:
        page.get_by_role("link", name=title, exact=True).first.click()
        expect(page).to_have_title(re.compile(f"{title} · arts leaderboard$"))

    return act


def click(text: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_test_id("stMain").get_by_text(text, exact=True).first.click()


def search(page: Page) -> None:
    page.get_by_role("textbox", name="Search").fill("ant")
    page.keyboard.press("Enter")


def choose(label: str, option: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_role("combobox", name=label).click()
        page.keyboard.type(option)
        page.get_by_role("option", name=option).first.click()
        page.keyboard.press("Escape")

    return act


def choose_other_entry(page: Page) -> None:
    page.get_by_role("button", name="Another entry").click()
    choose("Entry", "bert, seed 1")(page)


def look(page: Page) -> str:
    """The address and the title, and what is chosen on the page, once it is drawn."""
    before, now = "", page.evaluate(LOOK)
    while before != now:
        page.wait_for_timeout(300)
        wait_until_settled(page)
        before, now = now, page.evaluate(LOOK)
    return str(now)


def wait_for(page: Page, before: str) -> None:
    """Wait until the page looks as it did before."""
    try:
        page.wait_for_function(f"before => ({LOOK})() === before", arg=before, timeout=SLOW)
    except TimeoutError:  # what it looks like instead is said
        assert page.evaluate(LOOK) == before


WALK = (
    click("sample"),
    search,
    go_to("Compare"),
    choose("Entries, the first", "bert, seed 1"),
    go_to("Board"),
    go_to("Explore"),
    click("2"),
    go_to("Entry"),
    choose_other_entry,
    go_to("Submit"),
)


def test_address_bar_back_and_forward_go_through_all_that_a_visitor_did_one_by_one(page, app):
    open_at(page, app)
    seen = [look(page)]
    for act in WALK:
        act(page)
        page.wait_for_function(f"before => ({LOOK})() !== before", arg=seen[-1])
        seen.append(look(page))
    assert len(set(seen)) >= len(seen) - 1  # the Board is shown twice with a search
    for before in reversed(seen[:-1]):
        for step in (-1, 1, -1):  # the next page is asked for before the one before is drawn
            page.evaluate("step => history.go(step)", step)
            page.wait_for_timeout(100)
        wait_for(page, before)
    for before in seen[1:]:
        page.go_forward()
        wait_for(page, before)
    assert page.evaluate("history.length") == len(seen) + 1


def test_address_bar_a_page_opens_as_it_was_left_on_the_corpus_that_is_shown(page, app):
    open_at(page, app, "/?corpus=sample")
    search(page)
    go_to("Entry")(page)
    expect(page).to_have_title("ant on sample · Entry · arts leaderboard")
    page.get_by_role("button", name="Another entry").click()
    page.get_by_role("radio", name="other").click()
    expect(page).to_have_title("fox on other · Entry · arts leaderboard")
    look(page)
    go_to("Board")(page)
    expect(page).to_have_title("other · Board · arts leaderboard")
    expect(page.get_by_role("textbox", name="Search")).to_have_value("ant")
    go_to("Board")(page)  # of the Board itself, it begins anew
    expect(page.get_by_role("textbox", name="Search")).to_have_value("")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "other · Board"),
        ("/?corpus=sample", "sample · Board"),
        ("/entry?entry={fox}", "fox on other · Entry"),
        ("/entry?entry=gone", "Entry"),
        ("/compare?entries={ant}&entries=gone", "ant on sample · Compare"),
        ("/compare?corpus=sample", "ant, bert + adversarial, seed 1 on sample · Compare"),
        ("/interventions?corpus=sample", "sample · Interventions"),
        ("/submit", "sample · Submit"),
    ],
)
def test_address_bar_each_page_has_a_title_of_its_own(page, app, keys, path, title):
    page.goto(app.address + path.format(**keys))
    expect(page).to_have_title(f"{title} · arts leaderboard")


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/?q=fox", "/?q=fox&corpus=other"),
        ("/entry?entry={ant}", "/entry?entry={ant}&corpus=sample"),
        ("/entry", "/entry?entry={fox}&corpus=other"),
        ("/about", "/about"),
        ("/submit", "/submit?corpus=sample"),
    ],
)
def test_address_bar_the_copied_link_names_all_that_is_shown(
    context: BrowserContext, page, app, keys, path, link
):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_at(page, app, path.format(**keys))
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Link copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == app.address + link.format(**keys)


def test_address_bar_a_link_to_the_same_page_is_followed(page, app, keys):
    open_at(page, app, f"/entry?entry={keys['fox']}&corpus=sample")
    page.get_by_role("link", name="Open fox on other").click()
    expect(page).to_have_title("fox on other · Entry · arts leaderboard")
    expect(page).to_have_url(f"{app.address}/entry?entry={keys['fox']}")
    page.go_back()
    expect(page.get_by_text("was measured on other, not on sample").first).to_be_visible()


def test_address_bar_pages_are_reached_on_a_phone(browser: Browser, app):
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = phone.new_page()
    page.set_default_timeout(SLOW)
    open_at(page, app)
    page.get_by_test_id("stExpandSidebarButton").tap()
    page.get_by_role("link", name="Submit", exact=True).tap()
    expect(page).to_have_url(f"{app.address}/submit")
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()  # so the list of pages is closed
    phone.close()
