"""A board that follows its files."""

from __future__ import annotations

from helpers.boards import own_store, sample_report

from arts.leaderboard.store import verifier_process
from arts.leaderboard.store.live_board import LiveBoard


def test_live_board_sees_what_changes_and_has_it_checked_beside(three_results, tmp_path, monkeypatch):
    monkeypatch.setattr("arts.leaderboard.store.live_board.CHECKED_AT_ONCE", 0)
    monkeypatch.setattr("arts.leaderboard.store.live_board.RECHECK_SECONDS", 0)
    monkeypatch.setattr("arts.leaderboard.store.live_board.LOOK_SECONDS", 60)
    start, started = verifier_process.start_verifier, []
    monkeypatch.setattr(
        verifier_process, "start_verifier", lambda store: started.append(store) or start(store)
    )
    watched = LiveBoard(own_store(three_results))
    board, before = watched.look()
    assert board.unchecked == 3
    started[0].read()
    watched.refresh()
    board, after = watched.look()
    assert (board.unchecked, before == after) == (0, False)
    watched.refresh()
    assert watched.look()[0] is board
    sample_report(tmp_path, "model 4", seed=4).save(three_results)
    assert watched.look()[0] is board  # for a second
    watched.refresh()
    board, _ = watched.look()
    assert (len(board.entries), board.unchecked) == (4, 1)


def test_live_board_the_fingerprint_changes_with_the_files(three_results):
    store = own_store(three_results)
    before = store.fingerprint()
    assert store.fingerprint() == before
    min(three_results.glob("*.parquet")).unlink()
    assert store.fingerprint() != before
