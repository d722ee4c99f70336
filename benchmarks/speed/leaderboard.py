"""The app with few and many entries: first paint, a filter change, memory.

    python benchmarks/speed/leaderboard.py [--entries 20 --entries 200 --entries 2000]

The entries are predictions on the sample, none of which the app has seen before. First paint is the time from
entering the address, in a browser that was never there, until the table is drawn; a filter change is the time
from Enter in the search until the new count is shown. "checked" is when all predictions have been checked.
"""

from __future__ import annotations

import argparse
import csv
import re
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page
from serving import TIMEOUT, RunningApp, open_browser, serve_leaderboard, wait_until_settled

from arts.evaluation.benchmark import load_benchmark
from arts.evaluation.benchmark_layout import POLARITIES

VISITORS = 3
SEARCHES = ("1", "12", "7", "model 00", "")
MAX_CHECKING_SECONDS = 600


def write_reports(folder: Path, count: int) -> None:
    """Write reports of models that do not exist, with their predictions."""
    benchmark, rng = load_benchmark("sample"), np.random.default_rng(count)
    gold = np.array([POLARITIES.index(instance.polarity) for instance in benchmark.corpus.test])
    for number in range(count):
        keep = rng.random(len(gold)) < rng.uniform(0.4, 0.98)
        labels = np.where(keep, gold, rng.integers(0, 3, len(gold)))
        with tempfile.TemporaryDirectory() as parent:
            path = Path(parent, f"{number}.csv")
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(["id", "prediction"])
                writer.writerows(
                    (instance.id, POLARITIES[label])
                    for instance, label in zip(benchmark.corpus.test, labels, strict=True)
                )
            benchmark.score(path, name=f"model {number:04d}").save(folder)


def resident_megabytes(process: int) -> float:
    """Resident memory of a process and of all that it has started."""
    status = Path(f"/proc/{process}/status").read_text()
    resident = re.search(r"VmRSS:\s+(\d+)", status)
    if resident is None:
        return 0.0
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(resident[1]) / 1000 * 1.024 + sum(resident_megabytes(int(child)) for child in children)


def measure_paint(browser: Browser, app: RunningApp) -> tuple[Page, float]:
    """Open the board as a new visitor; the page, and the seconds until the table is drawn."""
    page = browser.new_context().new_page()
    page.set_default_timeout(1000 * TIMEOUT)
    started = time.monotonic()
    page.goto(f"{app.address}/?corpus=sample")
    page.locator(".models table").wait_for()
    return page, time.monotonic() - started


def measure_search(page: Page, text: str, *, count: int) -> float:
    """Seconds from Enter in the search until the new count is shown.

    Args:
        page: The board.
        text: What is searched for.
        count: Number of all entries.
    """
    names = [f"model {number:04d}" for number in range(count)]
    expected = sum(all(word in name for word in text.split()) for name in names)
    box = page.get_by_role("textbox", name="Search")
    box.fill(text)
    started = time.monotonic()
    box.press("Enter")
    page.get_by_text(re.compile(f"^{expected} of {count} models")).wait_for()
    seconds = time.monotonic() - started
    wait_until_settled(page)
    return seconds


def peak_memory_while_checking(page: Page, app: RunningApp) -> float:
    """Wait until all predictions are checked; the most resident megabytes meanwhile."""
    started, peak = time.monotonic(), resident_megabytes(app.process)
    notice = page.get_by_text("Checking predictions")
    while notice.count() and time.monotonic() - started < MAX_CHECKING_SECONDS:
        time.sleep(1)
        peak = max(peak, resident_megabytes(app.process))
    return peak


def measure(folder: Path, count: int) -> list[str]:
    """Measure the app with this many entries; the cells of a row of the table."""
    write_reports(folder / "results", count)
    with (
        serve_leaderboard(folder / "results", "--no-packaged", ARTS_CACHE_HOME=str(folder / "cache")) as app,
        open_browser() as browser,
    ):
        started = time.monotonic()
        pages, paints = zip(*(measure_paint(browser, app) for _ in range(VISITORS)), strict=True)
        page = wait_until_settled(pages[-1])
        searches = [measure_search(page, text, count=count) for text in SEARCHES]
        peak = peak_memory_while_checking(page, app)
        checked = time.monotonic() - started
    return [
        f"{count:,}",
        f"{paints[0]:.1f}",
        f"{statistics.median(paints):.1f}",
        f"{1000 * statistics.median(searches):.0f}",
        f"{1000 * max(searches):.0f}",
        f"{checked:.0f}",
        f"{peak:.0f}",
    ]


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
