"""Run the command `arts leaderboard` as `python -m arts.leaderboard`."""

from arts.cli.app import run_command
from arts.leaderboard.command import leaderboard

if __name__ == "__main__":
    run_command(leaderboard)
