"""Runs with a served model that are killed: the next one asks only what was not answered."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from helpers.chat_server import Say, Slow, chatting
from helpers.folders import ROOT

CONCURRENCY, NUMBER = 4, 60
RUN = f"""
import sys
from types import SimpleNamespace
from helpers.interviews import run
answers, _ = run(SimpleNamespace(base_url=sys.argv[1]), {NUMBER}, concurrency={CONCURRENCY})
print(len(answers), sum(answer.polarity is None for answer in answers))
"""


def test_served_a_killed_run_asks_again_at_most_what_was_under_way(tmp_path):
    own = {"PYTHONPATH": str(ROOT / "tests"), "ARTS_CACHE_HOME": str(tmp_path / "cache")}
    environment = {**os.environ, **own}

    def start(url: str) -> subprocess.Popen:
        command = [sys.executable, "-c", RUN, url]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    answer = Slow(0.02, Say('{"label": "positive"}'))
    with chatting(lambda body, number: answer) as server:
        for answered in (15, 40):
            child = start(server.base_url)
            while server.answered < answered:
                assert child.poll() is None
                time.sleep(0.005)
            child.kill()
            child.wait()
        output, _ = start(server.base_url).communicate()
        assert output.split() == [str(NUMBER), "0"]
        assert NUMBER <= server.answered <= NUMBER + 2 * CONCURRENCY
