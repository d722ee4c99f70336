"""`arts evaluate` on language models: the command, with a server of our own on this machine."""

from __future__ import annotations

import json

import pytest
from helpers.chat_server import KEY, Fail, Say, chatting
from helpers.commands import call

pytest.importorskip("openai", reason="needs openai, of the extra llm")

RIGHT = Say('{"label": "positive"}')


@pytest.fixture
def few(write):
    """Two units of one sentence each, and two sentences to train on."""
    rows = {
        "test": [("1", "The soup is good.", "positive"), ("2", "The bill is rude.", "negative")],
        "train": [("3", "The wine is fine.", "positive"), ("4", "The cake is dry.", "negative")],
    }
    for split, sentences in rows.items():
        lines = [
            {
                "id": id,
                "text": text,
                "aspects": [{"term": text[4:8], "start": 4, "end": 8, "polarity": polarity}],
            }
            for id, text, polarity in sentences
        ]
        write(f"few/{split}.jsonl", "\n".join(map(json.dumps, lines)))
    return "few"


def nonsense_for_bills(body, number):
    return Say("who knows") if "bill" in body["messages"][-1]["content"] else RIGHT


@pytest.fixture
def served(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with chatting(nonsense_for_bills) as server:
        yield server


def evaluate(server, few, folder, *options):
    given = ("--dataset", few, "--model", "openai:tiny", "--base-url", server.base_url)
    return call("arts.evaluate", *given, *options, folder=folder)


def test_evaluate_language_models_prints_a_row_per_prompt_and_their_spread(served, few, tmp_path):
    prices = ("--price-in", "10", "--price-out", "10")
    done = evaluate(served, few, tmp_path, "--output", "out", *prices)
    assert done.returncode == 0, done.stderr
    for row in ("openai:tiny, question", "openai:tiny, definition", "openai:tiny, marked", "3 prompts"):
        assert row in done.stdout
    assert "1 (50.0%)" in done.stdout
    assert "; cost 0.00" in done.stdout
    reports = [json.loads(path.read_text()) for path in (tmp_path / "out").glob("*.json")]
    assert {report["language_model"]["prompt"] for report in reports} == {"question", "definition", "marked"}
    assert all(report["language_model"]["invalid_texts"] == ["who knows"] for report in reports)
    everything = done.stdout + done.stderr + json.dumps(reports)
    assert KEY not in everything
    assert call("arts.validate", "out", folder=tmp_path).returncode == 0


def test_evaluate_language_models_asks_a_known_version_nothing_twice(served, few, tmp_path):
    served.listed = [{"id": "tiny", "created": 1700000000}]
    one = ("--prompt", "question", "--shots", "2", "--format", "json")
    first, second = (evaluate(served, few, tmp_path, *one) for _ in range(2))
    report = json.loads(second.stdout)
    assert report["language_model"]["shots"] == {"number": 2, "by": "label", "seed": 1}
    assert report["name"] == "openai:tiny, question, 2 shots"
    assert json.loads(first.stdout)["language_model"]["facts"]["requests"] == 2
    assert report["language_model"]["facts"]["requests"] == 1  # which finds that it is the same version


def test_evaluate_language_models_dry_run_forecasts_and_asks_nothing(served, few, tmp_path):
    prices = ("--price-in", "1000000", "--price-out", "0", "--dry-run")
    done = evaluate(served, few, tmp_path, *prices)
    assert done.returncode == 0, done.stderr
    assert served.requests == []
    assert "3 prompts" in done.stdout
    assert "Tokens: counted by characters / 4" in done.stdout
    assert "Time: no run has measured how fast openai:tiny answers here." in done.stdout
    assert "Cost: not known" not in done.stdout


FAULTS = {
    ("--max-cost", "1"): "--max-cost needs --price-in and --price-out",
    ("--prompt", "quest"): 'unknown prompt "quest"',
    ("--prompt", "gone.jinja"): "gone.jinja: no such file",
    ("--prompt", "question", "--prompt", "question"): "--prompt question is given 2 times",
    ("--prompt", "bad.jinja"): 'it reads "body"; expected text, aspect',
    ("--prompt", "question", "--prompt", "question.jinja"): 'two are called "question"; rename the file',
    ("--shots", "3"): "--shots 3: the training split has 2 instances",
    ("--max-tokens", "10"): "--max-tokens 10",
}


@pytest.mark.parametrize("options", FAULTS, ids=" ".join)
def test_evaluate_language_models_what_cannot_be_is_one_line(served, few, tmp_path, write, options):
    write("bad.jinja", "{{ text }} {{ body }}")
    write("question.jinja", "{{ text }} {{ aspect }}?")
    done = evaluate(served, few, tmp_path, *options, "--output", "out")
    assert done.returncode == 2
    assert FAULTS[options] in done.stderr.splitlines()[-1]
    assert done.stdout == ""
    assert KEY not in done.stderr
    assert not (tmp_path / "out").exists()


def test_evaluate_language_models_waits_are_told(few, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def busy_at_first(body, number):
        return Fail(429, "slow down", {"retry-after": "0.1"}) if number < 3 else RIGHT

    with chatting(busy_at_first) as server:
        done = evaluate(server, few, tmp_path, "--prompt", "question")
    assert done.returncode == 0, done.stderr
    assert "of 2 answers: " in done.stderr
    assert "slow down; trying again in 0 s" in done.stderr
    assert " retries" in done.stdout
