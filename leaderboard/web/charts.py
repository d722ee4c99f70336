"""The charts of the app and of the exported page, as Vega-Lite specifications.

None of them zooms or moves, so that a page scrolls under the wheel and under a finger.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from arts.leaderboard.web.chart_style import (
    BLUE,
    GREY,
    OCHRE,
    SERIES,
    SHAPES,
    TEXT,
    Chart,
    finished,
    percent,
    tooltip,
)
from arts.leaderboard.web.interval_rows import BAR, GAP, interval_rows, mark

MAX_INTERVALS = 50  # most rows that `ars_intervals` draws
MAX_SERIES = 12  # most series of `score_intervals` that a reader can keep in mind
RING = {"type": "point", "filled": False, "size": 60, "strokeWidth": 2, "opacity": 1, "color": OCHRE}
MATRIX_SHADES = ["#F1F6FA", "#56B4E9"]  # of a cell with none, and with all, of its row
MATRIX_TEXT = "#111111"
# One on each interval, and not on its name
ZERO_TICK = {"type": "tick", "color": TEXT, "thickness": 2, "height": BAR + GAP}
GAIN_TITLE = ["gain in points; the mark at 0: none", "dot: mean, with its 95% interval; ring: a seed"]
# What ARS is drawn against: the column of a `board_table`, and the horizontal axis
AGAINST: Mapping[str, Mapping[str, Any]] = {
    "accuracy": {"title": "accuracy (%)", "scale": {"zero": False}},
    "parameters": {
        "title": "parameters",
        "scale": {"type": "log"},
        "axis": {"format": "~s", "labelOverlap": True},
    },
    "minutes": {
        "title": "minutes of training",
        "scale": {"type": "log"},
        "axis": {"format": "~g", "labelOverlap": True},
    },
}


def ars_against(rows: pd.DataFrame, column: str) -> Chart:
    """A scatter plot of ARS with one point per row, whose color and shape show the family of the model.

    Args:
        rows: Rows of a `board_table`; those without a value in the column, or with 0 on an axis of powers,
            are not drawn.
        column: Name of the column of the horizontal axis, from `AGAINST`.
    """
    drawn = rows_with(rows, column)
    families = sorted(rows["family"].unique())  # also those not drawn: a family looks the same in all charts
    family: dict[str, Any] = {"field": "family", "type": "nominal", "title": None}
    legend = {"orient": "bottom", "columns": 3, "labelLimit": 0, "symbolSize": 90}
    colors = [SERIES[number % len(SERIES)] for number in range(len(families))]
    shapes = [SHAPES[number % len(SHAPES)] for number in range(len(families))]
    spec = {
        "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
        "height": 400,
        "encoding": {
            "x": {"field": column, "type": "quantitative", **AGAINST[column]},
            "y": percent("ars", "ARS (%)"),
            "color": {**family, "legend": legend, "scale": {"domain": families, "range": colors}},
            "shape": {**family, "legend": legend, "scale": {"domain": families, "range": shapes}},
            "tooltip": tooltip("model", column, "ars", "family", "status"),
        },
    }
    return drawn[[*dict.fromkeys(("model", column, "ars", "family", "status"))]], finished(spec)


def rows_with(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows of a `board_table` that `ars_against` can draw against a column."""
    known = rows[column].notna()
    if AGAINST[column]["scale"].get("type") == "log":
        known &= rows[column].fillna(0) > 0
    return rows[known]


def ars_intervals(rows: pd.DataFrame) -> Chart:
    """One line per row: ARS as a dot on its interval, and accuracy as a ring.

    Whiskers show the range of ARS over the prompts of a language model, where there are several.

    Args:
        rows: Rows of a `board_table`, of which the first `MAX_INTERVALS` are drawn.
    """
    names = {"model": "name", "ars": "value", "ars_low": "low", "ars_high": "high"}
    columns = [*names, "accuracy", "prompt_low", "prompt_high"]
    drawn = rows[columns].head(MAX_INTERVALS).rename(columns=names)
    has_whiskers = bool(drawn["prompt_low"].notna().any())
    title = "ARS (%), with its 95% interval; ring: accuracy" + ("; whiskers: prompts" if has_whiskers else "")
    ring = mark(
        RING,
        x={"field": "accuracy", "type": "quantitative"},
        needs=("accuracy",),
        shown=("name", "accuracy"),
    )
    return interval_rows(
        drawn,
        axis=_axis([0, 100], title),
        shown=("name", "value", "low", "high", "accuracy"),
        layers=[ring],
        behind=_whiskers("prompt_low", "prompt_high") if has_whiskers else (),
    )


