"""An entry: the command that measures it again, what to cite, and its page."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from boards import measured, started
from boards import opened as open_view
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import arts.evaluate
import arts.evaluation.benchmark
from arts.cli.app import command_app
from arts.data.schema import PERTURBATIONS
from arts.evaluation.adddiff_probes import AddDiffCurve, CurvePoint, PatternGap
from arts.evaluation.paired_tests import Difference
from arts.evaluation.report import ModelInfo, Report
from arts.generators.strategies.adddiff import TEMPLATES
from arts.interventions.adversarial import Adversarial
from arts.interventions.merge import Merge
from arts.interventions.unlearn import Unlearn
from arts.leaderboard.analysis.reproduction import asked_for, command_of, described, differing
from arts.leaderboard.store.citations import INTERVENTIONS, MODELS, papers
from arts.leaderboard.store.entry import FAMILIES, entry_of
from arts.leaderboard.store.store import PACKAGED, Store
from arts.merging.choices import Granularity
from arts.models.encoders import DEFAULT_ENCODER

REPORTS = sorted(PACKAGED.glob("*.json"))
WAYS = [
    Adversarial(),
    Adversarial(strategies=PERTURBATIONS[:1], ratio=1),
    Adversarial(holdout=("sentence", "before")),
    Adversarial(templates=("but", "side"), holdout=("sentence",)),
    Merge(),
    Merge("ties", adversarial=Adversarial(ratio=0.25)),
    Merge(domains=("restaurant", "my corpus")),
    Unlearn(),
    Unlearn(Adversarial(holdout=("sentence",))),
    Unlearn(Merge()),
    Unlearn(Merge("dare", adversarial=Adversarial(ratio=0.25))),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Report:
    return measured(tmp_path_factory.mktemp("report"), "mine")


@pytest.fixture
def results(tmp_path, monkeypatch) -> Path:
    return started(tmp_path, monkeypatch)


def zoo(report: Report, **model: object) -> Report:
    """As if it were of a model of the zoo."""
    known = {"kind": "zoo", "id": "bert", "seed": 3, "encoder": DEFAULT_ENCODER, **model}
    name = str(known["id"]) + (f" + {model['intervention']['name']}" if "intervention" in model else "")
    return report.model_copy(update={"model": ModelInfo(**known), "name": name})


def said(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What `arts evaluate` makes of its arguments, without measuring anything."""
    heard = SimpleNamespace()

    def measure(benchmark, models, seeds, start, intervention, name, *, curve):
        heard.__dict__.update(locals())
        return iter(())

    def load_benchmark(dataset):
        heard.dataset = dataset
        return SimpleNamespace(corpus=SimpleNamespace(name=dataset, notes=""))

    monkeypatch.setattr(arts.evaluate, "_measure", measure)
    monkeypatch.setattr(arts.evaluate, "_show", lambda *_: None)
    monkeypatch.setattr(arts.evaluation.benchmark, "load_benchmark", load_benchmark)
    found = CliRunner().invoke(command_app(arts.evaluate.evaluate), arguments, catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return heard


def settings(way: Adversarial | Merge | Unlearn) -> dict[str, object]:
    return {"name": way.name, **way.settings()}


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_the_command_of_a_packaged_report_measures_the_same(path, monkeypatch):
    report = Report.read_alone(path)
    command = command_of(report)
    heard = said(shlex.split(str(command))[2:], monkeypatch)
    model = report.model
    assert (heard.dataset, heard.models, heard.seeds) == (report.dataset.name, [model.id], [model.seed])
    assert (heard.start.encoder, heard.curve) == (model.encoder, bool(report.adddiff_curve))
    way = f" + {model.intervention['name']}" if model.intervention else ""
    assert heard.name == (None if report.name == model.id + way else report.name)
    if model.intervention is None:
        assert heard.intervention is None
    else:
        recorded = {name: model.intervention[name] for name in heard.intervention.settings()}
        asked = json.loads(json.dumps(settings(heard.intervention)))  # tuples are lists in a report
        assert asked == {"name": model.intervention["name"], **recorded}
    assert all("parser" in note for note in command.notes)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: described({"name": way.name, **way.settings()}))
