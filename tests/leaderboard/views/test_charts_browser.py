"""Charts and gains in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from helpers.boards import sample_report, zoo_report
from helpers.color_vision import contrast
from playwright.sync_api import Browser, Page, expect
from serving import RunningApp, serve_leaderboard

from arts.interventions.adversarial import Adversarial
from arts.leaderboard.store.store import Store

pytestmark = pytest.mark.slow

LONG = "held out in a way that takes a whole sentence to tell and that no axis has room for"
RIGHT = {None: (0.6, 0.7), Adversarial(): (0.9, 0.85)}  # by seed
BACKGROUNDS = {"light": (255, 255, 255), "dark": (23, 22, 20)}


@pytest.fixture(scope="module")
def served(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """An app with "bert", plain and adversarial, of two seeds each, and a model with a long name."""
    folder = tmp_path_factory.mktemp("charts")
    for intervention, shares in RIGHT.items():
        for seed, share in enumerate(shares, 1):
            report = sample_report(folder, "x", right=share, seed=int(100 * share))
            trained = zoo_report(
                report, intervention, seed=seed, parameters=10**7 * seed, train_seconds=60.0 * seed
            )
            trained.save(folder / "results")
    sample_report(folder, LONG, right=0.75, seed=3).save(folder / "results")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTS_CACHE_HOME", str(folder / "cache"))
        Store((str(folder / "results"),), packaged=False).read()
        with serve_leaderboard(
            folder / "results", "--no-packaged", ARTS_CACHE_HOME=str(folder / "cache"), HF_HUB_OFFLINE="1"
        ) as app:
            yield app


def hexadecimal(color: str) -> str:
    return "#" + "".join(f"{int(channel):02X}" for channel in re.findall(r"\d+", color)[:3])


@pytest.mark.parametrize("scheme", BACKGROUNDS)
def test_charts_text_is_read_in_both_themes(visit, scheme):
    page: Page = visit("/?corpus=sample", scheme=scheme)
    expect(page.locator(".vega-embed svg.marks")).to_have_count(4)
    background = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert hexadecimal(background) == "#" + "".join(f"{channel:02X}" for channel in BACKGROUNDS[scheme])
    fills = page.locator("svg.marks text").evaluate_all("all => all.map(one => getComputedStyle(one).fill)")
    assert len(fills) > 30
    assert min(contrast(hexadecimal(fill), hexadecimal(background)) for fill in set(fills)) >= 4.5


@pytest.mark.parametrize("width", [1280, 390])
def test_charts_every_name_is_shown_and_none_is_cut_off(visit, width):
    page: Page = visit("/?corpus=sample", width=width)
    chart = page.locator("svg.marks").last
    chart.scroll_into_view_if_needed()
    texts = chart.locator("text").all_text_contents()
    shown = " ".join(texts)
    for name in (LONG, "bert + adversarial"):
        assert name in shown
    assert "…" not in shown
    edge = chart.evaluate("svg => svg.getBoundingClientRect().right")
    ends = chart.locator("text").evaluate_all("all => all.map(one => one.getBoundingClientRect().right)")
    assert max(ends) <= edge + 1


def test_charts_the_wheel_over_one_scrolls_the_page(visit):
    page: Page = visit("/?corpus=sample")
    expect(page.locator("svg.marks")).to_have_count(4)
    chart = page.locator("svg.marks").first
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    box, labels = chart.bounding_box(), chart.locator("text").all_text_contents()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
    page.mouse.wheel(0, 200)
    page.wait_for_function(
        "y => Math.abs(document.querySelector('svg.marks').getBoundingClientRect().y - y) > 99", arg=box["y"]
    )
    assert chart.locator("text").all_text_contents() == labels


def test_interventions_gains_stand_around_zero_on_one_axis(visit):
    page: Page = visit("/interventions?corpus=sample")
    chart = page.locator("svg.marks")
    expect(chart).to_be_visible()

    def ticks() -> list[str]:
        return chart.locator(".role-axis-label text").all_text_contents()

    expect(page.get_by_text(re.compile(r"^adversarial gains most, for bert: \+"))).to_be_visible()
    before = ticks()
    assert "0" in before
    assert [tick.replace("−", "") for tick in before] == [tick.replace("−", "") for tick in before[::-1]]
    page.get_by_role("radio", name="accuracy").or_(page.get_by_role("button", name="accuracy")).first.click()
    expect(page.get_by_text(re.compile("points of accuracy"))).to_be_visible()
    assert ticks() == before
    page.get_by_text("The figures of the chart").click()
    expect(page.get_by_role("cell", name=re.compile(r"^\+\d+\.\d\d \["))).to_be_visible()
    assert "--" not in page.locator("[data-testid=stMain]").inner_text()
