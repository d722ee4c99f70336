"""The process that checks entries beside the app."""

from __future__ import annotations

from helpers.boards import own_store

from arts.leaderboard.store import verifier_process
from arts.leaderboard.store.live_board import LiveBoard


def test_verifier_process_checking_ends_with_the_app(three_results):
    process = verifier_process.start_verifier(own_store(three_results))
    process.stdin.close()
    assert process.wait(60) == 0


class Dead:
    """A process that has died."""

    def poll(self) -> int:
        return -9


def test_verifier_process_that_dies_is_started_again_and_it_is_said(three_results, monkeypatch):
    monkeypatch.setattr("arts.leaderboard.store.live_board.CHECKED_AT_ONCE", 0)
    monkeypatch.setattr("arts.leaderboard.store.live_board.RECHECK_SECONDS", 0)
    monkeypatch.setattr("arts.leaderboard.store.live_board.LOOK_SECONDS", 0)
    started = []
    monkeypatch.setattr(verifier_process, "start_verifier", lambda store: started.append(store) or Dead())
    board = LiveBoard(own_store(three_results))
    remarks = []
    for _ in range(6):
        assert board.look()[0].unchecked == 3
        remarks.append(board.verifier_remark)
    assert len(started) == 3
    again = "The process that checks predictions has died, and was started again"
    assert remarks[:3] == ["", f"{again} (1).", f"{again} (2)."]
    assert all("died 3 times, and is not started again until a file changes" in text for text in remarks[3:])
    monkeypatch.setattr(verifier_process, "start_verifier", lambda store: store.read() and Dead())
    (three_results / "new.json").write_text("{}")
    assert board.look()[0].unchecked == 4
    assert board.look()[0].unchecked == 0
    assert (len(started), board.verifier_remark) == (3, "")
