"""The leaderboard in a real browser."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from helpers.boards import predictions, sample_report
from helpers.browsing import NEEDS_CHROMIUM, SLOW, open_page
from playwright.async_api import Page as AsyncPage
from playwright.async_api import async_playwright
from playwright.sync_api import Page, expect
from serving import CHROMIUM, FAILED, SETTLED, RunningApp, serve_leaderboard, wait_until_settled

from arts.leaderboard.store.store import Store
from arts.leaderboard.web.page_state import PAGES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timed,  # the app and ten visitors need the machine to themselves
    NEEDS_CHROMIUM,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of two models on the sample."""
    folder = tmp_path_factory.mktemp("board")
    for seed, right in enumerate((0.6, 0.9)):
        sample_report(folder, f"model {seed}", right=right, seed=seed).save(folder / "results")
    return folder


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[RunningApp]:
    with serve_leaderboard(
        folder / "results", ARTS_CACHE_HOME=str(folder / "cache"), HF_HUB_OFFLINE="1"
    ) as served:
        yield served


def test_app_the_board_is_searched_and_sorted_and_a_link_keeps_it(page, app, browser):
    open_page(page, app, "/?corpus=laptop")
    page.get_by_role("textbox", name="Search").fill("gcae")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"^3 of \d+ models"))).to_be_visible()
    page.get_by_label("Sort by").click()
    page.get_by_role("option", name="accuracy").click()
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Intervention").click()
    page.get_by_role("option", name="adversarial").click()
    expect(page.get_by_text(re.compile(r"^1 of \d+ models"))).to_be_visible()
    expect(page).to_have_url(re.compile("intervention=adversarial"))
    link = page.url
    for part in ("corpus=laptop", "q=gcae", "sort=accuracy"):
        assert part in link or part == "corpus=laptop"
    fresh = browser.new_context()
    other = fresh.new_page()
    other.set_default_timeout(SLOW)
    other.goto(link)
    expect(other.get_by_text(re.compile(r"^1 of \d+ models"))).to_be_visible()
    expect(other.get_by_role("textbox", name="Search")).to_have_value("gcae")
    fresh.close()


def test_app_the_table_is_downloaded(page, app, tmp_path):
    open_page(page, app, "/?corpus=sample")
    with page.expect_download() as found:
        page.get_by_role("button", name="Download CSV").click()
    found.value.save_as(tmp_path / "board.csv")
    text = (tmp_path / "board.csv").read_text("utf-8")
    assert text.startswith("key,rank,model,accuracy,ars")
    assert "model 1" in text


def submit(page: Page, app: RunningApp, file: Path, name: str) -> None:
    open_page(page, app, "/submit?corpus=sample")
    page.get_by_label("Name of the model").fill(name)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    page.get_by_role("button", name="Check and score").click()


def test_app_an_upload_is_accepted_and_on_the_board(page, app, folder):
    submit(page, app, predictions(folder / "mine.csv", right=0.97, seed=31), "my fine model")
    expect(page.get_by_text("It would have rank")).to_be_visible()
    page.get_by_role("button", name="Add to the board").click()
    expect(page.get_by_text("my fine model is on the board")).to_be_visible()
    page.get_by_role("link", name="Open the entry").click()
    expect(page.get_by_text("my fine model").first).to_be_visible()
    open_page(page, app, "/?corpus=sample&q=my+fine+model")
    expect(page.get_by_text(re.compile(r"^1 of \d+ models"))).to_be_visible()


GOOD = "id,prediction\n"


