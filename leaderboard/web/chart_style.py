"""What all charts have in common: colors, the look of text and axes, and how a specification is finished.

One specification serves light and dark pages, in the app and in the exported page. So charts are drawn as
SVG, whose text takes the color of the page around it; and every color of a mark has a contrast of at least
3:1 to both backgrounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

Chart = tuple[pd.DataFrame, dict[str, Any]]  # the data, and the Vega-Lite specification without them

# Nine colors that are at least 13 units of CIEDE2000 apart, also for people who do not see red, green or blue
SERIES = (
    "#0072B2",
    "#C3870F",
    "#2DA587",
    "#FF4B78",
    "#8787FF",
    "#876900",
    "#B42D78",
    "#9687A5",
    "#5A694B",
)
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-right", "triangle-down")
BLUE, OCHRE, GREY = SERIES[0], SERIES[1], "#888888"
TEXT = "currentColor"  # that of the page around the chart
MOST_NAME = 52  # characters of a line beside a chart, which a phone has room for

_CONFIG = {
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": TEXT,
        "titleColor": TEXT,
        "domainColor": GREY,
        "tickColor": GREY,
        "gridColor": GREY,
        "gridOpacity": 0.3,
        "labelFontSize": 12,
        "titleFontSize": 13,
    },
    "legend": {"labelColor": TEXT, "titleColor": TEXT, "labelFontSize": 12, "titleFontSize": 13},
    "text": {"color": TEXT},
}


def finished(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A Vega-Lite specification with the look that all charts share."""
    return {**spec, "config": _CONFIG, "usermeta": {"embedOptions": {"renderer": "svg"}}}


def percent(field: str, title: str = "") -> dict[str, Any]:
    """A Vega-Lite channel for a column of percentages, on an axis that need not begin at zero.

    Args:
        field: Name of the column.
        title: Title of the axis.
    """
    return {"field": field, "type": "quantitative", "title": title, "scale": {"zero": False}}


def tooltip(*fields: str) -> list[dict[str, str]]:
    """A Vega-Lite tooltip that shows the values of these columns."""
    return [{"field": field} for field in fields]
