"""Language models as entrants: a report per prompt, what it says, and what it cannot claim."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from helpers.commands import call
from helpers.respondents import Scripted, right, sure

from arts.cli.evaluation_tables import evaluation_tables
from arts.cli.markdown import markdown_tables
from arts.cli.spreadsheet import csv_text
from arts.data.corpus import Corpus
from arts.evaluation.benchmark import Benchmark, load_benchmark
from arts.evaluation.report import Report
from arts.evaluation.summary import Summary
from arts.evaluation.verification import Status, verify
from arts.models.language_models.cost import Budget
from arts.models.language_models.prompts import Prompt
from arts.models.language_models.shots import ShotChoice, Shots

NONSENSE = "\x1b[2J I cannot say. " + "x" * 300


def unsure(prompt, instance):
    """Right, but for nonsense on variants by one prompt, and neutral by another."""
    if prompt.name == "definition" and instance.strategy != "original":
        return NONSENSE
    return "neutral" if prompt.name == "marked" else str(instance.polarity)


@pytest.fixture
def own(units):
    return Benchmark(Corpus("own", tuple(units)))


def test_language_models_are_reported_by_prompt_with_mean_and_spread(own):
    respondent = Scripted(unsure)
    reports = own.ask(respondent, id="openai:mine")
    assert [report.name for report in reports] == [
        f"openai:mine, {prompt}" for prompt in ("question", "definition", "marked")
    ]
    assert respondent.asked == [("question", 7), ("definition", 7), ("marked", 7)]
    assert [report.accuracy.value for report in reports] == [100, 100, 33.33]
    assert [report.ars.value for report in reports] == [100, 33.33, 33.33]
    assert [report.invalid for report in reports] == [0, 4, 0]
    info = reports[1].language_model
    assert (str(info.accuracy), str(info.ars)) == ("77.78 (33.3 to 100.0)", "55.55 (33.3 to 100.0)")
    assert [(score.prompt, score.invalid) for score in info.prompts] == [
        ("question", 0),
        ("definition", 4),
        ("marked", 0),
    ]
    assert {report.language_model.prompts for report in reports} == {info.prompts}


def test_language_models_report_says_how_they_were_asked(own):
    further = {"refusals": ("JSON not used: no \x1b[31m",), "system": "Be brief."}
    prices = Budget(price_in=1_000_000, price_out=2_000_000)
    respondent = Scripted(unsure, further=further)
    report = own.ask(respondent, [Prompt.built_in("definition")], prices=prices)[0]
    info = report.language_model
    assert info.rendered.startswith("system: Be brief.\n\nuser: The sentiment towards")
    assert "Good soup, rude staff." in info.rendered
    assert info.prompt_checksum == Prompt.built_in("definition").checksum
    assert (info.facts.prompt_tokens, info.facts.completion_tokens, info.tokens) == (70, 14, 84)
    assert info.expense.cost == 70 + 2 * 14
    assert [len(text) for text in info.invalid_texts] == [200] * 4
    assert info.invalid_texts[0].startswith("\\x1b[2J I cannot")
    text = markdown_tables(Summary.of([report]))
    assert (
        "scripted, definition: asked by text; 70 tokens read and 14 written; 0.5 s for 7 requests; cost 98."
        in text
    )
    assert "scripted: JSON not used: no \\x1b[31m." in text
    assert (report.model.kind, report.model.id) == ("language-model", "scripted")


def test_language_models_numbers_are_of_each_prompt(own):
    reports = own.ask(Scripted(right))
    assert [report.language_model.facts.requests for report in reports] == [7, 7, 7]
    assert [report.language_model.facts.seconds for report in reports] == [0.5, 0.5, 0.5]


def test_language_models_have_a_row_per_prompt_and_one_of_their_mean(own):
    summary = Summary.of(own.ask(Scripted(unsure), id="lm:mine"))
    text = markdown_tables(summary)
    assert "| lm:mine, definition | 100.00 ±0.0 | 33.33 ±" in text
    assert "| lm:mine, 3 prompts | 77.78 (33.3 to 100.0) | 55.55 (33.3 to 100.0) |" in text
    assert "| 4 (57.1%) |" in text
    assert evaluation_tables(summary).renderables
    row = list(csv.DictReader(io.StringIO(csv_text(summary.reports))))[1]
    names = ("prompt", "shots", "prompt_tokens", "invalid", "asked_by")
    assert [row[name] for name in names] == ["definition", "0", "70", "4", "text"]
    (over_prompts,) = json.loads(summary.model_dump_json())["prompts"]
    assert over_prompts["prompts"] == ["question", "definition", "marked"]


@pytest.mark.parametrize("shots", [Shots(2, seed=3), Shots(1, ShotChoice.LABEL, 4)])
def test_language_models_shots_are_of_the_training_split_and_in_the_report(shots):
    bench = load_benchmark("sample")
    respondent = Scripted(right)
    (report,) = bench.ask(respondent, [Prompt.built_in("question")], shots=shots)
    tested = {instance.text for instance in bench.corpus.test}
    assert {len(shown) for shown in respondent.seen} == {shots.number}
    assert not any(one.text in tested for shown in respondent.seen for one in shown)
    info = report.language_model
    assert (info.shots.number, info.shots.seed, report.model.seed) == (shots.number, shots.seed, shots.seed)
    assert report.label.endswith(f"question, {info.shots.words[0]}, seed {shots.seed}")
    assert info.rendered.count("assistant: ") == shots.number


def test_language_models_without_probabilities_are_verified_and_loaded_again(tmp_path):
    for report in load_benchmark("sample").ask(Scripted(unsure), id="openai:mine"):
        path = report.save(tmp_path)
        again = Report.load(path)
        assert again.model_dump() == report.model_dump()
        checked = verify(again, source=path)
        assert checked.status is Status.VERIFIED
        assert checked.statement.endswith("; other prompts, tokens and time as reported")
    assert len(list(tmp_path.glob("*.json"))) == 3


def test_language_models_reports_that_are_blind_hold_no_text_of_the_corpus(own, tmp_path):
    (report,) = own.ask(Scripted(unsure), [Prompt.built_in("definition")])
    path = report.save(tmp_path, blind=True)
    assert "soup" not in path.read_text()
    assert "cannot say" not in path.read_text()
    assert json.loads(path.read_text())["language_model"]["rendered"] is None


def half_known(polarity):
    return sure(polarity) if polarity != "neutral" else None


def contrary(polarity):
    return polarity and (0.1, 0.1, 0.8)


@pytest.mark.parametrize(
    ("probabilities", "kept", "message"),
    [
        (sure, True, ""),
        (half_known, False, "no probabilities are kept; 6 of 7 valid answers have them, 6 with"),
        (
            contrary,
            False,
            "no probabilities are kept; 7 of 7 valid answers have them, 1 with",
        ),
    ],
)
def test_language_models_probabilities_are_those_of_the_answers_or_none(
    own, caplog, probabilities, kept, message
):
    (report,) = own.ask(Scripted(right, probabilities=probabilities), [Prompt.built_in("question")])
    assert (report.predictions.probabilities is not None) == kept
    assert message in caplog.text


def test_language_models_probabilities_of_invalid_answers_are_unknown(own, tmp_path):
    (report,) = own.ask(Scripted(unsure, probabilities=sure), [Prompt.built_in("definition")])
    again = Report.load(report.save(tmp_path)).predictions
    assert np.isnan(again.probabilities).any(1).sum() == report.invalid == 4


def other_score(report):
    report["language_model"]["prompts"][0]["ars"] = 99.0


def other_mean(report):
    report["language_model"]["accuracy"]["mean"] = 99.0


def other_prompt(report):
    report["language_model"]["prompt"] = "mine"


def more_invalid(report):
    report["language_model"]["invalid_texts"] = ["none"]


def not_asked(report):
    del report["language_model"]


def of_the_zoo(report):
    report["model"] |= {"kind": "custom"}


FORGED = {
    other_score: (2, "scores by prompt are not those of the report"),
    other_mean: (2, "mean or spread over the prompts is not that of their scores"),
    other_prompt: (2, "prompts are not all different, or lack"),
    more_invalid: (2, "invalid answers are more than there can be"),
    not_asked: (0, 'recomputed: it is of kind "language-model", but lacks how it was asked'),
    of_the_zoo: (0, 'recomputed: it is of kind "custom", but says how it was asked'),
}


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__)
def test_language_models_what_a_report_claims_of_them_is_checked(tmp_path, forge):
    report = load_benchmark("sample").ask(Scripted(right), [Prompt.built_in("question")])[0]
    path = report.save(tmp_path)
    content = json.loads(path.read_text())
    forge(content)
    path.write_text(json.dumps(content))
    done = call("arts.validate", path, folder=tmp_path)
    code, message = FORGED[forge]
    assert done.returncode == code
    assert message in done.stderr + done.stdout


def test_language_models_are_asked_probes_by_each_prompt_after_the_test_split(sample):
    def masked(prompt, instance):
        """Right, but for nonsense where the aspect is masked, by one prompt."""
        edited = any(edit.rule == "masked" for edit in instance.edits)
        return NONSENSE if edited and prompt.name == "marked" else str(instance.polarity)

    respondent = Scripted(masked)
    prompts = [Prompt.built_in("question"), Prompt.built_in("marked")]
    question, marked = Benchmark(sample).ask(respondent, prompts, probes=["aspect-masked"])
    count = question.aspect_masked.count
    assert [number for _, number in respondent.asked] == [490, 490, count, count]
    assert [report.aspect_masked.probed.value for report in (question, marked)] == [100, 0]
    assert question.language_model.facts.prompt_tokens == marked.language_model.facts.prompt_tokens == 4900
    assert marked.invalid == 0