@pytest.mark.parametrize(
    ("content", "file", "name", "message"),
    [
        (GOOD + "nobody,positive\n", "x.csv", "mine", "is not in the benchmark"),
        (GOOD + "restaurant-test-001_0,great\n", "x.csv", "mine", "unknown polarity 'great'"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "x.csv", "mine", "not text in UTF-8"),
        (b"x" * (25 << 20), "x.csv", "mine", "must be 20"),
        (GOOD, "x.csv", "<img src=x onerror=alert(1)>", "holds markup or begins like a formula"),
        (GOOD, "x.csv", '=HYPERLINK("x")', "holds markup or begins like a formula"),
    ],
    ids=["wrong ids", "wrong label", "binary", "25 MB", "markup", "formula"],
)
def test_app_an_upload_is_refused(page, app, folder, tmp_path, content, file, name, message):
    before = sorted((folder / "results").iterdir())
    (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    submit(page, app, tmp_path / file, name)
    expect(page.get_by_text(message).first).to_be_visible()
    expect(page.get_by_role("button", name="Add to the board")).to_have_count(0)
    assert sorted((folder / "results").iterdir()) == before


def test_app_the_playground_perturbs_a_sentence(page, app):
    open_page(page, app, "/playground")
    box = page.get_by_role("textbox", name="Sentence")
    box.fill("The soup was delicious, but the waiter was rude.")
    box.press("Tab")
    for strategy in ("REVTGT", "REVNON", "ADDDIFF"):
        expect(page.get_by_text(strategy).first).to_be_visible()
    expect(page.locator("ins").first).to_be_visible()
    wait_until_settled(page)


# Whether the theme is that of the media and the layout has not moved for 100 ms
AT_REST = """() => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches
    const [red] = getComputedStyle(document.querySelector(".stApp")).backgroundColor.match(/\\d+/)
    const boxes = [...document.querySelectorAll("section *")].map(box => box.getBoundingClientRect())
    const layout = JSON.stringify([innerWidth, red, document.documentElement.scrollWidth, boxes])
    if (layout !== window.layout) [window.layout, window.since] = [layout, performance.now()]
    return red < 128 === dark && performance.now() - window.since >= 100
}"""


@pytest.mark.parametrize("view", PAGES)
def test_app_every_page_fits_in_both_themes_and_has_names_for_its_controls(page, app, view):
    open_page(page, app, "/" if view == "board" else f"/{view}")
    assert not page.get_by_text("Page not found").count()
    for control in page.locator("section input:visible, section textarea:visible").all():
        assert any(map(control.get_attribute, ("aria-label", "aria-labelledby", "id")))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        backgrounds = set()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function(AT_REST)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            backgrounds.add(
                page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
            )
            if folder := os.environ.get("ARTS_SCREENSHOTS"):
                page.wait_for_timeout(2000)
                page.screenshot(path=f"{folder}/{view}-{width}-{scheme}.png")
        assert len(backgrounds) == 2


async def _walk(page: AsyncPage, address: str) -> None:
    """Click through all pages."""
    page.set_default_timeout(5 * SLOW)
    await page.goto(address)
    for view in PAGES.values():
        await page.get_by_role("link", name=view.title, exact=True).click()
        if view is PAGES["entry"]:  # its title is the name of a model
            await page.get_by_text(re.compile("^Rank (≈ )?1 of")).wait_for()
        else:
            await page.get_by_role("heading", level=1, name=view.title).wait_for()
        await page.locator(SETTLED).wait_for()
        assert not await page.locator(FAILED).count(), await page.locator(FAILED).first.inner_text()


async def _offer(page: AsyncPage, file: Path, name: str) -> None:
    """Upload on Submit, up to where it can be added."""
    await page.get_by_role("link", name=PAGES["submit"].title, exact=True).click()
    await page.get_by_label("Name of the model").fill(name)
    await page.locator("input[type=file]").set_input_files(file)
    await page.get_by_role("button", name="Remove").wait_for()
    await page.get_by_role("button", name="Check and score").click()
    await page.get_by_role("button", name="Add to the board").wait_for()


async def _add(page: AsyncPage, name: str) -> None:
    await page.get_by_role("button", name="Add to the board").click()
    await page.get_by_text(f"{name} is on the board").wait_for()


async def _ten_visitors(address: str, offers: dict[str, Path]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context()  # a tab is a visitor to the app, and the scripts are read once
        pages = [await context.new_page() for _ in range(10)]
        await asyncio.gather(*(_walk(page, address) for page in pages))
        five = list(zip(pages, offers.items(), strict=False))
        await asyncio.gather(*(_offer(page, file, name) for page, (name, file) in five))
        await asyncio.gather(*(_add(page, name) for page, (name, _) in five))
        await browser.close()


def test_app_ten_visitors_at_once_and_five_submissions_at_the_same_moment(app, folder):
    offers = {f"visitor {n}": predictions(folder / f"{n}.csv", seed=100 + n) for n in range(5)}
    with ThreadPoolExecutor(1) as pool:  # beside the browser of the other tests, which has this thread's loop
        pool.submit(asyncio.run, _ten_visitors(app.address, offers)).result()
    names = {entry.name for entry in Store((str(folder / "results"),), packaged=False).read().entries}
    assert set(offers) <= names
    assert "Traceback" not in (folder / "results.log").read_text()
