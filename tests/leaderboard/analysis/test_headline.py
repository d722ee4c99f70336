"""The first sentences of the board."""

from __future__ import annotations

import pytest
from helpers.board_entries import entry

from arts.data.schema import Strategy
from arts.evaluation.scores import Estimate
from arts.evaluation.verification import Status
from arts.leaderboard.analysis.headline import headline
from arts.leaderboard.analysis.overview import overview
from arts.leaderboard.analysis.rows import BoardRow, row_of

LEADS = "leads with an ARS of {}, in the paper."


def rows_with(*scores: float, worst: str = "") -> list[BoardRow]:
    """Rows of the paper with these ARS; `worst` has the last letter of the strategy each loses most under."""
    rows = []
    for number, ars in enumerate(scores):
        drops = {s: 30.0 if str(s)[-1] == worst[number : number + 1] else 2.0 for s in list(Strategy)[1:]}
        figures = {s: Estimate(value=80 - drop, low=0, high=100) for s, drop in drops.items()}
        known = {"strategies": figures, "originals": dict.fromkeys(drops, 80.0)} if worst else {}
        changed = {"status": Status.PUBLISHED, "key": f"key {number}", "name": f"m{number}", **known}
        rows.append(row_of(entry(ars).model_copy(update=changed)))
    return rows


@pytest.mark.parametrize(
    ("rows", "certainty"),
    [
        (rows_with(60), ""),
        (rows_with(60, 59), "The next, m1, cannot be told apart from it."),
        (rows_with(60, 59, 58, 20), "The next 2, m1 and m2, cannot be told apart from it."),
        (rows_with(60, 59, 58, 57), "The next 3 cannot be told apart from it."),
        (
            rows_with(60, 30),
            "It is surely better than the second, m1 with 30.0 [26.0, 34.0] (the intervals do not overlap).",
        ),
    ],
)
def test_headline_says_how_sure_the_first_place_is(rows, certainty):
    found = headline(rows, {row.key: row.first.name for row in rows})
    assert (found.leader, found.figures) == ("m0", LEADS.format("60.0 [56.0, 64.0]"))
    assert found.certainty == certainty


@pytest.mark.parametrize(
    ("changes", "caution"),
    [
        ([None], ""),
        ([-4.9], ""),
        ([3.0], ""),
        ([-20.0, None], ""),
        (
            [-8.65, -21.88, -14.66],
            "But where what is added agrees with the target (same side), it loses 15.1 points: in part, "
            "it answers against whatever is added.",
        ),
    ],
)
def test_headline_warns_of_a_leader_that_answers_against_what_is_added(changes, caution):
    entries = [
        entry(60).model_copy(update={"status": Status.PUBLISHED, "key": str(n), "same_side": change})
        for n, change in enumerate(changes)
    ]
    row = row_of(*entries)
    found = headline([row], {row.key: "m"})
    assert found.caution == caution
    assert caution in found.rest


def test_headline_names_the_first_of_the_tied_that_does_not_answer_against_what_is_added():
    rows = [
        row_of(
            entry(ars).model_copy(update={"status": Status.PUBLISHED, "key": str(ars), "same_side": change})
        )
        for ars, change in ((60, -9.0), (59, -8.0), (58, None), (57, -1.0), (56, 0.0), (20, 2.0))
    ]
    found = headline(rows, {row.key: f"m{row.key}" for row in rows})
    assert found.caution.endswith("whatever is added. m57, tied with it, does not.")


@pytest.mark.parametrize(
    ("worst", "losses"),
    [
        ("", ""),
        ("ttn", "Most models (2 of 3) lose most under REVTGT."),
        ("nnn", "Most models (3 of 3) lose most under REVNON."),
        ("ftn", "Models lose most under ADDDIFF (1 of 3) more often than elsewhere."),
    ],
)
def test_headline_says_where_most_models_lose(worst, losses):
    rows = rows_with(60, 50, 40, worst=worst)
    assert headline(rows, {row.key: row.label for row in rows}).losses == losses


def test_headline_of_claims_alone_is_none():
    assert headline([row_of(entry(60))], {}) is None
    assert headline([], {}) is None


def test_overview_has_a_model_once_with_all_its_corpora():
    first, second = rows_with(60, 50), rows_with(30, 20)
    models = overview({"a": first, "b": [second[1]], "c": [row_of(entry(95))]})
    assert [(model.label, list(model.cells)) for model in models] == [
        ("m0 (paper)", ["a"]),
        ("m1 (paper)", ["a", "b"]),
    ]
