"""The store of results: what is read, what is believed, and what is added."""

from __future__ import annotations

import json
import shutil
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from boards import measured

from arts.data.errors import ArtsError, DownloadError
from arts.evaluation.metrics import unit_right
from arts.evaluation.paired_tests import exact_mcnemar
from arts.evaluation.report import Report
from arts.evaluation.scores import Estimate
from arts.leaderboard.analysis.ranking import ranks
from arts.leaderboard.analysis.table import Filters, comma_separated, ordered, table
from arts.leaderboard.store import verifier_process
from arts.leaderboard.store.entry import Entry, Status, entry_of
from arts.leaderboard.store.live_board import Watch
from arts.leaderboard.store.store import PACKAGED, Store
from arts.leaderboard.web.export import write


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Three reports with their predictions, of which the last is the best."""
    for seed, right in enumerate((0.6, 0.8, 0.95)):
        measured(tmp_path, f"model {seed}", right=right, seed=seed).save(tmp_path / "results")
    return tmp_path / "results"


def own(results: Path) -> Store:
    return Store((str(results),), packaged=False)


def test_every_result_file_is_a_row(results):
    board = own(results).read()
    assert {e.path for e in board.entries} == {str(path) for path in results.glob("*.json")}
    assert not board.faults
    assert len(table(board.on("sample"))) == 3


def test_every_packaged_result_file_is_a_row():
    board = Store(()).read()
    assert {e.path for e in board.entries if e.path} == {str(path) for path in PACKAGED.glob("*.json")}
    assert not board.faults
    assert not board.duplicates
    assert sum(len(table(board.on(corpus))) for corpus in board.corpora) == len(board.entries)


def test_packaged_predictions_give_the_figures_of_their_reports(shared):
    for entry in Store(()).read().entries:
        assert entry.status in (Status.VERIFIED, Status.PUBLISHED), entry.remark


def test_the_papers_nine_are_on_three_corpora():
    paper = [e for e in Store(()).read().entries if e.status is Status.PUBLISHED]
    assert len(paper) == 27
    bert = next(e for e in paper if e.key == "paper-laptop-bert")
    assert bert.ars.value == 50.94
    assert bert.ars.low < 50.94 < bert.ars.high
    assert "Table 7" in bert.remark


def test_figures_are_verified_by_predictions_and_corpus(results):
    assert {entry.status for entry in own(results).read().entries} == {Status.VERIFIED}


def change(path: Path, **fields: object) -> None:
    report = json.loads(path.read_text())
    path.write_text(json.dumps({**report, **fields}))


def test_what_is_wrong_is_listed_and_not_shown_as_true(results):
    first, second, third = sorted(results.glob("*.json"))
    (results / "truncated.json").write_text(first.read_text()[:300])
    (results / "schema.json").write_text('{"schema_version": "9", "name": "x"}')
    change(first, ars={"value": 120, "low": 110, "high": 130})
    change(second, ars={"value": 99.0, "low": 98.0, "high": 99.5})
    columns = pq.read_table(third.with_suffix(".parquet")).to_pandas()
    columns["polarity"] = columns["prediction"]
    columns.to_parquet(third.with_suffix(".parquet"))
    board = own(results).read()
    faults = {Path(fault.path).name: fault.reason for fault in board.faults}
    assert set(faults) == {"truncated.json", "schema.json", first.name, third.name}
    assert "ars.value" in faults[first.name]
    assert "less than or equal to 100" in faults[first.name]
    assert "not those of the benchmark" in faults[third.name]
    (shown,) = board.entries
    assert shown.status is Status.RECOMPUTED
    assert shown.ars.value < 99
    assert "claims accuracy" in shown.remark
    assert "and ARS 99.00" in shown.remark


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"accuracy": {"value": 99.0, "low": 98.0, "high": 99.5}}, "its confusion matrix gives"),
        ({"ars": {"value": 99.0, "low": 98.0, "high": 99.5}}, "over its accuracy"),
        ({"ars": {"value": 10.0, "low": 12.0, "high": 13.0}}, "outside its interval"),
        ({"confusion": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}, "does not count 138 originals"),
    ],
)
def test_a_claim_without_predictions_must_agree_with_itself(results, fields, message):
    path = min(results.glob("*.json"))
    path.with_suffix(".parquet").unlink()
    assert next(e for e in own(results).read().entries if e.path == str(path)).status is Status.CLAIMED
    change(path, **fields)
    (fault,) = own(results).read().faults
    assert message in fault.reason


def test_the_same_answers_under_another_name_are_recognised(results):
    first = min(results.glob("*.json"))
    other = results / "zzz.json"
    change_name = json.loads(first.read_text()) | {"name": "mine"}
    other.write_text(json.dumps(change_name))
    shutil.copy(first.with_suffix(".parquet"), other.with_suffix(".parquet"))
    board = own(results).read()
    assert len(board.entries) == 3
    (duplicate,) = board.duplicates
    assert duplicate.path == str(other)
    assert 'repeats "model 0"' in duplicate.reason
    with pytest.raises(ArtsError, match='on the board already, as "model 0"'):
        own(results).add(Report.load(first).model_copy(update={"name": "mine"}))


def test_what_has_not_changed_is_not_checked_again(results, monkeypatch):
    store = own(results)
    board = store.read()
    monkeypatch.setattr("arts.leaderboard.store.store.entry_of", None)
    assert store.read() == board
    assert own(results).read() == board


def test_files_are_shown_as_unchecked_until_there_is_time(results):
    store = own(results)
    board = store.read(most=0)
    assert board.unchecked == 3
    assert {entry.status for entry in board.entries} == {Status.UNCHECKED}
    assert verifier_process.start(store).wait(60) == 0
    board = store.read(most=0)
    assert board.unchecked == 0
    assert {entry.status for entry in board.entries} == {Status.VERIFIED}


def test_checking_ends_with_the_app(results):
    process = verifier_process.start(own(results))
    process.stdin.close()
    assert process.wait(60) == 0


def test_a_watch_sees_what_changes_and_has_it_checked_beside(results, tmp_path, monkeypatch):
    monkeypatch.setattr("arts.leaderboard.store.live_board.FEW", 0)
    monkeypatch.setattr("arts.leaderboard.store.live_board.AGAIN", 0)
    start, started = verifier_process.start, []
    monkeypatch.setattr(verifier_process, "start", lambda store: started.append(store) or start(store))
    watched = Watch(own(results))
    board, before = watched.look()
    assert board.unchecked == 3
    started[0].read()
    watched.refresh()
    board, after = watched.look()
    assert (board.unchecked, before == after) == (0, False)
    watched.refresh()
    assert watched.look()[0] is board
    measured(tmp_path, "model 4", seed=4).save(results)
    assert watched.look()[0] is board  # for a second
    watched.refresh()
    board, _ = watched.look()
    assert (len(board.entries), board.unchecked) == (4, 1)


def test_the_state_changes_with_the_files(results):
    store = own(results)
    before = store.state()
    assert store.state() == before
    min(results.glob("*.parquet")).unlink()
    assert store.state() != before


def _add(folder: str, seed: int) -> None:
    store = Store((folder,), packaged=False)
    store.add(measured(Path(folder).parent / str(seed), f"model {seed % 2}", seed=seed))


def test_five_processes_that_add_at_once_lose_nothing(tmp_path):
    with get_context("spawn").Pool(5) as pool:
        pool.starmap(_add, [(str(tmp_path / "results"), seed) for seed in range(5)])
    board = own(tmp_path / "results").read()
    assert len(board.entries) == 5
    assert {entry.status for entry in board.entries} == {Status.VERIFIED}


def test_a_name_does_not_lead_out_of_the_folder(tmp_path):
    path = own(tmp_path / "results").add(measured(tmp_path, "../../" + "long " * 12))
    assert path.parent == tmp_path / "results"
    assert own(tmp_path / "results").read().entries[0].path == str(path)


def test_repositories_cannot_be_added_to(tmp_path):
    with pytest.raises(ArtsError, match="start the board with a folder"):
        Store(("hf:somebody/results",)).add(measured(tmp_path, "mine"))


def test_a_repository_that_is_not_to_be_had(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DownloadError, match='results "hf:somebody/nothing" cannot be had'):
        Store(("hf:somebody/nothing",)).read()


def entry(ars: float, half: float = 4.0, right: str = "") -> Entry:
    return Entry(
        key=str(ars),
        name="x",
        corpus="sample",
        units=100,
        family="other",
        model="x",
        kind="predictions",
        accuracy=Estimate(value=90, low=85, high=95),
        ars=Estimate(value=ars, low=ars - half, high=ars + half),
        strategies={},
        status=Status.CLAIMED,
        right=right,
    )


def test_entries_without_predictions_share_a_rank_while_their_intervals_touch():
    found = ranks([entry(60), entry(55), entry(53), entry(40)])
    assert [str(rank) for rank in found] == ["≈ 1", "≈ 1", "≈ 1", "≈ 4"]


def test_entries_share_a_rank_when_the_paired_test_does_not_tell_them_apart(tmp_path):
    rates = (0.98, 0.96, 0.8, 0.78, 0.5)
    reports = [measured(tmp_path, f"m{n}", right=rate, seed=n) for n, rate in enumerate(rates)]
    entries = sorted(map(entry_of, reports), key=lambda e: -e.ars.value)
    by_key = {entry_of(report).key: report.predictions for report in reports}
    found = ranks(entries)
    assert all(rank.paired for rank in found)
    assert found[0].place == 1
    heads = {rank.place: entries[rank.place - 1] for rank in found}
    for one, rank in zip(entries, found, strict=True):
        if heads[rank.place] is not one:
            pair = [by_key[heads[rank.place].key], by_key[one.key]]
            first, second = (unit_right(p.correct, p.layout.units) for p in pair)
            assert exact_mcnemar((first & ~second).sum(), (second & ~first).sum()) >= 0.05
    assert len({rank.place for rank in found}) > 1


def test_no_entries_have_no_ranks():
    assert ranks([]) == []
    assert table([]).empty


def test_filters_search_and_order(results):
    rows = table(Store((str(results),)).read().on("laptop"))
    adversarial = Filters(interventions=["adversarial"], text="BERT").apply(rows)
    assert set(adversarial["intervention"]) == {"adversarial"}
    assert adversarial["model"].str.contains("bert").all()
    assert Filters(statuses=["published"], encoders=["GloVe"]).apply(rows)["family"].nunique() > 2
    assert Filters(text="(").apply(rows)["model"].str.contains("(", regex=False).all()
    day = pd.Timestamp(rows["date"].dropna().iloc[0]).date()
    assert set(Filters(since=day, until=day).apply(rows)["date"]) == {day.isoformat()}
    assert ordered(rows, "ars")["ars"].is_monotonic_decreasing
    assert ordered(rows, "lost")["lost"].is_monotonic_increasing


def test_a_formula_in_a_name_is_no_formula_in_the_csv(tmp_path):
    rows = table([entry_of(measured(tmp_path, '=HYPERLINK("x")'))])
    assert "'=HYPERLINK" in comma_separated(rows)
    assert comma_separated(table([entry_of(measured(tmp_path, "bert"))])).count("'") == 0


def test_the_board_as_one_page(results, tmp_path):
    nasty = measured(tmp_path, "<script>alert(1)</script> $x$", seed=9)
    nasty.save(results)
    (results / "broken.json").write_text("{")
    page = write(Store((str(results),)), tmp_path / "page").read_text("utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "broken.json" in page
    assert page.count("<svg ") == 8
    assert "50.9" in page
    for outside in ('src="http', 'href="http', "url(http", "@import"):
        assert outside not in page


def test_bits_are_in_the_order_of_the_unit_ids(tmp_path):
    report = measured(tmp_path, "mine")
    predictions = report.predictions
    right = unit_right(predictions.correct, predictions.layout.units)
    ids = [
        predictions.ids[row]
        for row in np.flatnonzero(predictions.layout.original == np.arange(len(predictions.ids)))
    ]
    wanted = [bool(flag) for _, flag in sorted(zip(ids, right, strict=True))]
    found = np.unpackbits(entry_of(report).packed, count=len(right)).astype(bool)
    assert found.tolist() == wanted
