"""The HTML of the board's table."""

from __future__ import annotations

import re

import pytest
from helpers.board_entries import entry

from arts.data.schema import Strategy
from arts.evaluation.scores import Estimate
from arts.evaluation.verification import Status
from arts.interventions.position import Position
from arts.leaderboard.analysis.overview import OverviewRow
from arts.leaderboard.analysis.rows import BoardRow, board_rows, row_of
from arts.leaderboard.analysis.table import COLUMNS, rows_table
from arts.leaderboard.web.model_table import Order, overview_html, table_html

HOSTILE = "<img src=x onerror=alert(1)>\"'{{ 7*7 }}"


def html_of(*rows: BoardRow, order: Order | None = None) -> str:
    frame = rows_table(rows)
    order = order or Order("ars", turned=False)
    return table_html(
        frame, {row.key: row for row in rows}, columns=tuple(COLUMNS), order=order, label=HOSTILE
    )


def test_model_table_shows_what_others_wrote_as_it_is():
    hostile = dict.fromkeys(("name", "family", "encoder", "intervention"), HOSTILE)
    html = html_of(row_of(entry(50).model_copy(update=hostile)))
    assert "<img" not in html
    assert "49" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;&#34;&#39;") == 6
    assert "<img" not in overview_html([OverviewRow(HOSTILE)], [HOSTILE])


def test_model_table_says_over_which_units_accuracy_falls():
    changed = {
        "strategies": {Strategy.REVTGT: Estimate(value=67.81, low=60, high=70)},
        "originals": {Strategy.REVTGT: 82.19},
    }
    html = html_of(row_of(entry(50).model_copy(update=changed)))
    assert "82→68" in html
    assert (
        "Over the units with a REVTGT variant only: 82.2% of their originals are right, and 67.8% of these "
        "variants." in html
    )
    assert html.count('class="number change worst"') == 1


def test_model_table_says_what_an_intervention_does_where_its_name_is():
    row = row_of(entry(50).model_copy(update={"intervention": "position + mystery"}))
    help = f'title="position: {Position.card.summary}"'
    assert html_of(row).count(help) == 2  # at the name of the model, and in the column of interventions
    model = OverviewRow("mine", {"a": (row, None)})
    assert overview_html([model], ["a"]).count(help) == 1


@pytest.mark.parametrize(
    ("order", "direction"),
    [
        (Order("ars", turned=False), "descending"),
        (Order("ars", turned=True), "ascending"),
        (Order("rank", turned=False), "ascending"),
        (Order("model", turned=True), "descending"),
    ],
)
def test_model_table_says_by_what_it_is_sorted(order, direction):
    html = html_of(row_of(entry(50)), order=order)
    (sorted_by,) = re.findall(
        r'<th [^>]*aria-sort="(\w+)"[^>]*><button type="button" data-sort="(\w+)"', html
    )
    assert sorted_by == (direction, order.column)


def test_model_table_lists_claims_apart_and_seeds_below_their_model():
    published = row_of(entry(50).model_copy(update={"status": Status.PUBLISHED, "key": "p"}))
    seeds = board_rows([entry(40 + n).model_copy(update={"seed": n}) for n in (1, 2)])
    html = html_of(published, *seeds)
    ranked, claims = html.split("Not ranked")
    assert (ranked.count("<input"), claims.count("<input")) == (1, 1)
    assert re.findall(r">(seed \d)<", claims) == ["seed 1", "seed 2"]
    assert "The interval spans those of the seeds." in claims
