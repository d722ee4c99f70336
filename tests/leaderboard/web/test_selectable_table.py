"""What is ticked in a table, in a real browser: always the entry, whatever the table shows by then."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from helpers.boards import sample_report, zoo_report
from helpers.browsing import NEEDS_CHROMIUM, SLOW
from playwright.sync_api import Browser, BrowserContext, Page, expect
from serving import RunningApp, serve_leaderboard, wait_until_settled

from arts.evaluation.report import Report
from arts.interventions.adversarial import Adversarial
from arts.leaderboard.store.entry import entry_of

pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]

ROW = 35  # height of a row of the table, and of its heading, in pixels
SHARES = {"ant": 0.9, "bee": 0.8, "cow": 0.7, "dog": 0.6}  # the order on the board, the best first
HIDDEN = "Ticked, but not among the rows shown: {}."


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """Four models on the sample, two on another corpus, two pairs of a plain model and one taught, a seed."""
    folder = tmp_path_factory.mktemp("made")
    reports = {
        name: sample_report(folder, name, right=right, seed=seed)
        for seed, (name, right) in enumerate(SHARES.items())
    }
    for name in ("eel", "fox"):
        dataset = reports["ant"].dataset.model_copy(update={"name": "other"})
        reports[name] = reports["ant"].model_copy(update={"name": name, "dataset": dataset})
    for seed, id in enumerate(("bert", "gcae"), 20):
        reports[id] = zoo_report(sample_report(folder, id, right=0.5, seed=seed), id=id)
        reports[f"{id}, taught"] = zoo_report(
            sample_report(folder, id, right=0.55, seed=10 * seed), Adversarial(), id=id
        )
    reports["gcae, again"] = zoo_report(sample_report(folder, "x", right=0.5, seed=33), id="gcae", seed=2)
    return reports


@pytest.fixture(scope="module")
def app(reports: dict[str, Report], tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    folder = tmp_path_factory.mktemp("board")
    for number, report in enumerate(reports.values()):
        report.write_json(folder / "results" / f"{number}.json")
    environment = {"ARTS_CACHE_HOME": str(folder / "cache"), "HF_HUB_OFFLINE": "1"}
    with serve_leaderboard(folder / "results", "--no-packaged", **environment) as served:
        yield served


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(SLOW)
    yield context
    context.close()


@pytest.fixture
def open_page(context: BrowserContext, app: RunningApp) -> Iterator[Callable[[str], Page]]:
    page = context.new_page()

    def open_page(path: str) -> Page:
        page.goto(app.address + path)
        page.locator(".models table, [data-testid=stDataFrame] canvas").first.wait_for()
        return wait_until_settled(page)

    yield open_page
    page.close()


def tick(page: Page, row: int) -> None:
    """Tick a row of the table of the board, counted from 0, or untick it."""
    page.locator(".models input").nth(row).click()


def tick_in_canvas(page: Page, row: int) -> None:
    """Tick a row of a table that streamlit draws, counted from 0, or untick it."""
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    table.click(position={"x": 15, "y": ROW * (row + 1.5)})


def search(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Search").fill(text)
    page.keyboard.press("Enter")


def expect_link(page: Page, name: str, *keys: str) -> None:
    """Expect one link that opens or compares what is ticked, to these entries and no others."""
    link = page.get_by_role("link", name=name, exact=True)
    expect(link).to_be_visible()
    wait_until_settled(page)
    expect(page.get_by_role("link", name="Open ")).to_have_count(int(name.startswith("Open")))
    address = str(link.get_attribute("href"))
    assert re.findall("(?:entry|entries)=([^&]+)", address) == [*keys]


def expect_nothing_ticked(page: Page, hidden: str = "") -> None:
    expect(page.get_by_text("Tick a row to open it").first).to_be_visible()
    if hidden:
        expect(page.get_by_text(HIDDEN.format(hidden))).to_be_visible()
    wait_until_settled(page)
    expect(page.get_by_role("link", name="Open ")).to_have_count(0)


@pytest.mark.parametrize("text", ["dog", "bee", "no such model"])
def test_selectable_table_a_search_that_hides_the_ticked_entry_links_to_no_other(open_page, reports, text):
    page = open_page("/?corpus=sample")
    tick(page, 2)
    expect_link(page, "Open cow", entry_of(reports["cow"]).key)
    search(page, text)
    expect(page.get_by_text(HIDDEN.format("cow on sample"))).to_be_visible()
    wait_until_settled(page)
    expect(page.get_by_role("link", name="Open ")).to_have_count(0)
    search(page, "")
    expect_link(page, "Open cow", entry_of(reports["cow"]).key)


def test_selectable_table_a_ticked_entry_stays_ticked_where_it_is_still_shown(open_page, reports):
    page = open_page("/?corpus=sample")
    tick(page, 2)
    tick(page, 3)
    keys = [entry_of(reports[name]).key for name in ("cow", "dog")]
    expect_link(page, "Compare the 2 entries", *keys)
    search(page, "dog")
    expect_link(page, "Open dog", keys[1])
    search(page, "")
    expect_link(page, "Compare the 2 entries", *keys)
    page.get_by_label("Sort by").click()
    page.get_by_role("option", name="lost").click()
    expect(page).to_have_url(re.compile("sort=lost"))
    expect(page.get_by_role("link", name="Compare the 2 entries")).to_be_visible()
    search(page, "dog")
    expect(page.get_by_text("1 of 8 models")).to_be_visible()
    wait_until_settled(page)
    tick(page, 0)
    expect_nothing_ticked(page, "cow on sample")
    page.get_by_role("button", name="Untick").click()
    expect(page.get_by_text("Ticked, but")).to_have_count(0)
    search(page, "")
    expect_nothing_ticked(page)


def test_selectable_table_a_click_while_a_search_is_typed_ticks_no_other_row(open_page):
    page = open_page("/?corpus=sample")
    page.get_by_role("textbox", name="Search").fill("w")  # searched for once the box is left: only the cow
    tick(page, 0)  # the ant, where the cow is about to be
    expect(page.get_by_text("1 of 8 models")).to_be_visible()
    wait_until_settled(page)
    expect(page.get_by_role("link", name="Open cow")).to_have_count(0)
    search(page, "")
    expect(page.get_by_text("8 of 8 models")).to_be_visible()
    wait_until_settled(page)
    expect(page.get_by_role("checkbox", name="tick ant")).to_be_checked()
    expect(page.get_by_role("checkbox", name="tick cow")).not_to_be_checked()


def test_selectable_table_a_tick_stays_with_its_corpus_and_leads_to_its_entry(open_page, reports):
    page = open_page("/?corpus=sample")
    tick(page, 1)
    expect_link(page, "Open bee", entry_of(reports["bee"]).key)
    page.get_by_role("radio", name="other").click()
    expect_nothing_ticked(page, "bee on sample")
    page.get_by_role("radio", name="sample").click()
    page.get_by_role("link", name="Open bee", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="bee")).to_be_visible()
    wait_until_settled(page)


def test_selectable_table_a_table_sorted_in_the_browser_ticks_the_row_that_is_seen(open_page, reports):
    page = open_page("/?corpus=sample&columns=model&columns=ARS&family=other")
    page.get_by_role("button", name="ARS", exact=True).click()  # the heading: the smallest first
    expect(page.locator(".models tbody a").first).to_have_text("dog")
    expect(page).to_have_url(re.compile("reverse=true"))
    wait_until_settled(page)
    tick(page, 0)
    expect_link(page, "Open dog", entry_of(reports["dog"]).key)
    page.get_by_role("button", name="model", exact=True).click()  # and "Sort by" says so, too
    expect(page).to_have_url(re.compile("sort=model"))
    expect(page.locator(".models tbody a").first).to_have_text("ant")
    expect(page.locator(".models").get_by_role("columnheader", name="model")).to_have_attribute(
        "aria-sort", "ascending"
    )


def test_selectable_table_a_ticked_pair_stays_the_same_pair(open_page, reports):
    page = open_page("/interventions?corpus=sample")
    tick_in_canvas(page, 1)
    keys = [entry_of(reports[name]).key for name in ("gcae, taught", "gcae")]
    name = "Compare gcae + adversarial, seed 1 with gcae, seed 1"
    expect_link(page, name, *keys)
    page.get_by_role("radio", name="accuracy").click()
    expect(page).to_have_url(re.compile("score=accuracy"))
    expect_link(page, name, *keys)


def test_selectable_table_a_row_is_opened_by_its_name_and_shows_its_seeds(open_page, reports):
    page = open_page("/?corpus=sample&q=gcae")
    page.get_by_role("button", name="show the 2 seeds of gcae").click()
    expect(page.locator("tr.seed a")).to_have_text(["seed 1", "seed 2"])
    expect(page.locator("tr.seed a").first).to_be_visible()
    page.get_by_role("link", name="seed 2").click()
    expect(page).to_have_url(re.compile("/entry\\?.*entry="))
    expect(page.get_by_role("heading", level=1, name="gcae")).to_be_visible()
    wait_until_settled(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_selectable_table_every_figure_is_in_the_page_once_and_fits(open_page, context, width):
    page = open_page("/?corpus=sample")
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.get_by_role("rowheader", name="ant")).to_have_count(1)
    box = page.locator(".models")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    ars = page.locator(".models td.ars").first
    expect(ars).to_be_visible()
    assert re.fullmatch(r"\d+\.\d \[\d+\.\d, \d+\.\d\]", ars.inner_text().strip())
    row = page.locator(".models tbody tr:has(input)").first
    is_card = row.evaluate("row => getComputedStyle(row).display")
    assert is_card == ("grid" if width < 640 else "table-row")
