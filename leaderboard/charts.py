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
