"""The board with few and many entries: first paint, a filter change, memory.

    python benchmarks/speed/leaderboard.py [--entries 20 --entries 200 --entries 2000]

Entries are predictions on the sample, none of which the app has seen before. First paint is from the address
being entered in a browser that was never there to the table being drawn; a filter change from Enter in the
search to the new count. "checked" is when the predictions of all of them have been.
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from serving import PATIENCE, Served, browsing, serving, settled

from arts.evaluation.benchmark import _Clock, load_benchmark
from arts.evaluation.report import ModelInfo

VISITS, SEARCHES = 3, ("1", "12", "7", "model 00", "")
MOST = 600  # seconds that checking may take


def synthetic(folder: Path, count: int) -> None:
    """Reports of models that do not exist, with their predictions."""
    bench, draw = load_benchmark("sample"), np.random.default_rng(count)
    gold = np.array([["positive", "negative", "neutral"].index(i.polarity) for i in bench.corpus.test])
    for number in range(count):
        kept = draw.random(len(gold)) < draw.uniform(0.4, 0.98)
        labels = np.where(kept, gold, draw.integers(0, 3, len(gold)))
        info = ModelInfo(kind="predictions", id=f"{number}.csv")
        bench._report(f"model {number:04d}", info, labels, None, _Clock()).save(folder)


def memory(process: int) -> float:
    """MB that a process and those that it started have resident."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(found[1]) / 1000 * 1.024 + sum(memory(int(c)) for c in children) if found else 0.0


def measure(folder: Path, count: int) -> list[str]:
    """The cells of a row of the table."""
    synthetic(folder / "results", count)
    with (
        serving(folder / "results", "--no-packaged", ARTS_CACHE_HOME=str(folder / "cache")) as app,
        browsing() as browser,
    ):
        started = time.monotonic()
        paints = []
        for _ in range(VISITS):
            page = browser.new_context().new_page()
            page.set_default_timeout(1000 * PATIENCE)
            begun = time.monotonic()
            page.goto(f"{app.address}/?corpus=sample")
            page.get_by_test_id("stDataFrame").locator("canvas").first.wait_for()
            paints.append(time.monotonic() - begun)
        settled(page)
        box, filters = page.get_by_role("textbox", name="Search"), []
        for text in SEARCHES:
            wanted = sum(text in f"model {number:04d}" for number in range(count))
            box.fill(text)
            begun = time.monotonic()
            box.press("Enter")
            page.get_by_text(re.compile(f"^{wanted} of {count} entries")).wait_for()
            filters.append(time.monotonic() - begun)
            settled(page)
        most = memory(app.process)
        checked, most = _checked(page, app, started, most)
    return [
        f"{count:,}",
        f"{paints[0]:.1f}",
        f"{statistics.median(paints):.1f}",
        f"{1000 * statistics.median(filters):.0f}",
        f"{1000 * max(filters):.0f}",
        f"{checked:.0f}",
        f"{most:.0f}",
    ]


def _checked(page: object, app: Served, started: float, most: float) -> tuple[float, float]:
    """Seconds until nothing was left to be checked, and the most memory up to then."""
    waiting = page.get_by_text("Checking predictions")  # type: ignore[attr-defined]
    while waiting.count() and time.monotonic() - started < MOST:
        time.sleep(1)
        most = max(most, memory(app.process))
    return time.monotonic() - started, most


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, action="append")
    options = parser.parse_args()
    titles = (
        "entries",
        "first paint, first visitor (s)",
        "median of three (s)",
        "filter change, median (ms)",
        "slowest (ms)",
        "all checked after (s)",
        "memory (MB)",
    )
    print(f"| {' | '.join(titles)} |\n|{'---:|' * len(titles)}")
    for count in options.entries or (20, 200, 2000):
        with tempfile.TemporaryDirectory() as folder:
            print(f"| {' | '.join(measure(Path(folder), count))} |", flush=True)


if __name__ == "__main__":
    main()
