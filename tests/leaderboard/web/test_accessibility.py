"""Every page in both themes, examined by axe-core: no serious or critical violation."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from helpers.browsing import NEEDS_CHROMIUM, open_page
from playwright.sync_api import Browser

from arts.leaderboard.web.page_state import PAGES

pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]

GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", PAGES)
def test_accessibility_a_page_has_no_grave_violation(browser: Browser, app, axe, view, scheme):
    visitor = browser.new_context(viewport={"width": 1280, "height": 1000}, color_scheme=scheme)
    page = open_page(visitor.new_page(), app, "/" if view == "board" else f"/{view}")
    page.get_by_role("button", name="Copy link").wait_for()
    page.wait_for_timeout(1000)  # charts and tables come after the rest
    found = {
        (violation["id"], node["html"]): node["failureSummary"]
        for violation in axe.run(page).response["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    }
    visitor.close()
    assert not found
