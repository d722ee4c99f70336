"""The plots of the app, as Vega-Lite; colours can be told apart by the colour-blind, and in both themes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

BLUE, ORANGE, GREY = "#0072B2", "#E69F00", "#888888"
Spec = tuple[pd.DataFrame, dict[str, Any]]


def show(chart: Spec, spoken: str) -> None:
    """Draw a chart, with words for those who cannot see it."""
    data, spec = chart
    st.vega_lite_chart(data, spec, alt=spoken)


def percent(field: str, title: str) -> dict[str, Any]:
    """A channel for a share in percent."""
    return {"field": field, "type": "quantitative", "title": title, "scale": {"zero": False}}


def scatter(rows: pd.DataFrame) -> Spec:
    """Accuracy against ARS, by family."""
    data = rows[["model", "accuracy", "ars", "family", "status"]]
    spec = {
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 0.8},
        "height": 360,
        "encoding": {
            "x": percent("accuracy", "accuracy (%)"),
            "y": percent("ars", "ARS (%)"),
            "color": {"field": "family", "type": "nominal"},
            "shape": {"field": "family", "type": "nominal"},
            "tooltip": [{"field": name} for name in ("model", "accuracy", "ars", "status")],
        },
        "params": [{"name": "zoom", "select": "interval", "bind": "scales"}],
    }
    return data, spec


def intervals(rows: pd.DataFrame) -> Spec:
    """ARS with its interval, an entry a line."""
    data = rows[["model", "ars", "ars_low", "ars_high", "accuracy"]]
    line = {"field": "model", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 220}}
    tooltip = [{"field": name} for name in ("model", "ars", "ars_low", "ars_high", "accuracy")]
    spec = {
        "height": {"step": 18},
        "encoding": {"y": line, "tooltip": tooltip},
        "layer": [
            {
                "mark": {"type": "bar", "height": 6, "color": BLUE, "opacity": 0.5},
                "encoding": {
                    "x": {**percent("ars_low", "ARS (%); ring: accuracy"), "scale": {"domain": [0, 100]}},
                    "x2": {"field": "ars_high"},
                },
            },
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
    return data, spec


def side_by_side(rows: pd.DataFrame, title: str) -> Spec:
    """Figures with their intervals, a group of lines a figure.

    Args:
        rows: with the columns ``score, series, value, low, high``.
        title: of what the series are.
    """
    series = {"field": "series", "type": "nominal", "sort": None, "title": title}
    below = {"orient": "bottom", "columns": 1, "labelLimit": 280}
    names = ("series", "score", "value", "low", "high")
    spec = {
        "height": {"step": 14, "for": "offset"},
        "encoding": {
            "y": {"field": "score", "type": "nominal", "sort": None, "title": None},
            "yOffset": {"field": "series", "type": "nominal", "sort": None},
            "color": {**series, "legend": below},
            "tooltip": [{"field": name} for name in names],
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 4, "opacity": 0.5},
                "encoding": {
                    "x": {**percent("low", "percent, with 95% interval"), "scale": {"domain": [0, 100]}},
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
                "encoding": {
                    "x": {"field": "value", "type": "quantitative"},
                    "shape": {**series, "legend": below},
                },
            },
        ],
    }
    return rows, spec


def confusion(rows: pd.DataFrame) -> Spec:
    """Counts, gold labels down and predictions across; `rows`: ``gold, said, count, share``."""
    spec = {
        "height": 200,
        "encoding": {
            "x": {
                "field": "said",
                "type": "nominal",
                "sort": None,
                "title": "predicted",
                "axis": {"labelAngle": 0, "labelOverlap": False, "labelFlush": False},
            },
            "y": {"field": "gold", "type": "nominal", "sort": None, "title": "gold"},
            "tooltip": [{"field": name} for name in ("gold", "said", "count", "share")],
        },
        "layer": [
            {
                "mark": "rect",
                "encoding": {
                    "color": {
                        "field": "share",
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"domain": [0, 100], "range": ["#F1F6FA", BLUE]},
                    }
                },
            },
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


def curve(rows: pd.DataFrame) -> Spec:
    """Accuracy over the number of added aspects, with its interval; `rows`: ``added, value, low, high``."""
    tooltip = [{"field": name} for name in rows.columns]
    spec = {
        "height": 260,
        "encoding": {
            "x": {"field": "added", "type": "ordinal", "title": "added aspects", "axis": {"labelAngle": 0}},
            "tooltip": tooltip,
        },
        "layer": [
            {
                "mark": {"type": "area", "color": BLUE, "opacity": 0.2},
                "encoding": {"y": percent("low", "accuracy (%)"), "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "color": BLUE, "point": True},
                "encoding": {"y": percent("value", "accuracy (%)")},
            },
        ],
    }
    return rows, spec


def slopes(rows: pd.DataFrame, stages: tuple[str, str], title: str) -> Spec:
    """Lines from before to after; `rows`: ``model, stage, value``."""
    model = {
        "field": "model",
        "type": "nominal",
        "title": None,
        "sort": None,
        "legend": {"orient": "bottom", "columns": 3, "labelLimit": 110},
    }
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
            "y": percent("value", f"{title} (%)"),
            "color": model,
            "shape": model,
            "tooltip": [{"field": name} for name in ("model", "stage", "value")],
        },
    }
    return rows, spec
