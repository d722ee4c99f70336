"""The board as one page."""

from __future__ import annotations

import re

from helpers.boards import sample_report

from arts.leaderboard.store.store import Store
from arts.leaderboard.web.static_page import write_page


def test_static_page_has_the_whole_board(three_results, tmp_path, packaged_checked):
    nasty = sample_report(tmp_path, "<script>alert(1)</script> $x$", seed=9)
    nasty.save(three_results)
    (three_results / "broken.json").write_text("{")
    page = write_page(Store((str(three_results),)), tmp_path / "page").read_text("utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "broken.json" in page
    corpora = page.count("<h2 id=")
    for title in ("ARS against accuracy", "ARS with 95% intervals"):
        assert page.count(f"<figcaption>{title}</figcaption>") == corpora
    intervals, rows = page.count('<svg class="interval"'), page.count("<tr>") - corpora
    assert page.count("<svg ") - intervals == page.count("<figcaption>")
    assert intervals == rows
    assert 0 < page.count('class="whiskers"') < rows
    assert 'fill="currentColor"' in page  # as in the app
    assert "(all-mpnet-base-v2)</text>" in page
    assert "50.9" in page
    for outside in ('src="http', 'href="http', "url(http", "@import"):
        assert outside not in page


def test_static_page_a_link_to_it_is_previewed_with_what_it_shows(three_results, tmp_path):
    sample_report(tmp_path, '"><b>bold</b>', right=0.99, seed=9).save(three_results)
    store = Store((str(three_results),), packaged=False)
    page = write_page(store, tmp_path / "page").read_text("utf-8")
    tags = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page))
    assert tags["og:title"] == "arts leaderboard: which models read the aspect"
    assert tags["og:description"].startswith(
        "On sample, &#34;&gt;&lt;b&gt;bold&lt;/b&gt; leads with an ARS of "
    )
    assert tags["description"] == tags["og:description"]
    assert tags["twitter:card"] == "summary"
    empty = write_page(Store((str(tmp_path),), packaged=False), tmp_path / "empty").read_text("utf-8")
    assert 'og:description" content="How well models' in empty
