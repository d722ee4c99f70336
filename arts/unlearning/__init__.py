"""Unlearning: training a model away from a forget set while holding it near the original on a retain set."""
