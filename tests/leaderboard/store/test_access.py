"""Who may train and submit."""

from __future__ import annotations

import pytest

from arts.leaderboard.store.access import access_argument, is_read_only


@pytest.mark.parametrize(
    ("address", "wanted", "read_only"),
    [
        ("localhost", None, False),
        ("127.0.0.1", None, False),
        ("::1", None, False),
        ("0.0.0.0", None, True),
        ("::", None, True),
        ("192.168.0.7", None, True),
        ("board.example.org", None, True),
        ("localhost", True, True),
        ("0.0.0.0", False, False),
    ],
)
def test_access_is_for_reading_where_others_can_reach_the_app(address, wanted, read_only):
    assert is_read_only(["results", access_argument(address, wanted)], "localhost") is read_only


def test_access_of_an_app_without_an_argument_is_by_its_address():
    assert is_read_only(["results"], None)
    assert is_read_only(["results"], "0.0.0.0")
    assert not is_read_only(["results"], "localhost")
