"""Leaks: sentences of the test split among those that a model is trained on or selected by."""
