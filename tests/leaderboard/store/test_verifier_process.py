"""The process that checks entries beside the app."""

from __future__ import annotations

from helpers.boards import own_store

from arts.leaderboard.store import verifier_process


def test_verifier_process_checking_ends_with_the_app(three_results):
    process = verifier_process.start_verifier(own_store(three_results))
    process.stdin.close()
    assert process.wait(60) == 0
