"""The board's table: a row for each model, that can be ticked, opened to its seeds, and sorted.

It is HTML in the page itself, so a screen reader meets each figure once; on a narrow screen, the same rows
are laid out as cards. What is ticked is kept by the row's key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial
from importlib.resources import files
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st
from jinja2 import Environment, PackageLoader, select_autoescape

from arts.data.schema import PERTURBATIONS, Strategy
from arts.data.support.rounding import decimal_text
from arts.evaluation.verification import MEANING
from arts.leaderboard.analysis.headline import short_interval
from arts.leaderboard.analysis.intervention_words import intervention_summaries
from arts.leaderboard.analysis.overview import OverviewRow
from arts.leaderboard.analysis.rows import BoardRow
from arts.leaderboard.analysis.table import ASCENDING_COLUMNS, COLUMNS
from arts.leaderboard.web.selectable_table import replace_ticks, show_hidden, ticked_rows

FOLDER = files("arts.leaderboard.web")
TEXTS = ("model", "status", "family", "encoder", "intervention", "date")  # columns of words, not of numbers
STRATEGIES = tuple(map(str, PERTURBATIONS))
HELPS = {
    "rank": "Models that a paired test cannot tell apart from the best of the rank share it; ≈ where "
    "intervals are compared instead.",
    "ars": "Aspect Robustness Score in percent, with its 95% interval: the bar; its value is the line in it, "
    "and the ring is accuracy.",
    "accuracy": "Share of the original sentences that are answered right, in percent.",
    "revtgt": "Accuracy on the originals that have a REVTGT variant, and on these variants.",
    "revnon": "Accuracy on the originals that have a REVNON variant, and on these variants.",
    "adddiff": "Accuracy on the originals that have an ADDDIFF variant, and on these variants.",
    "same_side": "Change of accuracy, in points, when clauses are added that agree with the target, as "
    "reported. It must not fall: a model that loses here answers against whatever is added.",
    "lost": "Accuracy minus ARS, in points.",
    "seeds": "Number of training runs that the figures are the mean of.",
    "status": "How far the figures can be trusted.",
    "leaks": "Training and dev sentences that are in the test split, or nearly so, and training sets that "
    "the model's card names and that hold ARTS test sets.",
    "invalid": "Share of the answers that name no label; they count as wrong.",
    "tokens": "Read and written by a language model.",
}


class Order(NamedTuple):
    """By what a table is sorted.

    Args:
        column: Name of the column.
        turned: Whether its usual order is turned round.
    """

    column: str
    turned: bool

    @property
    def is_ascending(self) -> bool:
        """Whether the smallest value comes first."""
        return (self.column in ASCENDING_COLUMNS) != self.turned


def pick_rows(
    frame: pd.DataFrame,
    rows: Mapping[str, BoardRow],
    *,
    table: str,
    names: Mapping[str, str],
    columns: Sequence[str],
    order: Order,
    label: str,
    sort: Callable[[str], None],
) -> tuple[list[str], str | None]:
    """Show the table and let the visitor tick rows, sort it, and open an entry.

    Args:
        frame: The rows of a `board_table` to show, in their order.
        rows: The rows of the corpus, keyed by their key.
        table: Name of the table, by which ticks are kept.
        names: A label for each row of the corpus, under which it is named when it is not shown, by key.
        columns: Names of the columns to show.
        order: By what the rows are sorted.
        label: What the table shows, for screen readers.
        sort: Called with the name of a column whose heading was clicked, before the page runs again.

    Returns:
        The keys of the ticked rows that the table shows, and the key of the entry that is to be opened, or
        None.
    """
    widget, ticked = f"{table}-models", ticked_rows(table)
    state = _component()(
        key=widget,
        data={
            "html": table_html(frame, rows, columns=columns, order=order, label=label),
            "ticked": [key for key in frame.index if key in ticked],
        },
        on_ticks_change=partial(_keep_ticks, widget, names, table=table),
        on_sort_change=lambda: sort(str(st.session_state[widget]["sort"])),
        on_entry_change=lambda: None,
    )
    show_hidden(table, list(frame.index))
    return [key for key in frame.index if key in ticked], state.entry


def _keep_ticks(widget: str, names: Mapping[str, str], *, table: str) -> None:
    """Keep what a visitor has ticked, by key.

    Args:
        widget: Key of the table's widget.
        names: Labels of all rows of the corpus, keyed by the key of the row.
        table: Name of the table.
    """
    ticks = st.session_state[widget]["ticks"]
    shown = {key: names[key] for key in ticks["shown"] if key in names}
    replace_ticks(table, shown, ticked=ticks["ticked"])


@cache
def _component() -> Any:
    """The component of the table."""
    css, js = ((FOLDER / f"model_table.{kind}").read_text("utf-8") for kind in ("css", "js"))
    return st.components.v2.component("arts_models", css=css, js=js, isolate_styles=False)


@cache
def _template(name: str) -> Any:
    """A template of a table, which escapes all that it is given."""
    loader = PackageLoader("arts.leaderboard.web", "")
    return Environment(loader=loader, autoescape=select_autoescape()).get_template(name)


def table_html(
    frame: pd.DataFrame, rows: Mapping[str, BoardRow], *, columns: Sequence[str], order: Order, label: str
) -> str:
    """The table as HTML, in which all names are escaped.

    Args:
        frame: The rows of a `board_table` to show, in their order.
        rows: The rows of the corpus, keyed by their key.
        columns: Names of the columns to show.
        order: By what the rows are sorted.
        label: What the table shows, for screen readers.
    """
    models = [_model(rows[str(key)], record) for key, record in _records(frame)]
    ranked = [model for model in models if model["row"].is_ranked]
    claims = [model for model in models if not model["row"].is_ranked]
    parts = [{"heading": "", "models": ranked}] if ranked else []
    if claims:
        heading = "Not ranked: the figures are as reported, and no predictions were checked that give them"
        parts.append({"heading": heading, "models": claims})
    html: str = _template("model_table.html").render(
        parts=parts,
        titles={name: COLUMNS[name] for name in ("rank", "model", *columns) if name in ("model", *columns)},
        texts=TEXTS,
        strategies=STRATEGIES,
        helps=HELPS,
        meaning={str(status): words for status, words in MEANING.items()},
        sort=order.column,
        ascending=order.is_ascending,
        label=label,
    )
    return html


def overview_html(models: Sequence[OverviewRow], corpora: Sequence[str]) -> str:
    """The overview as HTML: a row for each model, and a column for each corpus.

    Args:
        models: The models.
        corpora: Names of the corpora.
    """
    html: str = _template("overview.html").render(
        models=models, corpora=corpora, figure=short_interval, help=_intervention_help
    )
    return html


def _records(frame: pd.DataFrame) -> Sequence[tuple[object, Mapping[str, Any]]]:
    """The rows of a frame as mappings, each with its key."""
    return list(zip(frame.index, frame.to_dict("records"), strict=True))


def _model(row: BoardRow, record: Mapping[str, Any]) -> dict[str, Any]:
    """What the template shows of a model, and of each of its seeds if there are several.

    Args:
        row: The row.
        record: Its row of the `board_table`.
    """
    return {
        "row": row,
        "cells": {name: _text(record[name]) for name in COLUMNS} | _figures(row) | _helps(row),
        "seeds": [
            {
                "row": seed,
                "cells": {"model": f"seed {seed.first.seed}", "status": seed.status} | _figures(seed),
            }
            for seed in row.by_seed
        ],
    }


def _figures(row: BoardRow) -> dict[str, str]:
    """The scores of a row as the table writes them, keyed by column, and where it loses most."""
    worst = row.worst_strategy
    return {
        "ars": f"{_number(row.ars.value)} [{_number(row.ars.low)}, {_number(row.ars.high)}]",
        "accuracy": _number(row.accuracy.value),
        "same_side": "–" if row.same_side is None else f"{row.same_side:+.1f}",
        "worst": str(worst) if worst else "",
        **{str(s): _change(row, s) for s in PERTURBATIONS},
    }


def _helps(row: BoardRow) -> dict[str, str]:
    """What the values of a row mean, in words, keyed by column and "_help"."""
    return {
        **dict.fromkeys(("model_help", "intervention_help"), _intervention_help(row.first.intervention)),
        "ars_help": "The interval spans those of the seeds." if row.spans_seeds else "",
        **{f"{s}_help": _change_help(row, s) for s in PERTURBATIONS},
    }


@lru_cache(maxsize=1 << 10)
def _intervention_help(name: str) -> str:
    """What each part of an intervention does, in words."""
    return "; ".join(f"{part}: {summary}" for part, summary in intervention_summaries(name).items())


def _change(row: BoardRow, strategy: Strategy) -> str:
    """Accuracy before and after a strategy, as in ``82→68``; a dash where it is not known."""
    if strategy not in row.strategies:
        return "–"
    before = _number(row.originals[strategy], 0) if strategy in row.originals else "?"
    return f"{before}→{_number(row.strategies[strategy].value, 0)}"


def _change_help(row: BoardRow, strategy: Strategy) -> str:
    """What a cell such as ``82→68`` is over, in words."""
    if strategy not in row.strategies or strategy not in row.originals:
        return ""
    name, before = str(strategy).upper(), _number(row.originals[strategy])
    after = _number(row.strategies[strategy].value)
    return (
        f"Over the units with a {name} variant only: {before}% of their originals are right, and {after}% of "
        "these variants."
    )


@lru_cache(maxsize=1 << 15)
def _number(value: float, decimals: int = 1) -> str:
    """A score as text; a table has the same ones many times."""
    return decimal_text(value, decimals)


def _text(value: Any) -> str:
    """A value of the table as text; a dash where there is none."""
    if value is None or value != value:
        return "–"
    if isinstance(value, float):
        return _number(value, 0 if value.is_integer() else 1)
    return str(value)
