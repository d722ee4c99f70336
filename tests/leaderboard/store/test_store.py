"""Results in a folder, checked and added to."""

from __future__ import annotations

import json
import shutil
from multiprocessing import get_context
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from helpers.boards import change_fields, own_store, sample_report

from arts.data.errors import ArtsError, DownloadError
from arts.evaluation.report import Report
from arts.evaluation.verification import Status
from arts.leaderboard.analysis.rows import board_rows
from arts.leaderboard.analysis.table import board_table
from arts.leaderboard.store import verifier_process
from arts.leaderboard.store.store import PACKAGED_RESULTS, Store
from arts.models.registry import model_names


@pytest.fixture(scope="module")
def packaged(checked_cache):
    """The board of the entries that come with the package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTS_CACHE_HOME", str(checked_cache))
        patch.delenv("ARTS_DATA_HOME", raising=False)
        yield Store(()).read()


def test_store_every_result_file_is_a_row(three_results):
    board = own_store(three_results).read()
    assert {e.path for e in board.entries} == {str(path) for path in three_results.glob("*.json")}
    assert not board.invalid_files
    assert len(board_table(board.on("sample"))) == 3


def test_store_every_packaged_result_file_is_in_a_row(packaged):
    files = {str(path) for path in PACKAGED_RESULTS.glob("*.json")}
    assert {e.path for e in packaged.entries if e.path} == files
    assert not packaged.invalid_files
    assert not packaged.duplicate_files
    rows = [row for corpus in packaged.corpora for row in board_rows(packaged.on(corpus))]
    assert sum(len(row.entries) for row in rows) == len(packaged.entries)
    laptop = packaged.on("laptop")
    assert len(board_table(laptop)) == len({entry.configuration for entry in laptop}) < len(laptop)
    assert all(row.is_ranked for row in rows)


def test_store_packaged_predictions_give_the_figures_of_their_reports(shared_data):
    for entry in Store(()).read().entries:
        assert entry.status in (Status.VERIFIED, Status.PUBLISHED), entry.remark


def test_store_the_v2_set_comes_first_and_has_all_nine_models_plain_and_adversarially_trained(packaged):
    assert packaged.corpora[0] == "laptop-v2"
    trained = {entry.label for entry in packaged.on("laptop-v2") if not entry.label.startswith("lm:")}
    assert trained >= {
        f"{name}{training}, seed 1" for name in model_names() for training in ("", " + adversarial")
    }


def test_store_the_papers_nine_are_on_three_corpora(packaged):
    paper = [e for e in packaged.entries if e.status is Status.PUBLISHED]
    assert len(paper) == 27
    bert = next(e for e in paper if e.key == "paper-laptop-bert")
    assert bert.ars.value == 50.94
    assert bert.ars.low < 50.94 < bert.ars.high
    assert "Table 7" in bert.remark


def test_store_labels_that_somebody_brought_are_recomputed_and_not_verified(three_results):
    entries = own_store(three_results).read().entries
    assert {entry.kind for entry in entries} == {"predictions"}
    assert {(entry.status, entry.remark) for entry in entries} == {(Status.RECOMPUTED, "")}


def test_store_what_is_wrong_is_listed_and_not_shown_as_true(three_results):
    first, second, third = sorted(three_results.glob("*.json"))
    (three_results / "truncated.json").write_text(first.read_text()[:300])
    (three_results / "schema.json").write_text('{"schema_version": "9", "name": "x"}')
    change_fields(first, ars={"value": 120, "low": 110, "high": 130})
    change_fields(second, ars={"value": 99.0, "low": 98.0, "high": 99.5})
    columns = pq.read_table(third.with_suffix(".parquet")).to_pandas()
    columns["polarity"] = columns["prediction"]
    columns.to_parquet(third.with_suffix(".parquet"))
    board = own_store(three_results).read()
    reasons = {Path(file.path).name: file.reason for file in board.invalid_files}
    assert set(reasons) == {"truncated.json", "schema.json", first.name, third.name}
    assert "ars.value" in reasons[first.name]
    assert "less than or equal to 100" in reasons[first.name]
    assert "not those of the benchmark" in reasons[third.name]
    (shown,) = board.entries
    assert shown.status is Status.RECOMPUTED
    assert shown.ars.value < 99
    assert "claims accuracy" in shown.remark
    assert "and ARS 99.00" in shown.remark


def test_store_the_same_predictions_under_another_name_are_recognised(three_results):
    first = min(three_results.glob("*.json"))
    other = three_results / "zzz.json"
    change_name = json.loads(first.read_text()) | {"name": "mine"}
    other.write_text(json.dumps(change_name))
    shutil.copy(first.with_suffix(".parquet"), other.with_suffix(".parquet"))
    board = own_store(three_results).read()
    assert len(board.entries) == 3
    (duplicate,) = board.duplicate_files
    assert duplicate.path == str(other)
    assert 'repeats "model 0"' in duplicate.reason
    with pytest.raises(ArtsError, match='on the board already, as "model 0"'):
        own_store(three_results).add(Report.load(first).model_copy(update={"name": "mine"}))


def test_store_what_has_not_changed_is_not_checked_again(three_results, monkeypatch):
    store = own_store(three_results)
    board = store.read()
    monkeypatch.setattr("arts.leaderboard.store.checked_files.entry_of", None)
    assert store.read() == board
    assert own_store(three_results).read() == board


def test_store_files_are_shown_as_unchecked_until_there_is_time(three_results):
    store = own_store(three_results)
    board = store.read(check_at_most=0)
    assert board.unchecked == 3
    assert {entry.status for entry in board.entries} == {Status.UNCHECKED}
    assert verifier_process.start_verifier(store).wait(60) == 0
    board = store.read(check_at_most=0)
    assert board.unchecked == 0
    assert {entry.status for entry in board.entries} == {Status.RECOMPUTED}


def test_store_five_processes_that_add_at_once_lose_nothing(tmp_path):
    reports = [sample_report(tmp_path / str(seed), f"model {seed % 2}", seed=seed) for seed in range(5)]
    with get_context("spawn").Pool(5) as pool:
        pool.map(own_store(tmp_path / "results").add, reports, chunksize=1)
    board = own_store(tmp_path / "results").read()
    assert len(board.entries) == 5
    assert {entry.status for entry in board.entries} == {Status.RECOMPUTED}


def test_store_a_name_does_not_lead_out_of_the_folder(tmp_path):
    path = own_store(tmp_path / "results").add(sample_report(tmp_path, "../../" + "long " * 12))
    assert path.parent == tmp_path / "results"
    assert own_store(tmp_path / "results").read().entries[0].path == str(path)


def test_store_repositories_cannot_be_added_to(tmp_path):
    with pytest.raises(ArtsError, match="start the board with a folder"):
        Store(("hf:somebody/results",)).add(sample_report(tmp_path, "mine"))


def test_store_a_repository_that_is_not_to_be_had(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DownloadError, match='results "hf:somebody/nothing" cannot be had'):
        Store(("hf:somebody/nothing",)).read()
