"""The charts: who can read them, what they name, and that a page scrolls over them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pandas as pd
import pytest
from helpers.color_vision import VISIONS, ciede2000, contrast, lab

from arts.leaderboard.web import charts
from arts.leaderboard.web.board_charts import interval_chart, scatter_charts
from arts.leaderboard.web.chart_style import GREY, MOST_NAME, SERIES, TEXT

PAGES = {"light": ("#FFFFFF", "#2F2D2B"), "dark": ("#171614", "#EDEBE8")}  # background and text of the app
EXPORTED_DARK = "#121212"  # what browsers put behind a dark page that says no color
LONG = "bert, seed 1 (all-mpnet-base-v2, learning rate 2e-05, templates held out: side, sentence, before)"


def board(*names: str, **columns: object) -> pd.DataFrame:
    """Rows as of a `board_table`."""
    rows = {"accuracy": 75.0, "ars": 50.0, "ars_low": 45.0, "ars_high": 55.0, "status": "verified"}
    rows |= {"prompt_low": 40.0, "prompt_high": 60.0, "parameters": 10.0**7, "minutes": 2.0}
    frame = pd.DataFrame([{"model": name, "family": name, **rows} for name in names])
    return frame.assign(**columns)


ROWS = board("ant", "bee", LONG)
SCORES = pd.DataFrame(
    {"score": score, "series": series, "value": 50.0, "low": 40.0, "high": 60.0}
    for score in ("ARS", "accuracy")
    for series in ("ant", LONG)
)
GAINS = pd.DataFrame([{"heading": LONG, "name": "bert", "value": 20.0, "low": 15.0, "high": 25.0}])
SEEDS = pd.DataFrame([{"heading": LONG, "name": "bert", "seed": n, "seed_gain": 18.0 + n} for n in (1, 2)])
CURVE = pd.DataFrame([{"added": n, "value": 80.0 - n, "low": 75.0 - n, "high": 85.0 - n} for n in range(3)])
CELLS = pd.DataFrame([{"gold": "positive", "predicted": "negative", "count": 3, "share": 10.0}])
CHARTS = {
    **{f"ARS against {column}": charts.ars_against(ROWS, column) for column in charts.AGAINST},
    "ARS": charts.ars_intervals(ROWS),
    "scores": charts.score_intervals(SCORES, "accuracy"),
    "gains": charts.gain_intervals(GAINS, SEEDS, limit=30),
    "confusion": charts.confusion_matrix(CELLS),
    "curve": charts.adddiff_curve(CURVE),
}
every_chart = pytest.mark.parametrize("name", CHARTS)


def parts(spec: Any) -> Iterator[tuple[str, Any]]:
    """All keys of a specification with their values, however deep."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            yield key, value
            yield from parts(value)
    elif isinstance(spec, list):
        for item in spec:
            yield from parts(item)


def colors_of(spec: Any) -> set[str]:
    """The colors that a specification gives to marks and text."""
    found = {value for key, value in parts(spec) if key in ("color", "stroke") and isinstance(value, str)}
    ranges = (value for key, value in parts(spec) if key == "range")
    return found | {color for one in ranges for color in one if color.startswith("#")}


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [  # pairs 1, 7, 17 and 25 of the test data of Sharma et al. (2005)
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ],
)
def test_charts_distance_of_colors_is_that_of_its_authors(first, second, distance):
    assert ciede2000(first, second) == pytest.approx(distance, abs=5e-5)


@pytest.mark.parametrize("vision", VISIONS)
def test_charts_nine_colors_are_told_apart(vision):
    assert len(SERIES) == 9
    distances = [ciede2000(lab(a, vision), lab(b, vision)) for a, b in combinations(SERIES, 2)]
    assert min(distances) > 13


@pytest.mark.parametrize("color", [*SERIES, GREY])
@pytest.mark.parametrize("background", [*(page[0] for page in PAGES.values()), EXPORTED_DARK])
def test_charts_marks_stand_out_from_a_page(color, background):
    assert contrast(color, background) >= 3


