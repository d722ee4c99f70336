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
TIMEOUT = 60.0  # seconds
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"
FAILED = "[data-testid=stException]"


@dataclass(frozen=True)
class RunningApp:
    """An app that is running.

    Args:
        address: its URL.
        process: the ID of its process.
    """

    address: str
    process: int


@contextmanager
def serve_leaderboard(folder: Path, *options: str, **environment: str) -> Iterator[RunningApp]:
    """Run `arts leaderboard` at a free port until the block ends.

    Args:
        folder: the folder with the reports to show.
        options: further options of the command.
        environment: environment variables to add.
    """
    with socket.socket() as free_socket:
        free_socket.bind(("localhost", 0))
        port = free_socket.getsockname()[1]
    command = [sys.executable, "-m", "arts.leaderboard", str(folder), "--port", str(port), *options]
    log = folder.with_name(f"{folder.name}.log")
    with log.open("w") as output:
        app = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ | environment)
        try:
            address = f"http://localhost:{port}"
            _wait_for_app(f"{address}/_stcore/health", log)
            yield RunningApp(address, app.pid)
        finally:
            app.terminate()
            app.wait(TIMEOUT)


def _wait_for_app(address: str, log: Path) -> None:
    """Wait until the app answers at an address; raise an error with its log when it does not."""
    limit = time.monotonic() + TIMEOUT
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the app did not start: {log.read_text()}")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Run a headless Chromium until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def wait_until_settled(page: Page) -> Page:
    """Wait until the app has drawn the page, and check that it shows no error; returns the page."""
    page.locator(SETTLED).wait_for(timeout=1000 * TIMEOUT)
    failures = page.locator(FAILED)
    if failures.count():
        raise AssertionError(failures.first.inner_text())
    return page
