"""Names that are safe to show."""

from __future__ import annotations

import pytest

from arts.data.errors import ArtsError
from arts.leaderboard.store.display_names import clean_name


def test_display_names_are_cleaned():
    assert clean_name(" a\u0000b\u200b \n c ") == "ab c"
    assert clean_name("Élan ± 2") == "Élan ± 2"
    for empty in ("", " \n", "\u200b"):
        with pytest.raises(ArtsError, match="no name"):
            clean_name(empty)
    with pytest.raises(ArtsError, match="81 characters; expected 80 at most"):
        clean_name("x" * 81)
