"""Does a run with a real server lose or repeat answers when it is killed by signal 9, and goes on?

Start a server, for example `transformers serve FOLDER --host 127.0.0.1 --port 8000`, and then this script
with the address of its API and the name of its model:

    python benchmarks/speed/killed_interviews.py http://127.0.0.1:8000/v1 NAME --dataset laptop

A proxy between the runs and the server counts what the server answers. The kills are spread over the run.
"""

from __future__ import annotations

import argparse
import http.server
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import contextmanager, suppress

RUN = "--run"  # the first argument of a run of this script by itself
PROMPT = "question"


def answer(base_url: str, arguments: argparse.Namespace) -> None:
    """Ask about all instances, and print how many answers there are, and how many of them are invalid."""
    from arts.data.corpus_registry import load_corpus
    from arts.models.language_models.prompts import Prompt
    from arts.models.language_models.served import ServedRespondent

    instances = [*load_corpus(arguments.dataset).test][: arguments.instances]
    options = {"concurrency": arguments.concurrency, "answer_tokens": arguments.answer_tokens}
    with ServedRespondent(arguments.model, base_url=base_url, **options) as served:
        answers = [*served.answers(Prompt.built_in(PROMPT), instances, [()] * len(instances))]
        counts = Counter(str(one.polarity or "invalid") for one in answers)
        distinct = len({(one.text, one.aspect.term) for one in instances})
        print(f"{len(answers)} answers, {distinct} distinct questions; {dict(counts)}; {served.facts()!r}")


class Proxy(http.server.BaseHTTPRequestHandler):
    """Hands requests on to the server, and counts the completions that it answers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Hand on a request for the list of models."""
        self._hand_on(None)

    def do_POST(self) -> None:
        """Hand on a question."""
        self._hand_on(self.rfile.read(int(self.headers["content-length"])))

    def _hand_on(self, body: bytes | None) -> None:
        url = self.server.target + self.path.removeprefix("/v1")
        request = urllib.request.Request(url, body, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=600) as response:
                status, content = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, content = error.code, error.read()
        with self.server.lock:
            self.server.answered += body is not None and status == 200
        with suppress(ConnectionError):  # the run was killed
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Print nothing."""


@contextmanager
def counting(target: str):
    """A proxy for a server, with the number that it has `answered`."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        proxy.target, proxy.answered, proxy.lock = target, 0, threading.Lock()
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.shutdown()


def main() -> None:
    """Kill runs, let the last one end, and print the counts."""
    is_run = RUN in sys.argv
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base_url")
    parser.add_argument("model")
    parser.add_argument("--dataset", default="sample")
    parser.add_argument("--instances", type=int, default=300)
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--answer-tokens", type=int, default=16)
    parser.add_argument("--kills", type=int, default=3)
    arguments = parser.parse_args([argument for argument in sys.argv[1:] if argument != RUN])
    if is_run:
        answer(arguments.base_url, arguments)
        return
    with tempfile.TemporaryDirectory() as cache, counting(arguments.base_url) as proxy:
        environment = {**os.environ, "ARTS_CACHE_HOME": cache}
        url = f"http://127.0.0.1:{proxy.server_port}/v1"
        command = [sys.executable, __file__, RUN, url, *sys.argv[2:]]
        started = time.perf_counter()
        for kill in range(1, arguments.kills + 1):
            run = subprocess.Popen(command, env=environment)
            while proxy.answered < arguments.instances * kill // (arguments.kills + 1) and run.poll() is None:
                time.sleep(0.05)
            run.kill()
            run.wait()
            print(f"kill {kill}: {proxy.answered} answered")
        subprocess.run(command, env=environment, check=True)
        print(f"{proxy.answered} answered in all, in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
