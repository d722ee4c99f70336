"""Language models on the board: family, spread over prompts, invalid answers, and texts of others."""

from __future__ import annotations

import pytest
from helpers.boards import page_opener, prepare_app
from helpers.respondents import Scripted, right

from arts.evaluation.benchmark import load_benchmark
from arts.evaluation.report import Report
from arts.leaderboard.analysis.reproduction import evaluate_command
from arts.leaderboard.analysis.table import board_table
from arts.leaderboard.store.entry import entry_of
from arts.leaderboard.web import charts
from arts.models.language_models.prompts import Prompt
from arts.models.language_models.shots import ShotChoice, Shots

HOSTILE = "<b>no</b> [here](http://y) \x1b[2J"


def unsure(prompt, instance):
    """Right by one prompt, always neutral by another, and nonsense on variants by the third."""
    if prompt.name == "marked":
        return "neutral"
    return (
        HOSTILE
        if prompt.name == "definition" and instance.strategy != "original"
        else right(prompt, instance)
    )


@pytest.fixture(scope="module")
def reports():
    further = {"refusals": (HOSTILE,), "reported_model": HOSTILE, "server": "http://127.0.0.1:1/v1"}
    return load_benchmark("sample").ask(Scripted(unsure, further=further), id="openai:mine")


def test_language_models_are_a_family_with_spread_tokens_and_time(reports):
    rows = board_table([entry_of(report) for report in reports])
    assert set(rows["family"]) == {"language model"}
    assert rows["invalid"].tolist() == [0, 0, 71.84]
    assert set(rows["tokens"]) == {490 * 12}
    assert set(rows["asking"]) == {0.01}
    assert set(rows["prompt_low"]) == {0.0}
    assert set(rows["prompt_high"]) == {100.0}
    assert rows["parameters"].isna().all()


@pytest.mark.parametrize(("prompts", "whiskers"), [((), 3), (("question",), 0)])
def test_language_models_whiskers_are_drawn_where_there_are_several_prompts(prompts, whiskers):
    asked = load_benchmark("sample").ask(Scripted(unsure), [Prompt.built_in(name) for name in prompts])
    data, spec = charts.ars_intervals(board_table([entry_of(report) for report in asked]))
    assert sum("prompt_low" in repr(layer) for layer in spec["layer"]) == whiskers
    assert data["prompt_low"].notna().any() == bool(whiskers)


COMMANDS = {
    (): "arts evaluate --dataset sample --model openai:mine --base-url http://127.0.0.1:1/v1",
    ("question",): "arts evaluate --dataset sample --model openai:mine --prompt question --base-url "
    "http://127.0.0.1:1/v1",
}


@pytest.mark.parametrize("prompts", COMMANDS)
def test_language_models_can_be_measured_again_by_a_command(prompts):
    respondent = Scripted(right, further={"server": "http://127.0.0.1:1/v1"})
    bench, templates = load_benchmark("sample"), [Prompt.built_in(name) for name in prompts]
    for report in bench.ask(respondent, templates, id="openai:mine"):
        assert str(evaluate_command(report)) == COMMANDS[prompts]


def test_language_models_command_has_shots_system_prompt_and_files():
    further = {"asked": "log-likelihood", "system": "Be brief.", "parameters": {"length_normalized": False}}
    respondent = Scripted(right, further=further)
    mine = Prompt("mine", "{{ text }} {{ aspect }}?")
    shots = Shots(2, ShotChoice.LABEL, 7)
    (report,) = load_benchmark("sample").ask(respondent, [mine], shots=shots, id="lm:mine", name="M")
    command = evaluate_command(report)
    assert str(command) == (
        "arts evaluate --dataset sample --model lm:mine --seed 7 --prompt mine.jinja --shots 2 "
        "--system-prompt 'Be brief.' --no-length-normalized --name M"
    )
    assert command.notes == ("Give the files of prompts that are not of this package.",)


def test_language_models_pages_show_texts_of_others_as_they_are(reports, tmp_path, monkeypatch):
    folder = prepare_app(tmp_path, monkeypatch, "--no-packaged")
    paths = [report.save(folder) for report in reports]
    key = entry_of(Report.load(paths[1]), paths[1]).key
    app = page_opener("entry")(entry=key)
    texts = [element.value for element in (*app.markdown, *app.caption)]
    assert any("352 answers are invalid (71.8%)" in text for text in texts)
    shown = [text for text in texts if "no" in text and "here" in text]
    assert shown
    assert not any("<b>" in text or "\x1b" in text or "[here](" in text for text in shown)
    codes = [code.value for code in app.code]
    assert any(code.startswith("user: The sentiment towards an aspect") for code in codes)
    assert any("\\x1b[2J" in code and "\x1b" not in code for code in codes)
