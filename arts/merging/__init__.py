"""Merging checkpoints of any size, block by block, without torch."""
