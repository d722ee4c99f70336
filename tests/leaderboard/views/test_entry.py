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
    parts = (app.title, app.subheader, app.markdown, app.caption, app.code, app.error, app.info)
    return "\n".join(str(one.value) for part in parts for one in part)


def test_entry_the_page_shows_what_a_report_has(report, packaged_results, monkeypatch):
    monkeypatch.setattr("sys.argv", [*sys.argv, "--no-packaged"])
    report.save(packaged_results)
    key = entry_of(report).key
    app = open_entry(entry=key)
    assert not app.exception
    assert app.title[0].value == "mine"
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


def test_entry_the_model_stands_among_its_kin(reports_by_share, results):
    elsewhere = reports_by_share[0.7].dataset.model_copy(update={"name": "mine", "checksum": "other"})
    seeds = [zoo_report(reports_by_share[share], seed=seed) for seed, share in ((1, 0.6), (2, 0.8))]
    others = [
        zoo_report(reports_by_share[0.9], id="capsbert", seed=1, parameters=1234567, train_seconds=90.0),
        zoo_report(reports_by_share[0.7], seed=1).model_copy(update={"dataset": elsewhere}),
    ]
    for report in (*seeds, *others[:1]):
        report.save(results)
    others[1].write_json(results / "mine.json")
    first, second = (entry_of(report) for report in seeds)
    app = open_entry(entry=first.key)
    assert not app.exception
    assert app.title[0].value == "bert, seed 1"
    shown = text(app).replace("\\", "")
    assert "Rank 2 of 2 on sample: right on" in shown
    assert "(mean of 2 seeds); most is lost under" in shown
    assert "Mean of 2 seeds: ARS" in shown
    assert "This is seed 1." in shown
    links = [one.proto.label for one in app.get("page_link")]
    assert f"Seed 2: ARS {second.ars.value:.2f}" in links
    assert f"mine: ARS {others[1].ars.value:.2f}" in links
    app = open_entry(entry=entry_of(others[0]).key)
    facts = {key: value for one in app.table for key, value in one.value.iloc[:, 0].items()}
    assert facts["Paper"] == "Jiang et al., 2019"
    assert facts["Licence of the code"] == "MIT"
    assert (facts["Parameters"], facts["Training"]) == ("1,234,567", "90.0 s")
    assert (facts["Epoch"], facts["Leaks"]) == ("not known how chosen", "not checked")
    assert "Seeds" not in text(app)


def test_entry_what_can_be_made_again_is_said(report, packaged_results, monkeypatch):
    monkeypatch.setattr("sys.argv", [*sys.argv, "--no-packaged"])
    report.save(packaged_results)
    shown = text(open_entry(entry=entry_of(report).key))
    assert "Its scores are computed again from its predictions and the corpus." in shown
    assert "only the file of predictions can be scored again" in shown
    assert "No probe was made" in shown


def test_entry_a_published_entry_names_its_table(packaged_results):
    app = open_entry(entry="paper-mams-gcae")
    assert not app.exception
    assert app.title[0].value == "gcae \\(paper\\)"
    assert "Xing et al" in text(app)
    assert "on mams" in text(app)
    links = [one.proto.label.partition(" ")[0] for one in app.get("page_link")]
    assert {"laptop:", "restaurant:"} <= {*links}
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
    assert app.title[0].value == r"asgcn \(paper\)"
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
    assert app.title[0].value.startswith("\\!\\[x\\]\\(http\u2060\\://a.example/b.png\\) \\$y\\$")
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


def test_entry_no_folder_of_somebody_is_shown(report, results):
    made = zoo_report(report, encoder="/home/me/my-models/mpnet", extras={"embeddings": "/srv/w/glove.txt"})
    made.save(results)
    app = open_entry(entry=entry_of(made).key)
    assert not app.exception
    shown = text(app) + "".join(str(one.value) for one in app.table)
    assert "glove.txt" in shown
    assert "Folders are left out of the command" in shown
    for folder in ("/home", "/srv", "my-models", str(results.parent)):
        assert folder not in shown
