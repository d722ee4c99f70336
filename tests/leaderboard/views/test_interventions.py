"""The page of interventions."""

from __future__ import annotations

import re
from functools import partial

import pytest
from helpers.boards import open_view, zoo_report
from streamlit.testing.v1 import AppTest

from arts.interventions.adversarial import Adversarial
from arts.interventions.composition import compose
from arts.interventions.consistency import Consistency
from arts.interventions.merge import Merge
from arts.interventions.noaspect import NoAspect
from arts.interventions.position import Position
from arts.interventions.unlearn import Unlearn

MERGED = {
    "specialists": ["revtgt", "adddiff"],
    "coefficients": [0.25, 0.75],
    "norms": [1.5, 2.5],
    "cosines": [[1.0, 0.125], [0.125, 1.0]],
}

UNLEARNT = {"kept": 24, "stopped": "what is kept got worse", "tokens": 12345}

open_interventions = partial(open_view, "interventions")


def page_text(app: AppTest) -> str:
    parts = (app.subheader, app.markdown, app.caption, app.info, app.code)
    return "\n".join(str(one.value) for part in parts for one in part)


def test_interventions_the_page_shows_gains_and_tests(reports_by_share, results):
    for report in (zoo_report(reports_by_share[0.6]), zoo_report(reports_by_share[0.9], Adversarial())):
        report.save(results)
    app = open_interventions()
    assert not app.exception
    assert f"**adversarial**: {Adversarial.card.summary}" in page_text(app).replace("\\", "")
    gain = reports_by_share[0.9].ars.value - reports_by_share[0.6].ars.value
    (row,) = app.table[0].value.to_dict("records")
    assert (row["intervention"], row["model"], row["seeds"]) == ("adversarial", "bert", 1)
    assert re.fullmatch(re.escape(f"{gain:+.2f}") + r" \[\+\d+\.\d, \+\d+\.\d\]", row["gain"])
    (test,) = app.dataframe[0].value.to_dict("records")
    assert test["test"] == "p < 0.001"
    assert test["units won"] > test["units lost"]
    app.segmented_control(key="score").set_value("adddiff").run()
    variants = (reports_by_share[right].strategies["adddiff"].perturbed.value for right in (0.9, 0.6))
    assert app.dataframe[0].value["gain"][0] == pytest.approx(next(variants) - next(variants))


def test_interventions_without_predictions_there_is_no_test(reports_by_share, results):
    zoo_report(reports_by_share[0.6]).save(results)
    zoo_report(reports_by_share[0.9], Adversarial()).write_json(results / "alone.json")
    app = open_interventions()
    assert not app.exception
    assert app.dataframe[0].value["test"].isna().all()
    assert "Where the test is missing, predictions are" in page_text(app)


def test_interventions_a_merge_shows_what_it_came_to(reports_by_share, results):
    for seed, outcome, before, after in ((1, MERGED, 0.6, 0.9), (2, {}, 0.7, 0.8)):
        zoo_report(reports_by_share[before], seed=seed).save(results)
        zoo_report(reports_by_share[after], Merge(), seed=seed, outcome=outcome).save(results)
    app = open_interventions()
    assert not app.exception
    shown = app.table[1].value
    assert shown["coefficient"].tolist() == ["0.25", "0.75"]
    assert shown["cosine with adddiff"].tolist() == ["0.125", "1"]
    assert "seed 2: coefficients, norms and cosines not recorded" in page_text(app)


def test_interventions_unlearning_shows_where_it_stopped(reports_by_share, results):
    zoo_report(reports_by_share[0.6]).save(results)
    zoo_report(reports_by_share[0.9], Unlearn(), outcome=UNLEARNT).save(results)
    app = open_interventions()
    assert not app.exception
    (row,) = app.table[1].value.to_dict("records")
    assert (row["kept"], row["stopped"]) == ("24", "what is kept got worse")


def test_interventions_without_a_pair_the_page_says_how_to_make_one(reports_by_share, results):
    reports_by_share[0.6].save(results)
    app = open_interventions()
    assert not app.exception
    for name in ("adversarial", "merge", "unlearn"):
        assert f"--intervention {name} --output results" in page_text(app)


def test_interventions_an_empty_board_says_so_too(results):
    assert "--intervention merge" in page_text(open_interventions())


def test_interventions_all_that_reports_know_are_shown_by_their_settings(reports_by_share, results):
    known = [
        Adversarial(),
        Adversarial(ratio=0.25),
        Merge(),
        Unlearn(),
        Consistency(weight=1),
        Position(bias="dropout"),
        NoAspect(),
        compose([Consistency(), Position()]),
    ]
    made = [zoo_report(reports_by_share[0.9], intervention) for intervention in (None, *known)]
    made.append(zoo_report(reports_by_share[0.8], recorded={"name": "mystery", "grid": [1]}))
    made.append(zoo_report(reports_by_share[0.7], Position(), seed=2))  # which no plain one has
    results.mkdir()
    for number, report in enumerate(made):
        report.write_json(results / f"{number}.json")
    app = open_interventions()
    assert not app.exception
    titles = [
        "adversarial",
        "adversarial (0.25 of the variants)",
        "consistency (weight 1)",
        "consistency + position",
        "merge",
        "mystery",
        "noaspect",
        "position (by dropout)",
        "unlearn, beside adversarial",
    ]
    assert app.selectbox(key="way").options == ["all interventions", *titles]
    assert app.table[0].value["intervention"].str.replace("\\", "").tolist() == titles
    assert [one.label for one in app.expander][
        -1
    ] == "1 entry has no plain model of the same encoder and seed"
    app.selectbox(key="way").select("position (by dropout)").run()
    assert len(app.table[0].value) == 1


def test_interventions_seeds_of_two_encoders_are_told_apart(reports_by_share, results):
    for encoder, before, after in (("small", 0.6, 0.8), ("large", 0.7, 0.9)):
        zoo_report(reports_by_share[before], encoder=encoder).save(results)
        zoo_report(reports_by_share[after], Position(), encoder=encoder).save(results)
    app = open_interventions()
    assert not app.exception
    assert app.dataframe[0].value["model"].tolist() == ["bert, large", "bert, small"]
    assert app.table[0].value["model"].tolist() == ["bert, large", "bert, small"]
