"""The command that measures an entry again."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from types import SimpleNamespace

import pytest
from helpers.boards import recorded_settings, zoo_report
from hypothesis import given
from hypothesis import strategies as some
from typer.testing import CliRunner

import arts.evaluate
import arts.evaluation.benchmark
from arts.cli import measurements
from arts.cli.app import command_app
from arts.data.label_names import LabelNames
from arts.data.schema import PERTURBATIONS
from arts.evaluation.probes import PROBES
from arts.evaluation.report import Report
from arts.evaluation.report_record import ModelInfo
from arts.generators.strategies.joints import TEMPLATES
from arts.interventions.adversarial import Adversarial
from arts.interventions.merge import Merge
from arts.interventions.registry import intervention_from
from arts.interventions.unlearn import Unlearn
from arts.leaderboard.analysis.intervention_words import intervention_label
from arts.leaderboard.analysis.reproduction import different_settings, evaluate_command
from arts.leaderboard.store.store import PACKAGED_RESULTS
from arts.merging.policies import Granularity
from arts.models.encoders import DEFAULT_ENCODER

REPORTS = sorted(PACKAGED_RESULTS.glob("*.json"))

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


def parse_command(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What `arts evaluate` makes of its arguments, without measuring anything."""
    heard = SimpleNamespace()

    def measure(benchmark, models, **options):
        heard.__dict__.update(options, models=models)
        return iter(())

    def load_benchmark(dataset, labels, **_):
        heard.dataset, heard.labels = dataset, labels
        return SimpleNamespace(corpus=SimpleNamespace(name=dataset, notes=""))

    monkeypatch.setattr(measurements, "measure", measure)
    monkeypatch.setattr(arts.evaluate, "show_results", lambda *_: None)
    monkeypatch.setattr(arts.evaluation.benchmark, "load_benchmark", load_benchmark)
    found = CliRunner().invoke(command_app(arts.evaluate.evaluate), arguments, catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return heard


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_reproduction_the_command_of_a_packaged_report_measures_the_same(path, monkeypatch):
    report = Report.load_without_predictions(path)
    command = evaluate_command(report)
    heard = parse_command(shlex.split(str(command))[2:], monkeypatch)
    model = report.model
    seed, encoder = model.seed or 1, model.encoder or DEFAULT_ENCODER  # language models have neither
    assert (heard.dataset, heard.models, heard.seeds) == (report.dataset.name, [model.id], [seed])
    probes = [name for name in PROBES if getattr(report, name.replace("-", "_"))]
    assert (heard.start.encoder, heard.probes) == (encoder, probes)
    way = f" + {model.intervention['name']}" if model.intervention else ""
    asked = f", {report.language_model.prompt}" if report.language_model else ""
    assert heard.name == (None if report.name == model.id + way + asked else report.name)
    if model.intervention is None:
        assert heard.intervention is None
    else:
        recorded = {name: model.intervention[name] for name in heard.intervention.settings()}
        asked = json.loads(json.dumps(recorded_settings(heard.intervention)))  # tuples are lists in a report
        assert asked == {"name": model.intervention["name"], **recorded}
    assert all("parser" in note for note in command.notes)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: intervention_label(recorded_settings(way)))
def test_reproduction_an_intervention_comes_back_from_its_command(report, way, monkeypatch):
    command = evaluate_command(zoo_report(report, way, seed=3))
    heard = parse_command(list(command.arguments)[1:], monkeypatch)
    assert heard.intervention.settings() == way.settings()
    assert not command.notes


@given(
    some.sets(some.sampled_from(PERTURBATIONS), min_size=1),
    some.floats(0.01, 1),
    some.lists(some.sampled_from(list(TEMPLATES)), min_size=1, unique=True),
    some.sets(some.sampled_from(list(TEMPLATES)), max_size=3),
)
def test_reproduction_adversarial_settings_come_back(strategies, ratio, templates, holdout):
    if not set(templates) - holdout:
        return
    chosen = tuple(strategy for strategy in PERTURBATIONS if strategy in strategies)
    way = Adversarial(chosen, ratio, tuple(templates), tuple(sorted(holdout)))
    assert intervention_from(recorded_settings(way)).settings() == way.settings()


