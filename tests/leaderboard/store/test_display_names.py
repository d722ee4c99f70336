"""Names that are safe to show."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from arts.data.errors import ArtsError
from arts.leaderboard.store.display_names import clean_name, display_fact, guard_formulas, hide_folders


def test_display_names_are_cleaned():
    assert clean_name(" a\u0000b\u200b \n c ") == "ab c"
    assert clean_name("Élan ± 2") == "Élan ± 2"
    for empty in ("", " \n", "\u200b"):
        with pytest.raises(ArtsError, match="no name"):
            clean_name(empty)
    with pytest.raises(ArtsError, match="81 characters; expected 80 at most"):
        clean_name("x" * 81)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/srv/results/x.json, line 3: cut off", "x.json, line 3: cut off"),
        (f"{Path.home()}/my results/x.json: gone", "x.json: gone"),
        ("cannot open '/a/b/c.parquet'", "cannot open 'c.parquet'"),
        (r"C:\Users\me\x.json: gone", "x.json: gone"),
        ("/etc/passwd", "passwd"),
        ("org/model, 1/2 and https://a.org/b/c", "org/model, 1/2 and https://a.org/b/c"),
    ],
)
def test_display_names_show_no_folder(text, shown):
    assert hide_folders(text).removeprefix("my results/") == shown


def test_display_names_of_facts_are_printable_and_short():
    assert display_fact("a\u202eb\n") == "a\\u202eb\\n"
    assert display_fact("x" * 300) == "x" * 200 + "…"


def test_display_names_guard_formulas_in_every_column():
    frame = pd.DataFrame(
        {"model": ["=1", "fine"], "@encoder": ["\t+1", "-"], "ars": [-1.5, 2.0]}, index=["=k", "k"]
    )
    assert guard_formulas(frame).to_csv() == ",model,'@encoder,ars\n'=k,'=1,'\t+1,-1.5\nk,fine,'-,2.0\n"
