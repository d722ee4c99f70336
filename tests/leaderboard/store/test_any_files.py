"""The board opens whatever lies in its folder: every file is an entry, or left out with a reason."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.boards import own_store

from arts.data.errors import ArtsError
from arts.leaderboard.analysis.before_after import before_and_after
from arts.leaderboard.analysis.reproduction import evaluate_command
from arts.leaderboard.analysis.table import board_table
from arts.leaderboard.store.checked_files import ReportFile
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.excluded_file import ExcludedFile
from arts.leaderboard.store.uploads import UploadForm, check_upload

EXAMPLES = 600  # of reports, and of files of predictions; tens of thousands of each were tried once
KINDS = ("custom", "blind", "own")
VALUES = (
    *(0, -1, 2**63, 10**250, -(10**250), 1.5, 1e308, 1e-320, float("nan"), float("inf"), True, None),
    *("", "x" * 10_000, "\x1b[31m", "\u202e", "中" * 80, "a" * 300, "../../x", "=1+1", "zoo", "bert"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    *([], {}, [[]], {"": ""}, {"name": 3}, [{"name": "x"}]),
)


@pytest.fixture
def report(honest, tmp_path) -> Path:
    """The file of a sound report in a folder of its own, with its predictions."""
    folder = tmp_path / "results"
    folder.mkdir()
    for path in (honest["custom"], honest["custom"].with_suffix(".parquet")):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder / honest["custom"].name


def reason(report: Path) -> str:
    (file,) = own_store(report.parent).read().invalid_files
    file.model_dump_json().encode()
    return file.reason


def with_field(way: tuple[str, ...], value: object):
    def change(report: Path) -> None:
        content = json.loads(report.read_text())
        place = content
        for part in way[:-1]:
            place = place[part]
        place[way[-1]] = value
        report.write_text(json.dumps(content))

    return change


def raw(content: bytes):
    return lambda report: report.write_bytes(content)


def many_rows(report: Path) -> None:
    row = pa.array(["1_0"]).take(pa.array([0] * 2_000_000))
    pq.write_table(pa.table({"id": row, "prediction": row}), report.with_suffix(".parquet"))


def much_text(report: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 490, pa.int32()), pa.array(["x" * 10_000_000]))
    table = pa.table({"id": texts, "prediction": ["positive"] * 490})
    pq.write_table(table, report.with_suffix(".parquet"), compression="zstd")


def pipe(report: Path) -> None:
    report.with_suffix(".parquet").unlink()
    os.mkfifo(report.with_suffix(".parquet"))
    with_field(("dataset", "units"), 0)(report)


FAULTS = {
    "a seed of 400 digits": (
        lambda report: report.write_text(report.read_text().replace('"seed": null', f'"seed": {10**400}')),
        "a number has more than 300 digits",
    ),
    "a seed of 250 digits": (with_field(("model", "seed"), 10**250), "field model.seed: Input should be"),
    "counts of 250 digits": (with_field(("dataset", "units"), 10**250), "field dataset.units: Input"),
    "a count over a million": (with_field(("dataset", "units"), 10**7), "expected 1 to 1,000,000"),
    "zero units": (with_field(("dataset", "units"), 0), '"dataset.units" or another count is impossible'),
    "a huge number in a setting": (
        with_field(("model", "intervention"), {"name": "x", "k": [10**250]}),
        "a number is not finite, or not between",
    ),
    "an intervention without name": (with_field(("model", "intervention"), {}), "intervention.name"),
    "a time before all": (with_field(("provenance", "started"), "0001-01-01T00:00:00Z"), "since 2000"),
    "an endless time": (with_field(("provenance", "seconds"), 1e300), '"provenance.seconds" is 1e+300'),
    "deep JSON": (raw(b"[" * 200_000), "the JSON is nested more than 100 deep"),
    "a key twice": (raw(b'{"name": "a", "name": "b"}'), 'the key "name" appears twice in one object'),
    "half a character": (raw(b'{"name": "\\ud800"}'), "not Unicode: half a character (surrogate U+D800)"),
    "no UTF-8": (raw(b'{"name": "\xff"}'), "not UTF-8"),
    "nothing": (raw(b""), "not valid JSON"),
    "a name with an escape": (with_field(("name",), "\x1b[2J"), '"name" holds an invisible or control'),
    "20 million rows": (many_rows, "2,000,000 rows; expected at most 490"),
    "gigabytes of text": (much_text, '"id" has 4,900,000,000 bytes of text'),
    "a pipe": (pipe, "impossible"),
}


@pytest.mark.parametrize(("change", "message"), FAULTS.values(), ids=FAULTS)
def test_any_files_a_faulty_report_is_left_out_with_the_reason(report, change, message):
    change(report)
    assert message in reason(report)
    assert "\x1b" not in reason(report)


def test_any_files_a_name_that_is_not_utf8_is_left_out_and_said(report):
    os.rename(os.fsencode(report), os.fsencode(report.parent) + b"/bad\xff.json")
    assert r"bad\udcff.json: the name is not UTF-8; rename the file" in reason(report)


def test_any_files_a_fault_of_ours_takes_only_its_file_from_the_board(report, monkeypatch, caplog):
    def fail(*_, **__):
        raise RuntimeError("a fault\x1b[2J")

    monkeypatch.setattr("arts.leaderboard.store.checked_files.entry_of", fail)
    assert r"not checked (RuntimeError: a fault\x1b[2J); please report this" in reason(report)
    assert "please report" in caplog.text


def test_any_files_a_folder_that_is_a_file_is_said(report):
    with pytest.raises(ArtsError, match=r"cannot be read: Not a directory"):
        own_store(report).read()


def test_any_files_a_damaged_cache_of_checks_is_begun_anew_and_said(report, tmp_path, caplog):
    assert own_store(report.parent).read().entries
    (cache,) = tmp_path.rglob("leaderboard.sqlite")
    cache.write_bytes(b"no database" * 1000)
    assert own_store(report.parent).read().entries
    assert "this cache is damaged (file is not a database); it is begun anew" in caplog.text


def test_any_files_a_cache_that_cannot_be_used_is_done_without_and_said(
    report, tmp_path, monkeypatch, caplog
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "file" / "cache"))
    assert own_store(report.parent).read().entries
    assert "the results of checks are kept in memory only" in caplog.text


@pytest.mark.parametrize("name", ["a" * 300, "中" * 80, "a/b\\c:*?", "..."])
def test_any_files_a_report_of_any_name_can_be_added(report, tmp_path, name):
    sound = ReportFile.at(report).check()
    assert isinstance(sound, BoardEntry)
    made = sound.report.model_copy(update={"name": name})
    store = own_store(tmp_path / "other")
    assert store.add(made).is_file()
    (entry,) = store.read().entries
    assert entry.name == name


def test_any_files_a_full_disk_is_one_line(report, tmp_path, monkeypatch):
    sound = ReportFile.at(report).check()
    assert isinstance(sound, BoardEntry)

    def fill(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.write_table", fill)
    with pytest.raises(ArtsError, match=r"other.*No space left on device"):
        own_store(tmp_path / "other").add(sound.report)
    assert not list((tmp_path / "other").iterdir())


def check_row(row: BoardEntry | ExcludedFile) -> None:
    """A row that pages can show: it can be stored, ranked and measured again."""
    row.model_dump_json().encode()
    if isinstance(row, ExcludedFile):
        assert "please report" not in row.reason, row.reason
        return
    board_table([row])
    report = row.report
    str(evaluate_command(report))
    list(before_and_after([(row, report)]))


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a JSON value: the object or list, and the key."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


@pytest.mark.parametrize("kind", KINDS)
def test_any_files_any_change_of_a_report_gives_an_entry_or_a_reason(honest, tmp_path, kind):
    draw, path = Random(kind), honest[kind]
    sound, changed = json.loads(path.read_text()), tmp_path / path.name
    changed.with_suffix(".parquet").write_bytes(path.with_suffix(".parquet").read_bytes())
    for _ in range(EXAMPLES // len(KINDS) // 2):
        content = copy.deepcopy(sound)
        for _ in range(draw.choice([1, 1, 2])):
            place, key = draw.choice(list(places(content)))
            place[key] = copy.deepcopy(draw.choice(VALUES))
        changed.write_text(json.dumps(content))
        file = ReportFile.at(changed)
        check_row(file.check())
        check_row(file.read_claim())


@pytest.mark.parametrize("kind", KINDS)
def test_any_files_any_changed_bytes_of_predictions_give_an_entry_or_a_reason(honest, tmp_path, kind):
    draw, path = Random(kind), honest[kind]
    sound, changed = path.with_suffix(".parquet").read_bytes(), tmp_path / path.name
    changed.write_bytes(path.read_bytes())
    for _ in range(EXAMPLES // len(KINDS)):
        content = bytearray(sound)
        for _ in range(draw.choice([1, 5, 10])):
            begin = draw.choice([0, len(content) * 3 // 4])  # the end says what is where
            content[draw.randrange(begin, len(content))] = draw.randrange(256)
        changed.with_suffix(".parquet").write_bytes(content)
        check_row(ReportFile.at(changed).check())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"seed": ' + b"9" * 400 + b"}", "the file: a number has more than 300 digits"),
        (b"[" * 100_000, "the file: the JSON is nested more than 100 deep"),
        (b'{"name": "a", "name": "b"}', 'the file: not valid JSON: the key "name" appears twice'),
        (b'{"name": "\\udfff"}', "the file: not Unicode: half a character"),
        (b"[]", "the file: not a report: Input should be"),
    ],
    ids=["digits", "depth", "key twice", "half a character", "a list"],
)
def test_any_files_an_upload_that_would_harm_the_board_is_refused(content, message):
    with pytest.raises(ArtsError) as caught:
        check_upload("x.json", content, UploadForm("sample", "mine"))
    assert message in str(caught.value)
