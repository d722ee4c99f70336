"""Merging of models that were fine-tuned from one base, by combining their weights.

Weights are read and written a few thousand elements at a time, so models of any size can be merged.
"""