def test_an_intervention_comes_back_from_its_command(report, way, monkeypatch):
    command = command_of(zoo(report, intervention=settings(way)))
    heard = said(list(command.arguments)[1:], monkeypatch)
    assert heard.intervention.settings() == way.settings()
    assert not command.notes


@given(
    some.sets(some.sampled_from(PERTURBATIONS), min_size=1),
    some.floats(0.01, 1),
    some.lists(some.sampled_from(list(TEMPLATES)), min_size=1, unique=True),
    some.sets(some.sampled_from(list(TEMPLATES)), max_size=3),
)
def test_adversarial_settings_come_back(strategies, ratio, templates, holdout):
    if not set(templates) - holdout:
        return
    chosen = tuple(strategy for strategy in PERTURBATIONS if strategy in strategies)
    way = Adversarial(chosen, ratio, tuple(templates), tuple(sorted(holdout)))
    assert asked_for(settings(way)).settings() == way.settings()


def test_what_the_command_cannot_ask_for_is_said(report):
    by_layer = Merge(granularity=Granularity.LAYER)
    assert differing(settings(by_layer), asked_for(settings(by_layer))) == {"granularity": "layer"}
    shuffled = replace(Adversarial(), seed=7)
    (note,) = command_of(zoo(report, intervention=settings(shuffled))).notes
    assert note == "Other than the command gives, the report has: seed 7."
    assert described(settings(by_layer)) == "merge, granularity layer"


def test_settings_that_are_not_ours_leave_the_plain_command(report):
    for made_up in ({"name": "prayer"}, {"name": "adversarial"}, {"name": "unlearn", "taught": 3}):
        command = command_of(zoo(report, intervention=made_up))
        assert "--intervention" not in command.arguments
        assert "does not know its intervention" in command.notes[0]


def test_what_a_model_started_from_is_in_the_command(report, monkeypatch):
    made = zoo(report, id="asgcn", encoder="a b", extras={"embeddings": "g.txt, SHA-256 ab", "parser": "p 3"})
    command = command_of(made)
    heard = said(shlex.split(str(command))[2:], monkeypatch)
    assert (heard.start.encoder, str(heard.start.embeddings)) == ("a b", "g.txt")
    assert command.notes == ("--embeddings: g.txt, SHA-256 ab.", "It needs the parser p 3.")
    ready = command_of(zoo(report, id="bert-pt", extras={"corpus": "post-trained already"}))
    assert said(list(ready.arguments)[1:], monkeypatch).start.post_trained


def test_names_predictions_and_custom_models(report):
    named = zoo(report, intervention=settings(Merge())).model_copy(update={"name": "new + merge"})
    assert command_of(named).arguments[-2:] == ("--name", "new")
    assert command_of(report).arguments[3:] == ("--predictions", "1.csv", "--name", "mine")
    place = report.model_copy(update={"model": ModelInfo(kind="custom", id="hf:some/model"), "name": "x"})
    assert str(command_of(place)) == "arts evaluate --dataset sample --model hf:some/model --name x"
    python = report.model_copy(update={"model": ModelInfo(kind="custom", id="Pipeline")})
    assert "PACKAGE.MODULE:ATTRIBUTE" in command_of(python).arguments
    other = report.dataset.model_copy(update={"name": "hotels", "files": {"hotels.csv": "ab"}})
    assert "(hotels.csv): give its path" in command_of(report.model_copy(update={"dataset": other})).notes[0]


def test_every_model_and_intervention_has_its_paper():
    assert set(MODELS) == set(FAMILIES)
    assert set(INTERVENTIONS) == set(arts.evaluate.InterventionName)
    every = {paper for model in MODELS for way in INTERVENTIONS for paper in papers(model, way)}
    assert len({paper.key for paper in every}) == len(every)
    for paper in every:
        assert paper.bibtex.count("{") == paper.bibtex.count("}")
    assert [paper.key for paper in papers("unheard of")] == ["xing-etal-2020-tasty"]


opened = partial(open_view, "entry")


