import sqlite3
import threading

import pytest
from helpers.atomic_runs import WAIT

from arts.data.errors import DataError
from arts.data.support.text_cache import TextCache


def test_text_cache_values_are_kept_by_source_and_text(tmp_path):
    TextCache("parses", "a").put({"soup": [1], "staff": None})
    assert TextCache("parses", "a").get(["soup", "staff", "bar"]) == {"soup": [1], "staff": None}
    assert TextCache("parses", "b").get(["soup"]) == {}


def test_text_cache_several_writers_at_once_lose_nothing(tmp_path):
    def write(number):
        for text in range(5):
            TextCache("parses", "a").put({f"{number}-{text}": number})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    wanted = {f"{number}-{text}": number for number in range(4) for text in range(5)}
    assert TextCache("parses", "a").get(wanted) == wanted


def test_text_cache_that_is_damaged_is_told_in_one_line(tmp_path):
    path = TextCache("parses", "a").path
    path.write_bytes(b"not a database" * 100)
    message = r"parses\.sqlite: this cache cannot be used \(file is not a database\); .* delete it"
    with pytest.raises(DataError, match=message):
        TextCache("parses", "a")


def test_text_cache_that_cannot_be_written_is_told_in_one_line(tmp_path, monkeypatch):
    cache = TextCache("parses", "a")
    read_only = sqlite3.connect(f"file:{cache.path}?mode=ro", uri=True)
    monkeypatch.setattr("arts.data.support.text_cache.sqlite3.connect", lambda *_, **__: read_only)
    with pytest.raises(DataError, match="attempt to write a readonly database"):
        cache.put({"soup": 1})


def test_text_cache_where_no_folder_can_be_made_is_told_in_one_line(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "file" / "cache"))
    with pytest.raises(DataError, match=r"parses\.sqlite: cannot be written \(Not a directory\)"):
        TextCache("parses", "a")
