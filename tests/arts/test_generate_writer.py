"""`arts generate --writer`: the command, with a server of our own on this machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time

import pytest
from helpers.chat_server import KEY, Say, Slow, chatting
from helpers.commands import call

pytest.importorskip("openai", reason="needs openai, of the extra llm")

WORDS = ("soup", "cake", "wine", "fish", "rice", "stew")
GOOD_BAD = {"good": "awful", "awful": "good"}


@pytest.fixture
def corpus(write):
    rows = [
        {
            "id": str(n),
            "text": f"The {word} is good.",
            "aspects": [{"term": word, "start": 4, "end": 8, "polarity": "positive"}],
        }
        for n, word in enumerate(WORDS)
    ]
    return write("few.jsonl", "\n".join(map(json.dumps, rows)))


def chat(body, number):
    """Writes and reads: reverses one word, adds a claim, and leaves the wine in a mess."""
    content = body["messages"][-1]["content"]
    review = re.search(r"Review: (.*)", content)[1]
    if "fluent" in content and "word: yes" in content:
        return Say('{"label": "yes"}')
    if content.startswith("You edit one review"):
        if "wine" in review:
            return Say(f"Sure! {review}")
        if "Add 1 thing" in content:
            text, added = f"{review[:-1]}, but the waiter was rude.", ["waiter"]
            return Say(json.dumps({"text": text, "added": added}))
        return Say(json.dumps({"text": review.replace("good", "awful"), "added": []}))
    aspect = re.search(r'towards "(.*?)"', content)[1]
    return Say(
        json.dumps(
            {"label": "negative" if re.search(f"{aspect} (is awful|was rude)", review) else "positive"}
        )
    )


def generate(server, corpus, folder, *options):
    given = ("--input", corpus, "--output", "out", "--writer", "openai:tiny", "--base-url", server.base_url)
    return call("arts.generate", *given, *options, folder=folder)


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.mark.usefixtures("key")
def test_generate_writer_takes_what_passes_and_counts_the_rest(corpus, tmp_path):
    with chatting(chat) as server:
        prices = ("--price-in", "10", "--price-out", "10")
        done = generate(
            server, corpus, tmp_path, "--strategy", "revtgt", "--strategy", "adddiff", "--k", "1", *prices
        )
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out" / "quality.json").read_text())
    for strategy in ("revtgt", "adddiff"):
        counts = report["strategies"][strategy]["writing"]
        assert counts["asked"] == 6
        assert counts["refused"] == {"the reply is not the JSON that was asked for": 1}
        assert sum(counts["distances"].values()) == 5
    assert report["strategies"]["revtgt"]["writing"]["distances"] == {"1": 5}
    assert report["options"]["writing"]["writer"] == "openai:tiny"
    assert report["options"]["writing"]["cost"] > 0
    everything = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]
    assert not [one for one in everything if KEY.encode() in one]
    assert KEY not in done.stdout + done.stderr


@pytest.mark.usefixtures("key")
def test_generate_writer_dry_run_asks_nothing_and_writes_nothing(corpus, tmp_path):
    with chatting(chat) as server:
        done = generate(server, corpus, tmp_path, "--dry-run", "--strategy", "revtgt")
        assert server.requests == []
    assert done.returncode == 0, done.stderr
    assert "write" in done.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("key")
def test_generate_writer_stops_in_order_at_the_budget_and_goes_on(corpus, tmp_path):
    one = ("--strategy", "revtgt", "--format", "arts")
    with chatting(chat) as server:
        done = generate(server, corpus, tmp_path, *one, "--max-tokens", "500")
        assert done.returncode == 2
        assert "stopped at" in done.stderr
        assert not (tmp_path / "out").exists()
        before = len(server.requests)
        assert before > 1
        done = generate(server, corpus, tmp_path, *one)
        assert done.returncode == 0, done.stderr
        asked = len(server.requests)
    assert (tmp_path / "out" / "few" / "test.json").is_file()
    assert asked <= 6 + 5 + 5 + 4


def test_generate_writer_goes_on_after_a_kill(corpus, tmp_path):
    environment = {**os.environ, "OPENAI_API_KEY": KEY, "ARTS_CACHE_HOME": str(tmp_path / "cache")}
    slow = lambda body, number: Slow(0.1, chat(body, number))  # noqa: E731
    with chatting(slow) as server:
        command = [sys.executable, "-m", "arts.generate", "--input", str(corpus), "--output", "out"]
        command += ["--writer", "openai:tiny", "--base-url", server.base_url, "--concurrency", "2"]
        command += ["--strategy", "revtgt"]
        child = subprocess.Popen(command, cwd=tmp_path, env=environment)
        while server.answered < 4:
            assert child.poll() is None
            time.sleep(0.01)
        child.kill()
        child.wait()
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
        assert server.answered <= 6 + 5 + 5 + 2 + 3
    report = json.loads((tmp_path / "out" / "quality.json").read_text())
    assert sum(report["strategies"]["revtgt"]["writing"]["distances"].values()) == 5
