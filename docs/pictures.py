"""Makes the pictures of the documentation: of the board, and of what the tutorials leave.

    make pictures                      # needs Chromium; with ARTS_DATA_HOME, entries are verified

The commands of the tutorials are run for it, which takes a few minutes on two cores.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tutorials import FOLDER, Command, File, steps

sys.path.append(str(Path(__file__).parents[1] / "benchmarks" / "speed"))
from serving import open_browser, serve_leaderboard, wait_until_settled

from arts.leaderboard.store.store import Store

IMAGES = Path(__file__).parent / "images"
WIDTH, HEIGHT = 1280, 900
TIMEOUT = 60_000  # milliseconds
DRAWN = "!document.querySelector('[data-testid=stSkeleton]')"  # whether no chart or table is still to come
# Pages of the board with the package's own results; only of the sample, sentences may be shown
PAGES = {
    "board": "/?corpus=laptop-v2",
    "entry": "/entry?corpus=sample",
    "compare": "/compare?corpus=sample",
    "explore": "/explore?corpus=sample",
}
# The page of the board that each tutorial shows
ADDRESSES = {
    "measure": "/?corpus=sample",
    "test_set": "/?corpus=reviews",
    "robust": "/interventions?corpus=sample",
}


def main() -> None:
    """Make all pictures."""
    with tempfile.TemporaryDirectory() as empty:
        _look(Path(empty) / "results", {IMAGES / f"{name}.png": address for name, address in PAGES.items()})
    tutorials = IMAGES / "tutorials"
    tutorials.mkdir(parents=True, exist_ok=True)
    for name, address in ADDRESSES.items():
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            _follow(name, folder)
            _look(folder / "results", {tutorials / f"{name}.png": address}, "--no-packaged")
            for curve in (folder / "results").glob("*-adddiff-curve-*.png"):
                shutil.copy(curve, tutorials / f"{name}_curve.png")


def _follow(name: str, folder: Path) -> None:
    """Do what a tutorial says, in a folder."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "COLUMNS": "100", "PATH": path}
    for step in steps(FOLDER / f"{name}.md"):
        if isinstance(step, File):
            (folder / step.name).write_text(step.text, encoding="utf-8")
        elif isinstance(step, Command):
            subprocess.run(["bash", "-ec", step.text], cwd=folder, env=environment, check=True)


def _look(results: Path, addresses: Mapping[Path, str], *options: str) -> None:
    """Take pictures of pages of the board: by the file of the picture, the address of the page."""
    results.mkdir(exist_ok=True)
    Store((str(results),), packaged="--no-packaged" not in options).read()  # all entries are checked then
    with serve_leaderboard(results, *options) as app, open_browser() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for picture, address in addresses.items():
            page.goto(app.address + address)
            wait_until_settled(page).wait_for_function(DRAWN, timeout=TIMEOUT)
            page.wait_for_timeout(3000)  # what is there is still moving to its place
            page.screenshot(path=picture)


if __name__ == "__main__":
    main()