@every_chart
def test_charts_have_colors_that_are_read_on_both_pages(name):
    _, spec = CHARTS[name]
    allowed = {*SERIES, GREY, TEXT}
    if name == "confusion":
        shades = [*charts.MATRIX_SHADES]
        assert min(contrast(charts.MATRIX_TEXT, shade) for shade in shades) >= 4.5
        allowed |= {charts.MATRIX_TEXT, *shades}
    assert colors_of(spec) <= allowed
    assert {
        spec["config"][part][f"{what}Color"] for part in ("axis", "legend") for what in ("label", "title")
    } == {TEXT}
    assert {value for key, value in parts(spec) if key == "opacity"} <= {1}
    assert all(contrast(*page) >= 4.5 for page in PAGES.values())  # what TEXT is
    assert spec["usermeta"]["embedOptions"]["renderer"] == "svg"  # where TEXT is known


@every_chart
def test_charts_do_not_move_so_a_page_scrolls_over_them(name):
    assert not [key for key, _ in parts(CHARTS[name][1]) if key in ("params", "selection")]


@pytest.mark.parametrize(
    ("name", "kind", "times"), [("ARS", "name", 1), ("scores", "name", 2), ("gains", "heading", 1)]
)
def test_charts_show_the_whole_of_a_long_name(name, kind, times):
    data, spec = CHARTS[name]
    lines = data.loc[data["kind"] == kind, "text"].tolist()
    assert " ".join(lines).count(LONG) == times
    assert max(map(len, lines)) <= MOST_NAME
    assert data.loc[data["kind"] == kind, "y"].is_monotonic_increasing
    assert data["y"].max() < spec["height"]


def test_charts_a_row_without_an_interval_has_its_dot_alone():
    rows = pd.concat([GAINS, GAINS.assign(name="bare", low=None, high=None)])
    data, spec = charts.gain_intervals(rows, SEEDS, limit=30)
    filters = [layer["transform"][0]["filter"] for layer in spec["layer"] if "transform" in layer]
    assert "datum.kind === 'mark' && isValid(datum.low) && isValid(datum.high)" in filters
    assert data["seed_gain"].dropna().tolist() == [19, 20]
    assert data.loc[data["seed_gain"].notna(), "y"].unique().tolist() == [
        data.loc[(data["kind"] == "mark") & (data["name"] == "bert"), "y"].iloc[0]
    ]


def test_charts_gains_have_a_fixed_axis_with_zero_marked():
    _, spec = CHARTS["gains"]
    assert {tuple(value) for key, value in parts(spec) if key == "domain"} >= {(-30, 30)}
    (zero,) = (layer for layer in spec["layer"] if layer["encoding"]["x"].get("datum") == 0)
    assert zero["mark"]["type"] == "tick"  # one on each interval, so that no name is crossed


def test_charts_of_the_board_say_what_they_leave_out():
    rows = board("ant", "bee", "cow", parameters=[10.0**6, None, 10.0**7], minutes=[0.0, None, None])
    accuracy, parameters = scatter_charts(rows, "laptop")  # none against minutes: nobody has any
    assert (accuracy.remark, parameters.remark) == ("", "Without 1 of 3, which record none.")
    assert parameters.chart[0]["model"].tolist() == ["ant", "cow"]
    assert interval_chart(rows, "laptop").remark == ""
    many = board(*map(str, range(60)))
    assert interval_chart(many, "laptop").remark == "The first 50 of 60."


def test_charts_a_family_looks_the_same_in_all_charts_of_a_board():
    rows = board("ant", "bee", "cow", parameters=[None, 10.0**6, 10.0**7])
    domains = [chart.chart[1]["encoding"]["color"]["scale"]["domain"] for chart in scatter_charts(rows, "x")]
    assert domains == [["ant", "bee", "cow"]] * 3
