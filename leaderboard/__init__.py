"""The leaderboard: the app, the store of measured reports, and the reports themselves in `results/`."""
