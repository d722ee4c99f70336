"""Comparisons of models as HTML tables: one model against others, and each against each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from arts.data.support.rounding import decimal_text
from arts.leaderboard.analysis.duel import Duel, Outcome, PairCell
from arts.leaderboard.web import html_sentence
from arts.leaderboard.web.html_unit import COLOURS

TITLES = ("verdict", "ARS", "accuracy", "units only the first has right", "only the other")
MARKS = {Outcome.BETTER: "▲", Outcome.WORSE: "▼", Outcome.ALIKE: "≈", Outcome.UNTESTED: ""}
STYLE = (
    "<style>" + html_sentence.UNSEEN_STYLE + ".arts-scroll{overflow-x:auto}"
    ".arts-duels{border-collapse:collapse;font-size:.9rem;line-height:1.35;font-variant-numeric:tabular-nums}"
    ".arts-duels caption{text-align:left;padding:.2rem 0;max-width:calc(100vw - 3rem)}"
    ".arts-duels th,.arts-duels td{border:1px solid #88888866;padding:.3rem .5rem;text-align:left}"
    ".arts-duels th{font-weight:600}.arts-duels small{display:block;font-size:.8rem;white-space:nowrap}"
    ".arts-duels td{white-space:nowrap}.arts-duels th[scope=row]{min-width:9rem;max-width:22rem}"
    f".arts-better{{background:{COLOURS['right']}26}}.arts-worse{{background:{COLOURS['wrong']}26}}"
    ".arts-duels a{color:inherit}.arts-duels .arts-verdict{white-space:normal;min-width:6rem}"
    "@media(max-width:640px){"  # a comparison is a card
    ".arts-pairs,.arts-pairs tbody,.arts-pairs caption{display:block}.arts-pairs thead{display:none}"
    ".arts-pairs tr{display:grid;grid-template-columns:1fr 1fr;border:1px solid #88888866;margin:.5rem 0}"
    ".arts-pairs tr>*{border:0!important}.arts-pairs td{white-space:normal}.arts-pairs td:empty{display:none}"
    ".arts-pairs th,.arts-pairs .arts-verdict{grid-column:1/-1;max-width:none}"
    ".arts-pairs td[data-title]:before{content:attr(data-title);display:block;font-size:.8rem}}"
    "</style>"
)


def duel_table_html(first: str, duels: Mapping[str, Duel], *, links: Mapping[str, tuple[str, str]]) -> str:
    """The comparisons of a model with others as an HTML table with a row per comparison.

    Args:
        first: Label of the model.
        duels: Its comparison with each other model, keyed by the label of the other.
        links: By the label of the other, the addresses of the units that only the first and that only the
            other has right; comparisons without addresses are left out.
    """
    head = [f'<th role="columnheader" scope="col">{title}</th>' for title in ("against", *TITLES)]
    rows = (
        f'<tr role="row"><th role="rowheader" scope="row">{escape(other)}</th>'
        f"{_pair_cells(duel, links.get(other))}</tr>"
        for other, duel in duels.items()
    )
    caption = f"{first} minus each other one, in points, with 95% interval and p-value."
    return _table_html(caption, head=head, rows=rows, kind="arts-pairs")


def _pair_cells(duel: Duel, addresses: tuple[str, str] | None) -> str:
    """The cells of a comparison, which have the titles of their columns for narrow screens.

    Args:
        duel: The comparison.
        addresses: Addresses of the units that only one of the two has right; None without links.
    """
    counts = ["", ""]
    if duel.comparison:
        ars = duel.comparison.ars
        counts = [
            _count_html(count, address, several_seeds=duel.several_seeds)
            for count, address in zip((ars.only_first, ars.only_second), addresses or ("", ""), strict=True)
        ]
    kind, verdict = f"arts-verdict arts-{duel.outcome.name.lower()}", _mark_html(duel.outcome)
    contents = (_difference_html(duel.ars_text), _difference_html(duel.accuracy_text), *counts)
    return f'<td role="cell" class="{kind}">{verdict} {duel.outcome}</td>' + "".join(
        f'<td role="cell" data-title="{title}">{content}</td>'
        for title, content in zip(TITLES[1:], contents, strict=True)
    )


def _difference_html(text: str) -> str:
    """A difference as HTML; its interval and p-value, if there are any, are below it."""
    value, _, uncertainty = text.partition(" ")
    return value + (f"<small>{escape(uncertainty)}</small>" if uncertainty else "")


def _mark_html(outcome: Outcome) -> str:
    """The mark of an outcome as HTML, which screen readers leave out."""
    return f'<span aria-hidden="true">{MARKS[outcome]}</span>'


def _count_html(count: int, address: str, *, several_seeds: bool) -> str:
    """A number of units as HTML, with a link to them.

    Args:
        count: The number. With several seeds, units count that one model has right with more of its seeds.
        address: Address of the units that one model has right, and the other wrong, with every seed; empty
            for no link.
        several_seeds: Whether a model has several seeds.
    """
    if not address:
        return f"{count:,}"
    link = f'<a href="{escape(address)}">'
    if several_seeds:
        return f"{count:,}<small>{link}those of every seed</a></small>"
    return f'{link}{count:,}<span class="arts-unseen"> units in Explore</span></a>'


def matrix_html(names: Sequence[str], cells: Mapping[tuple[int, int], PairCell]) -> str:
    """The differences of ARS between all pairs of models as an HTML table.

    Columns have the number of a model, which its row has before its name.

    Args:
        names: Labels of the models.
        cells: The differences, keyed by the positions of row and column.
    """
    head = ["<td></td>"] + [
        f'<th scope="col"><span aria-hidden="true">{number}</span>'
        f'<span class="arts-unseen">{escape(name)}</span></th>'
        for number, name in enumerate(names, 1)
    ]
    positions = range(len(names))
    rows = (
        f'<tr><th scope="row"><span aria-hidden="true">{row + 1}</span> {escape(names[row])}</th>'
        + "".join(_cell_html(cells.get((row, column))) for column in positions)
        + "</tr>"
        for row in positions
    )
    caption = (
        "Difference of ARS, row minus column, in points. ▲ the row is better, ▼ worse, ≈ not told apart."
    )
    return _table_html(caption, head=head, rows=rows)


def _cell_html(cell: PairCell | None) -> str:
    """A cell of the matrix as HTML; an empty one on the diagonal."""
    if cell is None:
        return '<td><span class="arts-unseen">the same</span></td>'
    outcome = cell.outcome
    return (
        f'<td class="arts-{outcome.name.lower()}">{_mark_html(outcome)}'
        f'<span class="arts-unseen">{outcome}: </span> {decimal_text(cell.difference, sign=True)}'
        f"<small>{cell.p_text}</small></td>"
    )


def _table_html(caption: str, *, head: Iterable[str], rows: Iterable[str], kind: str = "") -> str:
    """A table as HTML, in a box that scrolls sideways where the window is too narrow.

    Args:
        caption: The caption, which is escaped here.
        head: The cells of the first row, as HTML.
        rows: The other rows, as HTML.
        kind: A class of the table.
    """
    text = escape(caption)
    return (
        f'<div class="arts-scroll" role="region" tabindex="0" aria-label="{text}">'
        f'<table role="table" class="arts-duels {kind}"><caption>{text}</caption>'
        f'<thead role="rowgroup"><tr role="row">{"".join(head)}</tr></thead>'
        f'<tbody role="rowgroup">{"".join(rows)}</tbody></table></div>'
    )


def explore_address(**parameters: str | Sequence[str]) -> str:
    """The address of the page "Explore" with these query parameters.

    Example:
        >>> explore_address(corpus="laptop", unit="12:1_0")
        'explore?corpus=laptop&unit=12:1_0'
    """
    return f"explore?{urlencode(parameters, doseq=True, safe=':')}"