def test_reproduction_what_the_command_cannot_ask_for_is_said(report):
    by_layer = Merge(granularity=Granularity.LAYER)
    recorded = recorded_settings(by_layer)
    assert different_settings(recorded, intervention_from(recorded).settings()) == {"granularity": "layer"}
    shuffled = replace(Adversarial(), seed=7)
    (note,) = evaluate_command(zoo_report(report, shuffled, seed=3)).notes
    assert note == "Other than the command gives, the report has: seed 7."


def test_reproduction_settings_that_are_not_ours_leave_the_plain_command(report):
    for made_up in ({"name": "prayer"}, {"name": "adversarial"}, {"name": "unlearn", "taught": 3}):
        command = evaluate_command(zoo_report(report, recorded=made_up, seed=3))
        assert "--intervention" not in command.arguments
        assert "does not know its intervention" in command.notes[0]


def test_reproduction_what_a_model_started_from_is_in_the_command(report, monkeypatch):
    made = zoo_report(
        report, seed=3, id="asgcn", encoder="a b", extras={"embeddings": "g.txt, SHA-256 ab", "parser": "p 3"}
    )
    command = evaluate_command(made)
    heard = parse_command(shlex.split(str(command))[2:], monkeypatch)
    assert (heard.start.encoder, str(heard.start.embeddings)) == (DEFAULT_ENCODER, "g.txt")
    on_encoder = evaluate_command(zoo_report(report, seed=3, id="asgcn", encoder="a b"))
    assert parse_command(list(on_encoder.arguments)[1:], monkeypatch).start.encoder == "a b"
    assert command.notes == ("--embeddings: g.txt, SHA-256 ab.", "It needs the parser p 3.")
    ready = evaluate_command(
        zoo_report(report, seed=3, id="bert-pt", extras={"corpus": "post-trained already"})
    )
    assert parse_command(list(ready.arguments)[1:], monkeypatch).start.post_trained


def test_reproduction_names_predictions_and_custom_models(report):
    named = zoo_report(report, Merge(), seed=3).model_copy(update={"name": "new + merge"})
    assert evaluate_command(named).arguments[-2:] == ("--name", "new")
    assert evaluate_command(report).arguments[3:] == ("--predictions", "1.csv", "--name", "mine")
    place = report.model_copy(update={"model": ModelInfo(kind="custom", id="hf:some/model"), "name": "x"})
    assert str(evaluate_command(place)) == "arts evaluate --dataset sample --model hf:some/model --name x"
    python = report.model_copy(update={"model": ModelInfo(kind="custom", id="Pipeline")})
    assert "PACKAGE.MODULE:ATTRIBUTE" in evaluate_command(python).arguments
    other = report.dataset.model_copy(update={"name": "hotels", "files": {"hotels.csv": "ab"}})
    assert (
        "(hotels.csv): give its path"
        in evaluate_command(report.model_copy(update={"dataset": other})).notes[0]
    )


@pytest.mark.parametrize("id", ["hf:some/model", "mine.models:Good", "bert"])
def test_reproduction_what_labels_stood_for_is_in_the_command(report, id, monkeypatch):
    names = LabelNames.of({"LABEL_0": "neg", "it's = 1": "positive", "2": "neutral"})
    model = ModelInfo(kind="zoo" if id == "bert" else "custom", id=id, labels=dict(names.names))
    dataset = report.dataset.model_copy(update={"name": "hotels.csv", "files": {"hotels.csv": "ab"}})
    made = report.model_copy(update={"model": model, "name": id, "dataset": dataset})
    command = evaluate_command(made)
    assert command.arguments[-2] == "--labels"
    assert parse_command(shlex.split(str(command))[2:], monkeypatch).labels == names


def test_reproduction_labels_of_a_file_of_predictions_are_in_the_command(report):
    model = report.model.model_copy(update={"labels": {"0": "negative", "1": "positive"}})
    command = evaluate_command(report.model_copy(update={"model": model}))
    assert "--labels 0=negative,1=positive" in str(command)
    assert "--labels" not in evaluate_command(report).arguments
