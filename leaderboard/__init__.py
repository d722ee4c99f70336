"""The leaderboard of models: the app, the code behind it, and the package's own reports in `results/`."""
