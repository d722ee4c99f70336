"""Tables of figures on terminals of any width."""

from __future__ import annotations

import re

import pytest
from helpers.terminals import numbers, printed
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from arts.cli.tables import FigureTable, sentence, wrapped

WIDTHS = (20, 30, 40, 60, 80, 100, 200)
EXAMPLES = 100  # random tables in CI


def table(*rows, headings=("model", "accuracy", "ARS", "REVTGT"), **options):
    made = FigureTable("Scores", headings, **options)
    for row in rows:
        made.add_row(*row)
    return made


SCORES = table(
    ("memnet + adversarial, seed 1", "55.96 ±4.0", "4.39 ±1.5", "67.81→54.32"),
    ("memnet + adversarial, seed 2", "100.00 ±0.0", "100.00 ±0.0", "100.00→100.00"),
)


def test_tables_the_full_form_has_a_line_per_row(monkeypatch):
    lines = printed(monkeypatch, SCORES, width=80).splitlines()
    assert lines[0] == "Scores"
    assert lines[1].split() == ["model", "accuracy", "ARS", "REVTGT"]
    assert lines[3].rstrip() == "memnet + adversarial, seed 1   55.96 ±4.0    4.39 ±1.5    67.81→54.32"


def test_tables_names_are_wrapped_first(monkeypatch):
    lines = [line.rstrip() for line in printed(monkeypatch, SCORES, width=60).splitlines()]
    assert lines[3].split("  ")[0] == "memnet +"
    assert lines[3].endswith("55.96 ±4.0    4.39 ±1.5    67.81→54.32")
    assert lines[4] == "adversarial, seed 1"


def test_tables_where_names_do_not_suffice_a_row_is_a_block(monkeypatch):
    assert printed(monkeypatch, SCORES, width=40).splitlines() == [
        "Scores",
        "model memnet + adversarial, seed 1",
        "  accuracy     55.96 ±4.0",
        "  ARS           4.39 ±1.5",
        "  REVTGT      67.81→54.32",
        "",
        "model memnet + adversarial, seed 2",
        "  accuracy    100.00 ±0.0",
        "  ARS         100.00 ±0.0",
        "  REVTGT    100.00→100.00",
        "",
    ]


def test_tables_a_figure_too_wide_for_its_line_has_the_next_or_breaks_between_numbers(monkeypatch):
    one = table(("bert", "100.00 [100.0, 100.0]"), headings=("model", "originals right"))
    assert printed(monkeypatch, one, width=26).splitlines()[2:4] == [
        "  originals right",
        "    100.00 [100.0, 100.0]",
    ]
    assert printed(monkeypatch, one, width=12).splitlines()[3:6] == [
        "    100.00",
        "    [100.0,",
        "    100.0]",
    ]


def test_tables_what_is_not_a_terminal_gets_one_line_per_row_and_sentence(monkeypatch):
    name, text = "a-name-of-a-model/" * 20, "A word or two. " * 40
    piped = printed(monkeypatch, table((name, "55.96 ±4.0", "4.39 ±1.5", "67.81→54.32")), sentence(text))
    assert f"{name}  55.96 ±4.0  4.39 ±1.5  67.81→54.32" in piped.splitlines()
    assert text.strip() in [line.strip() for line in piped.splitlines()]


@pytest.mark.parametrize("width", WIDTHS)
def test_tables_names_are_never_cut_so_that_two_rows_look_the_same(monkeypatch, width):
    names = [f"/models/a-family-of-models/checkpoint-{n}/weights" for n in range(3)]
    text = printed(monkeypatch, table(*((name, "1.00", "2.00", "3.00→4.00") for name in names)), width=width)
    together = re.sub(r"\s|1\.00|2\.00|3\.00→4\.00", "", text)
    assert all(name in together for name in names)
    assert "…" not in text


def test_tables_markup_and_escapes_in_names_are_shown_as_they_are(monkeypatch):
    text = printed(monkeypatch, table(("[bold]mine[/bold] \x1b[31m\n", "1.00", "", "")), width=80)
    assert r"[bold]mine[/bold] \x1b[31m\n" in text


def test_tables_wide_characters_count_as_two_columns():
    assert wrapped("模型模型模型", 5) == ["模型", "模型", "模型"]
    assert all(cell_len(line) <= 7 for line in wrapped("模型-of-模型 模型模型模型", 7))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("bert.encoder.layer.10", ["bert.", "encoder.", "layer.10"]),
        ("lr-0.00005", ["lr-", "0.00005"]),
        ("seed 1,000,000", ["seed", "1,000,000"]),
        ("", [""]),
    ],
)
def test_tables_names_break_where_a_part_ends_and_not_within_a_number(name, lines):
    assert wrapped(name, 9) == lines


@pytest.mark.parametrize("width", [None, 20, 80])
def test_tables_no_text_of_others_acts_on_the_terminal(monkeypatch, width):
    evil = "\x1b[2J\x07\r\u202esoup"
    grid = FigureTable(evil, ("token", "count"), caption=evil)
    grid.add_row(evil, evil)
    text = printed(monkeypatch, grid, sentence(evil), width=width)
    assert not set("\x1b\x07\r\u202e") & set(text)
    assert re.sub(r"\s", "", text).count(r"\x1b[2J\x07\r\u202esoup") == 5


FIGURES = st.from_regex(r"\A[+-]?[0-9]{1,7}\.[0-9]{1,4}( ±[0-9]{1,2}\.[0-9])?\Z")
NAMES = st.text(st.characters(exclude_categories=["Cs", "Nd", "Nl", "No"]), max_size=60)
ROWS = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.tuples(NAMES, *[st.one_of(FIGURES, st.just("")) for _ in range(columns)]), min_size=1, max_size=4
    )
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(rows=ROWS, width=st.integers(5, 150))
def test_tables_at_any_width_hold_every_number(rows, width):
    headings = ("name", *(f"a figure {'x' * k}" for k in range(1, len(rows[0]))))
    with pytest.MonkeyPatch.context() as monkeypatch:
        text = printed(monkeypatch, table(*rows, headings=headings), width=width)
    expected = numbers("\n".join(cell for row in rows for cell in row[1:]))
    assert not expected - numbers(text)
    room = max(width, *(4 + len(cell) for row in rows for cell in row[1:]), 30)
    assert all(cell_len(line) <= room for line in text.splitlines())
