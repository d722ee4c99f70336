"""The leaderboard as a process of its own, and a browser to look at it with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 60.0  # seconds
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"
FAILED = "[data-testid=stException]"


@dataclass(frozen=True)
class Served:
    """An app that is running."""

    address: str
    process: int


@contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[Served]:
    """Run `arts leaderboard` on a folder, with options, at a free port, until the block ends."""
    with socket.socket() as found:
        found.bind(("localhost", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "arts.leaderboard", str(folder), "--port", str(port), *options]
    log = folder.with_name(f"{folder.name}.log")
    with log.open("w") as output:
        app = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ | environment)
        try:
            address = f"http://localhost:{port}"
            _wait(f"{address}/_stcore/health", log)
            yield Served(address, app.pid)
        finally:
            app.terminate()
            app.wait(PATIENCE)


def _wait(address: str, log: Path) -> None:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the app did not start: {log.read_text()}")


@contextmanager
def browsing() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def settled(page: Page) -> Page:
    """The page, when the app has nothing more to say and shows no error."""
    page.locator(SETTLED).wait_for(timeout=1000 * PATIENCE)
    failures = page.locator(FAILED)
    if failures.count():
        raise AssertionError(failures.first.inner_text())
    return page
