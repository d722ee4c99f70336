"""A board that everybody can reach, and what hostile visitors leave on it, in a real browser."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.boards import predictions, sample_report
from helpers.hostile import EVIL, HIDDEN, HOSTILE, SHOWN
from playwright.sync_api import Browser, Page, expect
from serving import CHROMIUM, RunningApp, serve_leaderboard, wait_until_settled

from arts.evaluation.report import Report
from arts.evaluation.verification import Status
from arts.leaderboard.store.entry import entry_of
from arts.leaderboard.store.store import Store
from arts.leaderboard.web.page_state import PAGES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]

PWNED = f"""() => window.pwned !== undefined || document.querySelectorAll(
    "[data-pwned], .katex, [src*='{EVIL}'], [href*='{EVIL}'], [href^='javascript'], [href^='mailto']"
).length > 0"""


def hostile_report(report: Report, facts: list[str]) -> Report:
    """The report as one of whose texts each is hostile."""
    model = report.model.model_copy(
        update={
            "kind": "custom",
            "id": facts[0],
            "encoder": facts[1],
            "intervention": {"name": "merge", "coefficients": facts},
            "extras": {f"{fact} {n}": fact for n, fact in enumerate(facts)},
            "recipe": dict.fromkeys(facts, 1.0),
        }
    )
    libraries = {fact: fact for fact in facts}
    provenance = report.provenance.model_copy(update={"platform": facts[2], "libraries": libraries})
    return report.model_copy(update={"model": model, "provenance": provenance})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of which every text is hostile: claims with such names, and one with predictions."""
    folder = tmp_path_factory.mktemp("public")
    (folder / "results").mkdir()
    report = sample_report(folder, "mine")
    for number, text in enumerate(HOSTILE.values()):
        report.model_copy(update={"name": text}).write_json(folder / "results" / f"claim {number}.json")
    image = {"name": SHOWN["Markdown image"], "checksum": "0" * 64}
    dataset = report.dataset.model_copy(update=image)
    report.model_copy(update={"dataset": dataset}).write_json(folder / "results" / "corpus.json")
    hostile_report(report, list(SHOWN.values())).save(folder / "results")
    (folder / "results" / "broken.json").write_text("{")
    return folder


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[RunningApp]:
    options = ("--no-packaged", "--address", "0.0.0.0", "--no-read-only")
    cache = str(folder / "cache")
    with serve_leaderboard(folder / "results", *options, ARTS_CACHE_HOME=cache, HF_HUB_OFFLINE="1") as served:
        yield served


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("dialog", lambda dialog: page.asked.append(f"{EVIL} dialog"))
    yield page
    context.close()


def open_page(page: Page, address: str) -> str:
    """Open a page, find that nothing was executed or asked for, and return its text."""
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    wait_until_settled(page)
    return check_harmless(page)


def check_harmless(page: Page) -> str:
    assert not page.evaluate(PWNED)
    assert not [url for url in page.asked if EVIL in url]
    text = page.locator("body").inner_text()
    assert "Traceback" not in text
    return text


def test_public_board_shows_what_is_hostile_as_it_is_written(page, app, folder):
    store = Store((str(folder / "results"),), packaged=False)
    entries = store.read().entries
    for view in PAGES.keys() - {"playground", "submit"}:  # which show nothing that others wrote
        text = open_page(page, f"{app.address}/{'' if view == 'board' else view}?corpus=sample")
        assert str(folder) not in text
    (whole,) = (entry for entry in entries if entry.has_predictions)
    text = open_page(page, f"{app.address}/entry?entry={whole.key}").replace("\u2060", "")
    for what in ("image with a handler", "Markdown link", "Markdown image", "emphasis", "LaTeX", "directive"):
        assert SHOWN[what] in text, what


def test_public_board_believes_nothing_that_is_hostile(folder):
    board = Store((str(folder / "results"),), packaged=False).read()
    names = {entry.name for entry in board.entries}
    assert not names & set(HIDDEN.values())
    assert {entry.status for entry in board.entries if not entry.has_predictions} == {Status.CLAIMED}
    assert len(board.invalid_files) >= len(HIDDEN)
    assert all(len(entry.encoder) <= 201 for entry in board.entries)
    assert not [file.statement for file in board.excluded_files if str(folder) in file.statement]


def test_public_board_names_no_folder_and_guards_every_column_of_its_csv(page, app, folder, tmp_path):
    open_page(page, f"{app.address}/?corpus=sample")
    page.get_by_text("files are not on the board").click()
    expect(page.get_by_text("broken.json: ")).to_be_visible()
    assert str(folder) not in page.locator("body").inner_text()
    with page.expect_download() as found:
        page.get_by_role("button", name="Download CSV").click()
    found.value.save_as(tmp_path / "board.csv")
    with (tmp_path / "board.csv").open(newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "@", "+"))]


def test_public_board_takes_a_submission_once_and_shows_what_is_said_of_it(page, app, folder):
    open_page(page, f"{app.address}/submit?corpus=sample")
    page.get_by_label("Name of the model").fill("a fair [name](x)")
    for label, text in (("Paper", f"[paper](http://{EVIL})"), ("Code", f"http://{EVIL}/code"), ("Seed", "7")):
        page.get_by_label(label, exact=True).fill(text)
    page.locator("input[type=file]").set_input_files(predictions(folder / "fair.csv", right=0.7, seed=9))
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    page.get_by_role("button", name="Check and score").click()
    expect(page.get_by_text("self-submitted, recomputed here")).to_be_visible()
    before = len(list((folder / "results").glob("*.parquet")))
    page.get_by_role("button", name="Add to the board").dblclick()
    expect(page.get_by_text("is on the board.")).to_be_visible()
    expect(page.get_by_role("button", name="Add to the board")).to_have_count(0)
    assert len(list((folder / "results").glob("*.parquet"))) == before + 1
    page.get_by_role("link", name="Open the entry").click()
    expect(page.get_by_text("self-submitted, recomputed here")).to_be_visible()
    expect(page.get_by_text("Code, as submitted")).to_be_visible()
    assert f"http://{EVIL}/code" in check_harmless(page).replace("\u2060", "")
    added = Store((str(folder / "results"),), packaged=False).read().by_key
    (entry,) = (entry for entry in added.values() if entry.name.startswith("a fair"))
    assert (entry.status, entry.seed, entry.submission.code) == (
        Status.RECOMPUTED,
        7,
        f"http://{EVIL}/code",
    )
    assert entry_of(entry.report, Path(entry.path)) == entry