def text(app: AppTest) -> str:
    parts = (app.header, app.subheader, app.markdown, app.caption, app.code, app.error, app.info)
    return "\n".join(str(one.value) for part in parts for one in part)


def test_the_page_shows_what_a_report_has(report, results, monkeypatch):
    monkeypatch.setattr("sys.argv", [*sys.argv, "--no-packaged"])
    report.save(results)
    key = entry_of(report).key
    app = opened(entry=key)
    assert not app.exception
    assert app.header[0].value == "mine"
    assert app.metric[0].value == f"{report.ars.value:.2f}%"
    assert "**verified**" in text(app)
    assert "arts evaluate --dataset sample --predictions 1.csv --name mine" in text(app)
    assert "--adddiff-curve" in text(app)
    assert "@inproceedings{xing-etal-2020-tasty" in text(app)
    assert app.query_params["entry"] in (key, [key])


def test_curve_and_gap_are_shown_where_they_are(report, results):
    points = tuple(CurvePoint(added=k, accuracy=report.accuracy) for k in range(6))
    gap = Difference(value=-4, low=-6, high=-2, only_first=1, only_second=9, p_value=0.02)
    made = zoo(report, intervention=settings(Adversarial(holdout=("sentence",)))).model_copy(
        update={
            "adddiff_curve": AddDiffCurve(units=77, points=points),
            "pattern_gap": PatternGap(
                units=66,
                seen_templates=("but",),
                unseen_templates=("sentence",),
                seen=report.accuracy,
                unseen=report.ars,
                gap=gap,
            ),
        }
    )
    made.save(results)
    app = opened(entry=entry_of(made).key)
    assert not app.exception
    assert "Over the 77 originals" in text(app)
    assert "Held out minus seen: -4.00 [-6.0, -2.0], p = 0.02, over 66 units" in text(app)
    assert "--intervention adversarial --holdout-templates sentence --adddiff-curve" in text(app)


def test_figures_that_were_made_up_are_not_shown(report, results, monkeypatch):
    monkeypatch.setattr("sys.argv", [*sys.argv, "--no-packaged"])
    better = report.ars.model_copy(update={"value": 99.0, "high": 100.0})
    made = report.model_copy(update={"ars": better})
    made.save(results)
    app = opened(entry=entry_of(made).key)
    assert app.metric[0].value == f"{report.ars.value:.2f}%"
    assert "claims accuracy" in text(app)


def test_a_published_entry_names_its_table(results):
    app = opened(entry="paper-mams-gcae")
    assert not app.exception
    assert app.header[0].value == "gcae \\(paper\\)"
    assert "Xing et al" in text(app)
    assert "arts evaluate --dataset mams --model gcae" in text(app)


def test_an_unknown_key_says_what_to_do(results):
    app = opened(entry="0123456789ab")
    assert 'No entry "0123456789ab" is on the board' in app.error[0].value
    assert not app.metric


def test_a_corpus_and_an_entry_can_be_chosen(results):
    app = opened(entry="paper-mams-gcae")
    app.segmented_control(key="corpus").set_value("restaurant").run()
    app.selectbox[0].select("paper-restaurant-asgcn").run()
    assert not app.exception
    assert app.header[0].value == r"asgcn \(paper\)"
    assert app.query_params["entry"] in ("paper-restaurant-asgcn", ["paper-restaurant-asgcn"])


def test_a_report_that_has_gone_is_said_to_have(report, results):
    path = report.save(results)
    (found,) = [entry for entry in Store((str(results),)).read().entries if entry.name == "mine"]
    app = opened(entry=found.key)
    path.unlink()
    app.run()
    assert not app.exception


def test_names_are_shown_as_they_are(report, results):
    report.model_copy(update={"name": "![x](http://a.example/b.png) $y$"}).write_json(results / "a.json")
    (found,) = [entry for entry in Store((str(results),)).read().entries if "example" in entry.name]
    app = opened(entry=found.key)
    assert app.header[0].value.startswith(r"\!\[x\]\(http\://a.example/b.png\) \$y\$")
    assert "**claimed**" in text(app)
