"""The room of the results store and the leaderboard; `results/` holds measured reports."""
