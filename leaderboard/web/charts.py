"""The charts of the app and of the exported page, as Vega-Lite specifications.

The charts are readable on light and dark backgrounds, and the color-blind can tell their colors apart.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

BLUE, ORANGE, GREY = "#0072B2", "#E69F00", "#888888"
MAX_INTERVALS = 50  # most rows that `ars_intervals` draws
MAX_SERIES = 7  # most series that `score_intervals` can tell apart
Chart = tuple[pd.DataFrame, dict[str, Any]]  # the data, and the Vega-Lite specification without them


def accuracy_against_ars(rows: pd.DataFrame) -> Chart:
    """A scatter plot with one point per entry, whose color and shape show the family of the model.

    Args:
        rows: Rows of a `board_table`.
    """
    spec = {
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 0.8},
        "height": 360,
        "encoding": {
            "x": _percent("accuracy", "accuracy (%)"),
            "y": _percent("ars", "ARS (%)"),
            "color": {"field": "family", "type": "nominal"},
            "shape": {"field": "family", "type": "nominal"},
            "tooltip": _tooltip("model", "accuracy", "ars", "status"),
        },
        "params": [{"name": "zoom", "select": "interval", "bind": "scales"}],
    }
    return rows[["model", "accuracy", "ars", "family", "status"]], spec


def ars_intervals(rows: pd.DataFrame, *, label_width: int = 220) -> Chart:
    """One line per entry: ARS as a dot on its interval, and accuracy as a ring.

    Whiskers show the range of ARS over the prompts of a language model, where there are several.

    Args:
        rows: Rows of a `board_table`, of which the first `MAX_INTERVALS` are drawn.
        label_width: Pixels after which the name of an entry is cut off.
    """
    axis = {"labelLimit": label_width, "labelOverlap": False}
    line = {"field": "model", "type": "nominal", "sort": None, "title": None, "axis": axis}
    drawn = rows[["model", "ars", "ars_low", "ars_high", "accuracy", "prompt_low", "prompt_high"]]
    drawn = drawn.head(MAX_INTERVALS)
    has_whiskers = bool(drawn["prompt_low"].notna().any())
    drawn = drawn if has_whiskers else drawn.drop(columns=["prompt_low", "prompt_high"])
    title = "ARS (%); ring: accuracy" + ("; whiskers: prompts" if has_whiskers else "")
    spec = {
        "height": {"step": 18},
        "encoding": {"y": line, "tooltip": _tooltip(*drawn.columns)},
        "layer": [
            {
                "mark": {"type": "bar", "height": 6, "color": BLUE, "opacity": 0.5},
                "encoding": _interval("ars_low", "ars_high", title=title),
            },
            *(_whiskers("prompt_low", "prompt_high") if has_whiskers else ()),
            {
                "mark": {"type": "point", "filled": True, "color": BLUE, "size": 50},
                "encoding": {"x": {"field": "ars", "type": "quantitative"}},
            },
            {
                "mark": {"type": "point", "color": ORANGE, "size": 50},
                "encoding": {"x": {"field": "accuracy", "type": "quantitative"}},
            },
        ],
    }
    return drawn, spec


def _whiskers(low: str, high: str) -> list[dict[str, Any]]:
    """The layers of a thin line with an end at both sides, for rows that have both values.

    Args:
        low: Name of the column with the lower end.
        high: Name of the column with the upper end.
    """
    known = [{"filter": f"isValid(datum.{low}) && isValid(datum.{high})"}]
    line = {
        "mark": {"type": "rule", "color": GREY},
        "encoding": {"x": _percent(low, ""), "x2": {"field": high}},
    }
    ends = (
        {
            "mark": {"type": "tick", "color": GREY, "height": 10},
            "encoding": {"x": {"field": end, "type": "quantitative"}},
        }
        for end in (low, high)
    )
    return [{"transform": known, **layer} for layer in (line, *ends)]


def score_intervals(rows: pd.DataFrame, title: str) -> Chart:
    """The scores of several series, such as entries, side by side: each is a dot on its interval.

    Args:
        rows: One row per score and series. The columns are ``score`` and ``series`` (their names), ``value``
            (percent), and ``low`` and ``high`` (the ends of its interval).
        title: Title of the legend of the series.
    """
    series: dict[str, Any] = {"field": "series", "type": "nominal", "sort": None, "title": title}
    series["legend"] = {"orient": "bottom", "columns": 1, "labelLimit": 280}
    spec = {
        "height": {"step": 14, "for": "offset"},
        "encoding": {
            "y": {"field": "score", "type": "nominal", "sort": None, "title": None},
            "yOffset": {"field": "series", "type": "nominal", "sort": None},
            "color": series,
            "tooltip": _tooltip("series", "score", "value", "low", "high"),
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 4, "opacity": 0.5},
                "encoding": _interval("low", "high", title="percent, with 95% interval"),
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
                "encoding": {"x": {"field": "value", "type": "quantitative"}, "shape": series},
            },
        ],
    }
    return rows, spec


def confusion_matrix(rows: pd.DataFrame) -> Chart:
    """A confusion matrix with gold labels as rows and predicted labels as columns.

    Args:
        rows: One row per cell. The columns are ``gold``, ``predicted``, ``count`` (number of instances) and
            ``share`` (percentage of the instances with this gold label).
    """
    label_axis = {"labelAngle": 0, "labelOverlap": False, "labelFlush": False}
    predicted = {"field": "predicted", "type": "nominal", "sort": None, "title": "predicted"}
    shade: dict[str, Any] = {"field": "share", "type": "quantitative", "legend": None}
    shade["scale"] = {"domain": [0, 100], "range": ["#F1F6FA", BLUE]}
    spec = {
        "height": 200,
        "encoding": {
            "x": {**predicted, "axis": label_axis},
            "y": {"field": "gold", "type": "nominal", "sort": None, "title": "gold"},
            "tooltip": _tooltip("gold", "predicted", "count", "share"),
        },
        "layer": [
            {"mark": "rect", "encoding": {"color": shade}},
            {
                "mark": {"type": "text", "fontSize": 15},
                "encoding": {
                    "text": {"field": "count", "type": "quantitative"},
                    "color": {"condition": {"test": "datum.share > 55", "value": "white"}, "value": "#222"},
                },
            },
        ],
    }
    return rows, spec


def adddiff_curve(rows: pd.DataFrame) -> Chart:
    """A curve of accuracy over the number of added aspects, with a band for its interval.

    Args:
        rows: One row per number of added aspects. The columns are ``added`` (the number), ``value`` (accuracy
            in percent), and ``low`` and ``high`` (the ends of its interval).
    """
    added = {"field": "added", "type": "ordinal", "title": "added aspects", "axis": {"labelAngle": 0}}
    spec = {
        "height": 260,
        "encoding": {"x": added, "tooltip": _tooltip(*rows.columns)},
        "layer": [
            {
                "mark": {"type": "area", "color": BLUE, "opacity": 0.2},
                "encoding": {"y": _percent("low", "accuracy (%)"), "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "color": BLUE, "point": True},
                "encoding": {"y": _percent("value", "accuracy (%)")},
            },
        ],
    }
    return rows, spec


def before_after_slopes(rows: pd.DataFrame, stages: tuple[str, str], *, title: str) -> Chart:
    """One line per model, from its score before an intervention to its score after it.

    Args:
        rows: Two rows per model. The columns are ``model``, ``stage`` (one of `stages`) and ``value``
            (percent).
        stages: Labels on the axis for before and after the intervention.
        title: Title of the score.
    """
    model: dict[str, Any] = {"field": "model", "type": "nominal", "title": None, "sort": None}
    model["legend"] = {"orient": "bottom", "columns": 3, "labelLimit": 110}
    spec = {
        "height": 440,
        "mark": {"type": "line", "point": {"filled": True, "size": 80}},
        "encoding": {
            "x": {
                "field": "stage",
                "type": "ordinal",
                "sort": list(stages),
                "title": None,
                "scale": {"padding": 0.3},
                "axis": {"labelAngle": 0, "labelLimit": 220},
            },
            "y": _percent("value", f"{title} (%)"),
            "color": model,
            "shape": model,
            "tooltip": _tooltip("model", "stage", "value"),
        },
    }
    return rows, spec


def _percent(field: str, title: str) -> dict[str, Any]:
    """A Vega-Lite channel for a column of percentages, on an axis that need not begin at zero.

    Args:
        field: Name of the column.
        title: Title of the axis.
    """
    return {"field": field, "type": "quantitative", "title": title, "scale": {"zero": False}}


def _interval(low: str, high: str, *, title: str) -> dict[str, Any]:
    """The Vega-Lite channels of a horizontal bar on an axis from 0 to 100.

    Args:
        low: Name of the column with the lower end of the bar.
        high: Name of the column with the upper end.
        title: Title of the axis.
    """
    return {"x": {**_percent(low, title), "scale": {"domain": [0, 100]}}, "x2": {"field": high}}


def _tooltip(*fields: str) -> list[dict[str, str]]:
    """A Vega-Lite tooltip that shows the values of these columns."""
    return [{"field": field} for field in fields]
