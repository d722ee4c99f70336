"""Damaged corpora: bytes of sound files are changed; each is read, or refused in one line."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from helpers.public_formats import PUBLIC_FILES

from arts.data.errors import ArtsError, as_data_error
from arts.data.hf_dataset import write_instances
from arts.data.readers.instances import load_usable_instances
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.tables import RowReader
from arts.data.schema import Instance

EXAMPLES = int(os.environ.get("ARTS_FUZZ_EXAMPLES", "2000"))  # of all forms of a suffix together
SUFFIXES = sorted({Path(public.name).suffix for public in PUBLIC_FILES.values()})
PIECES = [
    *(
        b'"',
        b"'",
        b"{",
        b"}",
        b"[",
        b"]",
        b"(",
        b")",
        b"<",
        b">",
        b"&",
        b"#",
        b"$T$",
        b"####",
        b",",
        b";",
        b"\t",
    ),
    *(
        b"\n",
        b"\r",
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"\\ud800",
        b"&#0;",
        b"&amp;",
        b"&#55296;",
        b"\xef\xbb\xbf",
    ),
    *(
        b"NULL",
        b"null",
        b"true",
        b"NaN",
        b"-1",
        b"1e999",
        b"9" * 400,
        b"[" * 200,
        b"<a>",
        b"id",
        b"from",
        b"\\",
    ),
]


def damaged(content: bytes, draw: random.Random) -> bytes:
    """The content with one to four changes."""
    for _ in range(draw.randint(1, 4)):
        start = draw.randrange(len(content) + 1)
        end = min(len(content), start + draw.choice((0, 0, 1, 1, 2, 8, 40)))
        other = draw.randrange(len(content) + 1)
        new = draw.choice(
            (draw.choice(PIECES), bytes([draw.randrange(256)]), content[other : other + draw.randint(0, 30)])
        )
        content = content[:start] + new + content[end:]
    return content


def read_or_refuse(path: Path) -> list[Instance] | str:
    """The instances of a file, or the message that refuses it."""
    try:
        return load_usable_instances(path)
    except ArtsError as error:
        return str(error)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_fuzzed_corpora_are_read_or_refused_in_one_line(tmp_path, suffix):
    files = [public for public in PUBLIC_FILES.values() if public.name.endswith(suffix)]
    path, draw, outcomes = tmp_path / f"a{suffix}", random.Random(suffix), {list: 0, str: 0}
    for number in range(EXAMPLES):
        path.write_bytes(damaged(files[number % len(files)].content.encode(), draw))
        outcome = read_or_refuse(path)
        outcomes[type(outcome)] += 1
        if isinstance(outcome, str):
            assert outcome.isprintable(), outcome
            assert len(outcome) < 2_000, outcome
    assert min(outcomes.values()) > EXAMPLES / 50  # both happen, so the changes are not all fatal or harmless


def test_fuzzed_corpora_damaged_parquet_is_read_or_refused(tmp_path, units):
    path, draw = tmp_path / "a.parquet", random.Random("parquet")
    write_instances(units, path)
    content = path.read_bytes()
    for _ in range(EXAMPLES // 10):
        path.write_bytes(damaged(content, draw))
        outcome = read_or_refuse(path)
        assert isinstance(outcome, list) or outcome.isprintable()


VALUES = (
    None,
    True,
    0,
    -1,
    10**400,
    4.5,
    float("nan"),
    "",
    "NULL",
    "tea",
    [],
    [4, 7],
    {},
    {"term": "tea"},
    [{}],
)
FIELDS = ("id", "text", "term", "start", "end", "polarity", "aspects", "unit", "strategy", "edits", "words")
MORE_FIELDS = ("span", "targets", "opinions", "target_sentiments", "ordinal", "location")


def test_fuzzed_corpora_rows_of_any_values_are_read_or_refused():
    draw = random.Random("rows")
    aspect = {"term": "tea", "start": 4, "end": 7, "polarity": "positive"}
    sound = {"id": "1", "text": "Hot tea, tea", **aspect, "aspects": [aspect]}
    for _ in range(EXAMPLES):
        row = dict(sound)
        for _ in range(draw.randint(1, 5)):
            target = row if draw.random() < 0.7 else dict(aspect)
            target[draw.choice(FIELDS + MORE_FIELDS)] = draw.choice(VALUES)
            row = row if target is row else {**row, "aspects": [target]}
        for name in draw.sample(FIELDS, draw.randint(0, 2)):
            row.pop(name, None)
        outcome = read_row(row)
        assert isinstance(outcome, list) or len(outcome) < 2_000


def read_row(row: dict[str, object]) -> list[Instance] | str:
    """The instances of a row, or the message that refuses it."""
    try:
        with as_data_error("rows", line=1):
            return list(RowReader(ReadingNotes()).instances(row))
    except ArtsError as error:
        return str(error)
