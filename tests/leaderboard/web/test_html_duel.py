"""Comparisons as HTML tables."""

from __future__ import annotations

import re

from arts.leaderboard.analysis.duel import Duel, PairCell
from arts.leaderboard.web.html_duel import duel_table_html, explore_address, matrix_html


def test_html_duel_cells_have_a_mark_a_word_and_a_p_value():
    better = PairCell(4.1, 0.003)
    alike, untested = PairCell(0.5, 0.8), PairCell(1.0, None)
    cells = {(0, 1): better, (1, 0): better.reversed, (0, 2): alike, (1, 2): untested}
    html = matrix_html(["<b>ant", "bee", "cow"], cells)
    assert '<td class="arts-better"><span aria-hidden="true">▲</span>' in html
    assert "better: </span> +4.10<small>p = 0.003</small>" in html
    assert "worse: </span> -4.10<small>p = 0.003</small>" in html
    assert '<td class="arts-alike"><span aria-hidden="true">≈</span>' in html
    assert "no test: </span> +1.00<small>no test</small>" in html
    assert html.count('scope="row"') == html.count('scope="col"') == 3
    assert "<b>" not in html


def test_html_duel_a_comparison_without_a_test_has_no_units():
    html = duel_table_html(
        "<i>ant", {"bee&": Duel(2.0, -1.0, remark="no predictions")}, links={"bee&": ("x", "y")}
    )
    assert (
        '<td role="cell" class="arts-verdict arts-untested"><span aria-hidden="true"></span> no test</td>'
        in html
    )
    assert re.findall('data-title="([^"]+)">(.*?)</td>', html) == [
        ("ARS", "+2.00"),
        ("accuracy", "-1.00"),
        ("units only the first has right", ""),
        ("only the other", ""),
    ]
    assert "<i>" not in html
    assert "bee&amp;" in html
    assert "href" not in html


def test_html_duel_addresses_hold_what_ids_may_hold():
    assert (
        explore_address(unit='"><b>&x', entries=["a", "b"])
        == "explore?unit=%22%3E%3Cb%3E%26x&entries=a&entries=b"
    )
