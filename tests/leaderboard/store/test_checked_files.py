"""Files that were checked, and then changed, linked, shared or copied."""

from __future__ import annotations

import json
import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.boards import own_store
from helpers.commands import call
from helpers.forging import Forged

from arts.evaluation.verification import Status
from arts.leaderboard.store.checked_files import ReportFile


@pytest.fixture
def forged(honest, tmp_path):
    """An honest report in the forger's folder, written and checked."""
    forged = Forged.of(honest["custom"], tmp_path / "results")
    forged.write()
    return forged


def statuses(folder) -> dict[str, str]:
    return {entry.name: str(entry.status) for entry in own_store(folder).read().entries}


def keep_times(path, change):
    """Change a file; its size and the time of its change are afterwards what they were."""
    before = path.stat()
    change()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def test_checked_files_the_same_size_and_time_do_not_hide_a_change(forged):
    store = own_store(forged.path.parent)
    assert store.read().entries[0].status is Status.VERIFIED
    text = forged.path.read_text()
    ars = f'"ars": {{"value": {forged.report["ars"]["value"]}'
    other = text.replace(ars, ars[:-2] + "99"[: len(ars[-2:])])
    keep_times(forged.path, lambda: forged.path.write_text(other))
    assert other != text
    for board in (store.read(), own_store(forged.path.parent).read()):
        assert board.entries[0].status is Status.RECOMPUTED


def test_checked_files_a_file_in_another_place_is_checked_again(forged):
    """Another file is moved over the checked one, of the same size and time."""
    store = own_store(forged.path.parent)
    store.read()
    parquet = forged.path.with_suffix(".parquet")
    other = parquet.with_suffix(".other")
    shutil.copy2(parquet, other)
    before = ReportFile.at(forged.path)
    other.replace(parquet)
    after = ReportFile.at(forged.path)
    assert before.stamp != after.stamp
    assert before.content == after.content
    assert store.read().entries[0].status is Status.VERIFIED


def test_checked_files_what_changes_during_the_check_is_not_kept(forged, monkeypatch):
    check = ReportFile.check

    def check_while_it_changes(file, resample):
        row = check(file, resample)
        forged.put("ars.value", 99.0)
        forged.path.write_text(json.dumps(forged.report))
        return row

    with monkeypatch.context() as patch:
        patch.setattr(ReportFile, "check", check_while_it_changes)
        store = own_store(forged.path.parent)
        store.read()
    for board in (store.read(), own_store(forged.path.parent).read()):
        assert board.entries[0].status is Status.RECOMPUTED


def test_checked_files_a_linked_parquet_of_another_report_is_a_duplicate(forged):
    other = forged.path.with_name("another.json")
    other.write_text(json.dumps(forged.report | {"name": "another"}))
    other.with_suffix(".parquet").symlink_to(forged.path.with_suffix(".parquet"))
    board = own_store(forged.path.parent).read()
    assert len(board.entries) == 1
    assert "repeats" in board.duplicate_files[0].reason


def test_checked_files_a_link_that_is_led_elsewhere_is_checked_again(forged, honest, tmp_path):
    folder = tmp_path / "links"
    folder.mkdir()
    link = folder / "a.parquet"
    (folder / "a.json").write_text(forged.path.read_text())
    link.symlink_to(forged.path.with_suffix(".parquet"))
    store = own_store(folder)
    assert store.read().entries[0].status is Status.VERIFIED
    link.unlink()
    link.symlink_to(honest["zoo"].with_suffix(".parquet"))
    assert store.read().entries[0].status is Status.RECOMPUTED


def test_checked_files_a_copy_of_the_labels_does_not_take_the_place_of_the_run(forged, honest):
    copied = Forged.of(honest["custom"], forged.path.parent)
    copied.path = copied.path.with_name("aaa.json")
    copied.put("name", "first")
    copied.put("model.kind", "predictions")
    copied.write()
    board = own_store(forged.path.parent).read()
    assert [(entry.name, entry.status) for entry in board.entries] == [("mine", Status.VERIFIED)]
    assert board.duplicate_files[0].path == str(copied.path)


def test_checked_files_other_things_in_a_parquet_change_nothing(forged):
    parquet = forged.path.with_suffix(".parquet")
    table = pa.table(forged.columns).replace_schema_metadata({"status": "verified", "ars": "99"})
    pq.write_table(table, parquet)
    (entry,) = own_store(forged.path.parent).read().entries
    assert (entry.status, entry.ars.value) == (Status.VERIFIED, forged.report["ars"]["value"])


def test_checked_files_the_order_of_the_rows_changes_nothing(forged):
    forged.columns = {name: column[::-1] for name, column in forged.columns.items()}
    forged.write()
    assert statuses(forged.path.parent) == {"mine": "verified"}


def test_checked_files_a_column_twice_is_refused(forged):
    names = [*forged.columns, "prediction"]
    gold = forged.columns["polarity"]
    table = pa.Table.from_arrays([pa.array(c) for c in (*forged.columns.values(), gold)], names=names)
    pq.write_table(table, forged.path.with_suffix(".parquet"))
    (file,) = own_store(forged.path.parent).read().invalid_files
    assert "the column 'prediction' is there twice" in file.reason
    done = call("arts.validate", forged.path, folder=forged.path.parent)
    assert done.returncode == 2
    assert "is there twice" in done.stderr


@pytest.mark.parametrize("content", [b"", b"PAR1", b"id,prediction\n"], ids=["nothing", "a mark", "a table"])
def test_checked_files_a_parquet_that_is_none_is_refused(forged, content):
    forged.path.with_suffix(".parquet").write_bytes(content)
    (file,) = own_store(forged.path.parent).read().invalid_files
    assert "not Parquet" in file.reason
    assert call("arts.validate", forged.path, folder=forged.path.parent).returncode == 2


def test_checked_files_a_folder_or_a_dead_link_in_place_of_predictions_is_a_claim(forged):
    parquet = forged.path.with_suffix(".parquet")
    parquet.unlink()
    parquet.mkdir()
    assert statuses(forged.path.parent) == {"mine": "claimed"}
    parquet.rmdir()
    parquet.symlink_to("nowhere")
    assert statuses(forged.path.parent) == {"mine": "claimed"}
