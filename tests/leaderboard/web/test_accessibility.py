"""Every page in both themes, and on a phone, examined by axe-core: no serious or critical violation."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from helpers.browsing import NEEDS_CHROMIUM, open_page

from arts.leaderboard.web.page_state import PAGES

pytestmark = [pytest.mark.slow, NEEDS_CHROMIUM]

GRAVE = ("serious", "critical")
LOOKS = (("light", 1280), ("dark", 1280), ("dark", 390))


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


@pytest.mark.parametrize("view", PAGES)
def test_accessibility_a_page_has_no_grave_violation(page, app, axe, view):
    open_page(page, app, "/" if view == "board" else f"/{view}")
    page.get_by_role("button", name="Copy link").wait_for()
    found = {}
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 1000})
        page.wait_for_timeout(1000)  # charts and tables come after the rest
        found |= {
            (scheme, width, violation["id"], node["html"]): node["failureSummary"]
            for violation in axe.run(page).response["violations"]
            if violation["impact"] in GRAVE
            for node in violation["nodes"]
        }
    assert not found
