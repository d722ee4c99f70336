"""Evaluation of a model on a benchmark: its predictions, scores with intervals, tests, and the report."""