def _whiskers(low: str, high: str) -> list[dict[str, Any]]:
    """The layers of a thin line with an end at both sides, for rows that have both values.

    Args:
        low: Name of the column with the lower end.
        high: Name of the column with the upper end.
    """
    line = mark(
        {"type": "rule", "color": GREY},
        x={"field": low, "type": "quantitative"},
        x2={"field": high},
        needs=(low, high),
    )
    ends = (
        mark(
            {"type": "tick", "color": GREY, "height": 10},
            x={"field": end, "type": "quantitative"},
            needs=(low, high),
        )
        for end in (low, high)
    )
    return [line, *ends]


def score_intervals(rows: pd.DataFrame, title: str) -> Chart:
    """The scores of several series, such as entries: each a dot on its interval, under its name.

    Args:
        rows: One row per score and series. The columns are ``score`` and ``series`` (their names), ``value``
            (percent), and ``low`` and ``high`` (the ends of its interval).
        title: What the scores are, for the axis.
    """
    named = rows.rename(columns={"score": "heading", "series": "name"})
    return interval_rows(
        named,
        axis=_axis([0, 100], f"{title} in percent, with 95% intervals"),
        shown=("name", "heading", "value", "low", "high"),
    )


def gain_intervals(rows: pd.DataFrame, seeds: pd.DataFrame, *, limit: float) -> Chart:
    """The mean gains of models by interventions with their intervals, the gain of each seed, and zero.

    Args:
        rows: One row per model and intervention. The columns are ``heading`` (the intervention), ``name``
            (the model), ``value`` (the mean gain in points), and ``low`` and ``high`` (the ends of its
            interval; missing where it is not known).
        seeds: One row per seed. The columns are ``heading``, ``name`` and ``seed_gain``.
        limit: The gain at both ends of the axis, in points.
    """
    chart, spec = interval_rows(
        rows,
        axis=_axis([-limit, limit], GAIN_TITLE),
        shown=("heading", "name", "value", "low", "high"),
        layers=[
            mark(ZERO_TICK, x={"datum": 0, "type": "quantitative"}, needs=("value",)),
            mark(
                {**RING, "size": 45},
                x={"field": "seed_gain", "type": "quantitative"},
                needs=("seed_gain",),
                shown=("heading", "name", "seed", "seed_gain"),
            ),
        ],
    )
    places = chart.loc[chart["kind"] == "mark", ["heading", "name", "y"]]
    dots = seeds.merge(places, on=["heading", "name"]).assign(kind="mark")
    return pd.concat([chart, dots], ignore_index=True), spec


def confusion_matrix(rows: pd.DataFrame) -> Chart:
    """A confusion matrix with gold labels as rows and predicted labels as columns.

    Args:
        rows: One row per cell. The columns are ``gold``, ``predicted``, ``count`` (number of instances) and
            ``share`` (percentage of the instances with this gold label).
    """
    label_axis = {"labelAngle": 0, "labelOverlap": False, "labelFlush": False}
    predicted = {"field": "predicted", "type": "nominal", "sort": None, "title": "predicted"}
    shade: dict[str, Any] = {"field": "share", "type": "quantitative", "legend": None}
    shade["scale"] = {"domain": [0, 100], "range": MATRIX_SHADES, "interpolate": "rgb"}
    spec = {
        "height": 200,
        "encoding": {
            "x": {**predicted, "axis": label_axis},
            "y": {"field": "gold", "type": "nominal", "sort": None, "title": "gold"},
            "tooltip": tooltip("gold", "predicted", "count", "share"),
        },
        "layer": [
            {"mark": {"type": "rect", "stroke": GREY}, "encoding": {"color": shade}},
            {
                "mark": {"type": "text", "fontSize": 15, "color": MATRIX_TEXT},
                "encoding": {"text": {"field": "count", "type": "quantitative"}},
            },
        ],
    }
    return rows, finished(spec)


def adddiff_curve(rows: pd.DataFrame) -> Chart:
    """A curve of accuracy over the number of added aspects, with an interval at each.

    Args:
        rows: One row per number of added aspects. The columns are ``added`` (the number), ``value`` (accuracy
            in percent), and ``low`` and ``high`` (the ends of its interval).
    """
    added = {"field": "added", "type": "ordinal", "title": "added aspects", "axis": {"labelAngle": 0}}
    title = "accuracy (%)"
    spec = {
        "height": 260,
        "encoding": {"x": added, "tooltip": tooltip(*rows.columns)},
        "layer": [
            {
                "mark": {"type": "rule", "color": BLUE, "strokeWidth": 3},
                "encoding": {"y": percent("low", title), "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "color": BLUE, "point": {"size": 70, "color": BLUE}},
                "encoding": {"y": percent("value", title)},
            },
        ],
    }
    return rows, finished(spec)


def _axis(domain: list[float], title: str | list[str]) -> dict[str, Any]:
    """The Vega-Lite channel of an axis above a chart, without a field."""
    return {
        "title": title,
        "scale": {"domain": domain, "nice": False},
        "axis": {"orient": "top", "tickCount": 8},
    }
