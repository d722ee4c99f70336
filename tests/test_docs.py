"""The documentation: no link leads nowhere, and every public name is in it."""

from __future__ import annotations

import re

import pytest
from helpers.folders import ROOT

import arts

# Links between pages of the site are checked when it is built, which is strict (`make docs`).
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md"]


def headings(text: str) -> set[str]:
    """The anchors of a page's headings."""
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", title.lower())) for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_docs_every_link_of_a_page_outside_the_site_leads_somewhere(page):
    text = (ROOT / page).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not link.startswith("http")]
    for link in links:
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in headings(target.read_text("utf-8")), link
    assert links or page == "CONTRIBUTING.md"


def test_docs_the_reference_has_every_public_name():
    page = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
    assert sorted(re.findall(r"^::: arts\.(\w+)$", page, re.MULTILINE)) == sorted(arts.__all__)
