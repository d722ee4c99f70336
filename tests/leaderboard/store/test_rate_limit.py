"""How much a visitor may ask for."""

from __future__ import annotations

import pytest

from arts.data.errors import ArtsError
from arts.leaderboard.store import rate_limit
from arts.leaderboard.store.rate_limit import RateLimit


@pytest.mark.parametrize(
    ("later", "wait"),
    [(100.0, "9 minutes"), (480.0, "2 minutes"), (490.0, "110 s"), (510.5, "90 s"), (599.9, "1 s")],
)
def test_rate_limit_refuses_what_is_too_much_and_says_how_long_to_wait(monkeypatch, later, wait):
    now = [0.0]
    monkeypatch.setattr(rate_limit.time, "monotonic", lambda: now[0])
    limit = RateLimit(2, "You")
    limit.take()
    now[0] = 5.0
    limit.take()
    now[0] = later
    for _ in range(2):  # what is refused does not count
        with pytest.raises(ArtsError) as refused:
            limit.take()
        assert (
            str(refused.value) == f"You had 2 files checked in 10 minutes, the most here; try again in {wait}"
        )
    now[0] = 600.0
    limit.take()
    with pytest.raises(ArtsError, match="try again in 5 s"):
        limit.take()
