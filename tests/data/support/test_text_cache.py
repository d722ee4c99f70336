import sqlite3
import threading
from contextlib import closing
from random import Random

import pytest
from helpers.atomic_runs import WAIT

from arts.data.errors import DataError
from arts.data.support.text_cache import TextCache

FILES = 100  # each is written to the disk several times


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


def other_columns(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE memo (source TEXT)")


def stored_value(value):
    def store(path):
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE memo SET value = CAST(? AS TEXT)", (value,))

    return store


DAMAGES = {
    "no database": lambda path: path.write_bytes(b"not a database" * 100),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "another page": lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192),
    "other columns": other_columns,
    "no JSON": stored_value(b"{"),
    "too deep": stored_value(b"[" * 60_000),
    "no UTF-8": stored_value(b"\xff\xfe"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_text_cache_that_is_damaged_is_begun_anew_and_said(damage, caplog):
    cache = TextCache("parses", "a")
    cache.put({"soup": [1]})
    damage(cache.path)
    again = TextCache("parses", "a")
    assert again.get(["soup"]) == {}
    again.put({"soup": [2]})
    assert again.get(["soup"]) == {"soup": [2]}
    assert "anew" in caplog.text


def test_text_cache_any_changed_bytes_give_values_or_a_new_cache():
    draw, cache = Random(0), TextCache("parses", "a")
    cache.put({str(number): [number] for number in range(50)})
    sound = cache.path.read_bytes()
    for _ in range(FILES):
        raw = bytearray(sound)
        for _ in range(draw.choice([1, 5, 50])):
            raw[draw.randrange(draw.choice([200, len(raw)]))] = draw.randrange(256)
        cache.path.write_bytes(raw)
        again = TextCache("parses", "a")
        values = again.get(map(str, range(50)))
        again.put({"soup": 1})
        assert values.keys() <= set(map(str, range(50)))
        assert again.get(["soup"]) in ({}, {"soup": 1})  # a page that looks sound may be searched in vain


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
