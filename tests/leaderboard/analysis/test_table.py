"""The table: filters, search, order, CSV."""

from __future__ import annotations

import pandas as pd
import pytest
from helpers.board_entries import entry
from helpers.boards import sample_report

from arts.evaluation.verification import Status
from arts.leaderboard.analysis.rows import row_of
from arts.leaderboard.analysis.table import EntryFilter, board_table, csv_text, rows_table, sort_rows
from arts.leaderboard.store.entry import entry_of
from arts.leaderboard.store.store import Store


def test_table_filters_search_and_order(three_results, packaged_checked):
    rows = board_table(Store((str(three_results),)).read().on("laptop"))
    adversarial = EntryFilter(interventions=["adversarial"], text="BERT").apply(rows)
    assert set(adversarial["intervention"]) == {"adversarial"}
    assert adversarial["model"].str.contains("bert").all()
    assert EntryFilter(statuses=["published"], encoders=["GloVe"]).apply(rows)["family"].nunique() > 2
    assert EntryFilter(text="(").apply(rows)["model"].str.contains("(", regex=False).all()
    assert sort_rows(rows, "rank")["position"].is_monotonic_increasing
    day = pd.Timestamp(rows["date"].dropna().iloc[0]).date()
    assert set(EntryFilter(since=day, until=day).apply(rows)["date"]) == {day.isoformat()}
    assert sort_rows(rows, "ars")["ars"].is_monotonic_decreasing
    assert sort_rows(rows, "lost")["lost"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("adversarial bert", {"bert + adversarial"}),
        ("BERT adver", {"bert + adversarial"}),
        ("tdlstm", {"td-lstm", "td-lstm + adversarial"}),
        ("td lstm", {"td-lstm", "td-lstm + adversarial"}),
        ("LSTM-td", set()),
        ("bert-pt", {"bert-pt"}),
        ("pt bert", {"bert-pt"}),
        ("minilm graph", set()),
        ("L6 pt", {"bert-pt"}),
        ("-", {"bert-pt", "td-lstm", "td-lstm + adversarial", "bert + adversarial"}),
    ],
)
def test_table_is_searched_by_words_in_any_order(text, expected):
    names = ("bert + adversarial", "bert-pt", "td-lstm", "td-lstm + adversarial")
    facts = {"encoder": "all-MiniLM-L6-v2", "status": Status.PUBLISHED}
    entries = [entry(9 * n).model_copy(update=facts | {"name": name}) for n, name in enumerate(names, 1)]
    rows = board_table(entries)
    assert {name.removesuffix(" (paper)") for name in EntryFilter(text=text).apply(rows)["model"]} == expected


def test_table_is_sorted_by_numbers_and_rows_without_a_rank_are_last():
    rows = [row_of(entry(ars).model_copy(update={"status": Status.PUBLISHED})) for ars in range(95, 5, -9)]
    rows.append(row_of(entry(96).model_copy(update={"key": "claim"})))
    table = rows_table(sorted(rows, key=lambda row: -row.ars.value))
    shown = [rank.removeprefix("≈ ") for rank in sort_rows(table, "rank")["rank"].tolist()[:10]]
    assert shown == [str(n) for n in range(1, 11)]
    turned = sort_rows(table, "rank", turned=True)["rank"].tolist()[:10]
    assert [rank.removeprefix("≈ ") for rank in turned] == shown[::-1]
    assert sort_rows(table, "ars").index[-1] == "claim"


@pytest.mark.parametrize("column", ["model", "encoder", "family", "intervention", "date"])
def test_table_a_formula_in_any_column_is_no_formula_in_the_csv(tmp_path, column):
    rows = board_table([entry_of(sample_report(tmp_path, "bert"))])
    assert "'@SUM(1)" in csv_text(rows.assign(**{column: "@SUM(1)"}))


def test_table_a_formula_in_a_name_is_no_formula_in_the_csv(tmp_path):
    rows = board_table([entry_of(sample_report(tmp_path, '=HYPERLINK("x")'))])
    assert "'=HYPERLINK" in csv_text(rows)
    assert csv_text(board_table([entry_of(sample_report(tmp_path, "bert"))])).count("'") == 0


def test_table_entries_of_one_name_can_be_told_apart(tmp_path):
    entries = [entry_of(sample_report(tmp_path, "mine", right=right)) for right in (0.9, 0.6)]
    assert board_table(entries)["model"].tolist() == [f"mine ({entry.key[:6]})" for entry in entries]
