"""The table: filters, search, order, CSV."""

from __future__ import annotations

import pandas as pd
from helpers.boards import sample_report

from arts.leaderboard.analysis.table import EntryFilter, board_table, csv_text, sort_rows
from arts.leaderboard.store.entry import entry_of
from arts.leaderboard.store.store import Store


def test_table_filters_search_and_order(three_results):
    rows = board_table(Store((str(three_results),)).read().on("laptop"))
    adversarial = EntryFilter(interventions=["adversarial"], text="BERT").apply(rows)
    assert set(adversarial["intervention"]) == {"adversarial"}
    assert adversarial["model"].str.contains("bert").all()
    assert EntryFilter(statuses=["published"], encoders=["GloVe"]).apply(rows)["family"].nunique() > 2
    assert EntryFilter(text="(").apply(rows)["model"].str.contains("(", regex=False).all()
    day = pd.Timestamp(rows["date"].dropna().iloc[0]).date()
    assert set(EntryFilter(since=day, until=day).apply(rows)["date"]) == {day.isoformat()}
    assert sort_rows(rows, "ars")["ars"].is_monotonic_decreasing
    assert sort_rows(rows, "lost")["lost"].is_monotonic_increasing


def test_table_a_formula_in_a_name_is_no_formula_in_the_csv(tmp_path):
    rows = board_table([entry_of(sample_report(tmp_path, '=HYPERLINK("x")'))])
    assert "'=HYPERLINK" in csv_text(rows)
    assert csv_text(board_table([entry_of(sample_report(tmp_path, "bert"))])).count("'") == 0


def test_table_entries_of_one_name_can_be_told_apart(tmp_path):
    entries = [entry_of(sample_report(tmp_path, "mine", right=right)) for right in (0.9, 0.6)]
    assert board_table(entries)["model"].tolist() == [f"mine ({entry.key[:6]})" for entry in entries]
