"""The page of one entry."""

from __future__ import annotations

import sys
from functools import partial

from helpers.boards import open_view, zoo_report
from helpers.classifiers import gold
from streamlit.testing.v1 import AppTest

from arts.evaluation.adddiff_probes import AddDiffCurve, CurvePoint, PatternGap
from arts.evaluation.benchmark import load_benchmark
from arts.evaluation.paired_tests import Difference
from arts.evaluation.scores import Estimate
from arts.interventions.adversarial import Adversarial
from arts.leaderboard.store.entry import entry_of
from arts.leaderboard.store.store import Store

open_entry = partial(open_view, "entry")


def text(app: AppTest) -> str:
    parts = (app.header, app.subheader, app.markdown, app.caption, app.code, app.error, app.info)
    return "\n".join(str(one.value) for part in parts for one in part)


def test_entry_the_page_shows_what_a_report_has(report, packaged_results, monkeypatch):
    monkeypatch.setattr("sys.argv", [*sys.argv, "--no-packaged"])
    report.save(packaged_results)
    key = entry_of(report).key
    app = open_entry(entry=key)
    assert not app.exception
    assert app.header[0].value == "mine"
    assert app.metric[0].value == f"{report.ars.value:.2f}%"
    assert "**recomputed**" in text(app)
    assert "arts evaluate --dataset sample --predictions 1.csv --name mine" in text(app)
    assert "--adddiff-curve" in text(app)
    assert "@inproceedings{xing-etal-2020-tasty" in text(app)
    assert app.query_params["entry"] in (key, [key])


def test_entry_curve_and_gap_are_shown_where_they_are(report, packaged_results):
    points = tuple(CurvePoint(added=k, accuracy=report.accuracy) for k in range(6))
    gap = Difference(value=-4, low=-6, high=-2, only_first=1, only_second=3, p_value=0.625)
    made = zoo_report(report, Adversarial(holdout=("sentence",)), seed=3).model_copy(
        update={
            "adddiff_curve": AddDiffCurve(units=138, points=points),
            "pattern_gap": PatternGap(
                units=50,
                seen_templates=("but",),
                unseen_templates=("sentence",),
                seen=Estimate(value=50, low=36, high=64),
                unseen=Estimate(value=46, low=32, high=60),
                gap=gap,
            ),
        }
    )
    made.save(packaged_results)
    app = open_entry(entry=entry_of(made).key)
    assert not app.exception
    assert "Over the 138 originals" in text(app)
    assert "Held out minus seen: -4.00 [-6.0, -2.0], p = 0.625, over 50 units" in text(app)
    assert "--intervention adversarial --holdout-templates sentence --adddiff-curve" in text(app)


def test_entry_figures_that_were_made_up_are_not_shown(report, packaged_results, monkeypatch):
    monkeypatch.setattr("sys.argv", [*sys.argv, "--no-packaged"])
    better = report.ars.model_copy(update={"value": 99.0, "high": 100.0})
    made = report.model_copy(update={"ars": better})
    made.save(packaged_results)
    app = open_entry(entry=entry_of(made).key)
    assert app.metric[0].value == f"{report.ars.value:.2f}%"
    assert "claims accuracy" in text(app)


def test_entry_a_published_entry_names_its_table(packaged_results):
    app = open_entry(entry="paper-mams-gcae")
    assert not app.exception
    assert app.header[0].value == "gcae \\(paper\\)"
    assert "Xing et al" in text(app)
    assert "arts evaluate --dataset mams --model gcae" in text(app)


def test_entry_an_unknown_key_says_what_to_do(packaged_results):
    app = open_entry(entry="0123456789ab")
    assert 'No entry "0123456789ab" is on the board' in app.error[0].value
    assert not app.metric


def test_entry_a_corpus_and_an_entry_can_be_chosen(packaged_results):
    app = open_entry(entry="paper-mams-gcae")
    app.segmented_control(key="corpus").set_value("restaurant").run()
    app.selectbox[0].select("paper-restaurant-asgcn").run()
    assert not app.exception
    assert app.header[0].value == r"asgcn \(paper\)"
    assert app.query_params["entry"] in ("paper-restaurant-asgcn", ["paper-restaurant-asgcn"])


def test_entry_a_report_that_has_gone_is_said_to_have(report, packaged_results):
    path = report.save(packaged_results)
    (found,) = [entry for entry in Store((str(packaged_results),)).read().entries if entry.name == "mine"]
    app = open_entry(entry=found.key)
    path.unlink()
    app.run()
    assert not app.exception


def test_entry_names_are_shown_as_they_are(report, packaged_results):
    report.model_copy(update={"name": "![x](http://a.example/b.png) $y$"}).write_json(
        packaged_results / "a.json"
    )
    (found,) = [entry for entry in Store((str(packaged_results),)).read().entries if "example" in entry.name]
    app = open_entry(entry=found.key)
    assert app.header[0].value.startswith("\\!\\[x\\]\\(http\u2060\\://a.example/b.png\\) \\$y\\$")
    assert "**claimed**" in text(app)


def test_entry_probes_are_shown_with_what_they_say(packaged_results, monkeypatch):
    monkeypatch.setattr("sys.argv", [*sys.argv, "--no-packaged"])
    probed = load_benchmark("sample").evaluate(gold, name="oracle", probes=["aspect-swapped"])
    probed.save(packaged_results)
    key = entry_of(probed).key
    app = open_entry(entry=key)
    assert not app.exception
    assert "Probes" in text(app)
    assert "Asked about another aspect with another label, its answer changes in 100.00" in text(app)
    assert "--probe aspect-swapped" in text(app)
    assert "majority of the other aspects, accuracy 42.03" in text(open_view("board"))
