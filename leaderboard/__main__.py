"""`python -m arts.leaderboard`."""

from arts.console import command_line, run
from arts.leaderboard.command import leaderboard

if __name__ == "__main__":
    run(command_line(leaderboard))
