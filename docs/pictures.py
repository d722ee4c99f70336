"""Makes the pictures of the tutorials: runs their commands, and looks at what they leave with a browser.

    python docs/pictures.py            # all; needs Chromium, and the extras leaderboard and dev

A few minutes on two cores.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tutorials import FOLDER, Command, File, steps

sys.path.append(str(Path(__file__).parents[1] / "benchmarks" / "speed"))
from serving import open_browser, serve_leaderboard, wait_until_settled

IMAGES = Path(__file__).parent / "images" / "tutorials"
WIDTH, HEIGHT = 1280, 900
TIMEOUT = 60_000  # milliseconds
DRAWN = "!document.querySelector('[data-testid=stSkeleton]')"  # whether no chart or table is still to come
# The page of the board that each tutorial shows
ADDRESSES = {
    "measure": "/?corpus=sample",
    "test_set": "/?corpus=reviews",
    "robust": "/interventions?corpus=sample",
}


def main() -> None:
    """Make the pictures of all tutorials."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, address in ADDRESSES.items():
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            _follow(name, folder)
            _look(folder / "results", address, IMAGES / f"{name}.png")
            for curve in (folder / "results").glob("*-adddiff-curve-*.png"):
                shutil.copy(curve, IMAGES / f"{name}_curve.png")


def _follow(name: str, folder: Path) -> None:
    """Do what a tutorial says, in a folder."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "COLUMNS": "100", "PATH": path}
    for step in steps(FOLDER / f"{name}.md"):
        if isinstance(step, File):
            (folder / step.name).write_text(step.text, encoding="utf-8")
        elif isinstance(step, Command):
            subprocess.run(["bash", "-ec", step.text], cwd=folder, env=environment, check=True)


def _look(results: Path, address: str, picture: Path) -> None:
    """Take a picture of a page of the board with some results alone."""
    with serve_leaderboard(results, "--no-packaged") as app, open_browser() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(app.address + address)
        wait_until_settled(page).wait_for_function(DRAWN, timeout=TIMEOUT)
        page.wait_for_timeout(3000)  # what is there is still moving to its place
        page.screenshot(path=picture)


if __name__ == "__main__":
    main()
