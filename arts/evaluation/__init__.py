"""Evaluation: the system under test, its predictions, the scores with intervals, and the report."""
