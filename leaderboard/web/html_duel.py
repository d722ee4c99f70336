"""Comparisons of models as HTML tables: one model against others, and each against each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from arts.data.support.rounding import decimal_text
from arts.leaderboard.analysis.duel import Duel, Outcome, PairCell
from arts.leaderboard.web import html_sentence
from arts.leaderboard.web.html_unit import COLOURS

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
    head = ("against", "verdict", "ARS", "accuracy", "units only the first has right", "only the other")
    rows = (
        f'<tr><th scope="row">{escape(other)}</th>{_verdict_cell(duel.outcome)}'
        f"{_difference_cell(duel.ars_text)}{_difference_cell(duel.accuracy_text)}"
        f"{_unit_cells(duel, links.get(other))}</tr>"
        for other, duel in duels.items()
    )
    caption = f"{first} minus each other one, in points, with 95% interval and p-value."
    return _table_html(caption, head=[f'<th scope="col">{escape(title)}</th>' for title in head], rows=rows)


def _verdict_cell(outcome: Outcome) -> str:
    """What a test says, as a cell of a table: a mark and a word, in a colour."""
    return f'<td class="arts-verdict arts-{outcome.name.lower()}">{_mark_html(outcome)} {outcome}</td>'


def _difference_cell(text: str) -> str:
    """A difference as a cell of a table; its interval and p-value, if there are any, are below it."""
    value, _, uncertainty = text.partition(" ")
    return f"<td>{value}" + (f"<small>{escape(uncertainty)}</small>" if uncertainty else "") + "</td>"


def _mark_html(outcome: Outcome) -> str:
    """The mark of an outcome as HTML, which screen readers leave out."""
    return f'<span aria-hidden="true">{MARKS[outcome]}</span>'


def _unit_cells(duel: Duel, addresses: tuple[str, str] | None) -> str:
    """Two cells with the numbers of units that only one of two models has right, linked if possible.

    Args:
        duel: The comparison.
        addresses: Addresses of these units; None without links.
    """
    if duel.comparison is None:
        return "<td></td><td></td>"
    counts = duel.comparison.ars.only_first, duel.comparison.ars.only_second
    return "".join(
        f"<td>{_count_html(count, address, several_seeds=duel.several_seeds)}</td>"
        for count, address in zip(counts, addresses or ("", ""), strict=True)
    )


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


def _table_html(caption: str, *, head: Iterable[str], rows: Iterable[str]) -> str:
    """A table as HTML, in a box that scrolls sideways where the window is too narrow.

    Args:
        caption: The caption, which is escaped here.
        head: The cells of the first row, as HTML.
        rows: The other rows, as HTML.
    """
    text = escape(caption)
    return (
        f'<div class="arts-scroll" role="region" tabindex="0" aria-label="{text}"><table class="arts-duels">'
        f"<caption>{text}</caption><thead><tr>{''.join(head)}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def explore_address(**parameters: str | Sequence[str]) -> str:
    """The address of the page "Explore" with these query parameters.

    Example:
        >>> explore_address(corpus="laptop", unit="12:1_0")
        'explore?corpus=laptop&unit=12:1_0'
    """
    return f"explore?{urlencode(parameters, doseq=True, safe=':')}"
