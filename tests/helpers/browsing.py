"""Pages of the running app in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from serving import CHROMIUM, RunningApp, wait_until_settled

SLOW = 60_000  # milliseconds that a busy machine may take
NEEDS_CHROMIUM = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")


def open_page(page: Page, app: RunningApp, path: str = "/") -> Page:
    page.goto(app.address + path)
    page.get_by_role("heading", level=1).wait_for()
    return wait_until_settled(page)
