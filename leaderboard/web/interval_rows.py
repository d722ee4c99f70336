"""Charts of many intervals, one below the other, each under its whole name.

A name stands above its interval and not beside it: so a phone has room for long names as well, none is cut
off, and no color has to be looked up in a legend.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from arts.leaderboard.web.chart_style import BLUE, MOST_NAME, Chart, finished

ABOVE, HEADING, LINE, BAR, GAP = 8, 18, 15, 10, 6  # heights in pixels
MARKS, NAMES, HEADINGS = "mark", "name", "heading"  # kinds of rows in the data of a chart
Layer = Mapping[str, Any]


def interval_rows(
    rows: pd.DataFrame,
    *,
    axis: Mapping[str, Any],
    shown: Sequence[str],
    layers: Sequence[Layer] = (),
    behind: Sequence[Layer] = (),
) -> Chart:
    """A chart with one interval per row: a line from ``low`` to ``high`` and a dot at ``value``.

    Args:
        rows: One row per interval, with at least the columns ``name``, ``value``, ``low`` and ``high``. Rows
            that follow each other with the same ``heading``, where there is such a column, stand under it.
            Ends that are missing are not drawn.
        axis: The Vega-Lite channel of the horizontal axis, without a field.
        shown: Names of the columns that a tooltip shows.
        layers: Further layers, drawn over the intervals; `mark` makes them.
        behind: Layers drawn below the intervals.
    """
    placed, height = _place(rows)
    places = {"domain": [0, height], "reverse": True, "nice": False}
    spec = {
        "height": height,
        "encoding": {"y": {"field": "y", "type": "quantitative", "axis": None, "scale": places}},
        "layer": [
            *behind,
            _interval({**axis, "type": "quantitative"}, shown),
            *layers,
            mark(
                {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": BLUE},
                x={"field": "value", "type": "quantitative"},
                needs=("value",),
                shown=shown,
            ),
            _text(NAMES, fontSize=12),
            _text(HEADINGS, fontSize=14, fontWeight="bold"),
        ],
    }
    return placed, finished(spec)


def _interval(axis: Mapping[str, Any], shown: Sequence[str]) -> dict[str, Any]:
    """The layer of the lines from ``low`` to ``high``, which has the horizontal axis."""
    return mark(
        {"type": "rule", "strokeWidth": 4, "color": BLUE},
        x={**axis, "field": "low"},
        x2={"field": "high"},
        needs=("low", "high"),
        shown=shown,
    )


def mark(
    mark: Mapping[str, Any], *, needs: Sequence[str], shown: Sequence[str] = (), **encoding: object
) -> dict[str, Any]:
    """A layer that draws something on every row that has its values.

    Args:
        mark: The Vega-Lite mark.
        needs: Names of the columns without which nothing is drawn.
        shown: Names of the columns that a tooltip shows.
        encoding: The Vega-Lite channels besides ``y``.
    """
    known = " && ".join([f"datum.kind === '{MARKS}'", *(f"isValid(datum.{name})" for name in needs)])
    return {
        "transform": [{"filter": known}],
        "mark": {"aria": False, **mark},  # the chart has a description as a whole
        "encoding": {**encoding, "tooltip": [{"field": field} for field in shown]},
    }


def _text(kind: str, **look: object) -> dict[str, Any]:
    """The layer of the lines of one kind, from the left edge of the chart on."""
    return {
        "transform": [{"filter": f"datum.kind === '{kind}'"}],
        "mark": {"type": "text", "align": "left", "baseline": "middle", **look},
        "encoding": {"x": {"value": 0}, "text": {"field": "text", "type": "nominal"}},
    }


def _place(rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Rows with their place in pixels from the top, between the lines of their names; and the height of all.

    Names that are longer than `MOST_NAME` characters take several lines.
    """
    placed: list[dict[str, Any]] = []
    y, heading = 0, None
    for row in rows.to_dict("records"):
        if row.get("heading") != heading:
            heading, y = row.get("heading"), y + ABOVE
            for line in _lines(str(heading)):
                placed.append({"kind": HEADINGS, "text": line, "y": y + HEADING // 2})
                y += HEADING
        for line in _lines(str(row["name"])):
            placed.append({"kind": NAMES, "text": line, "y": y + LINE // 2})
            y += LINE
        placed.append({**row, "kind": MARKS, "y": y + BAR // 2})
        y += BAR + GAP
    return pd.DataFrame(placed), y


def _lines(name: str) -> list[str]:
    """The lines of a name, of which nothing is left out."""
    return textwrap.wrap(name, MOST_NAME) or [name]
