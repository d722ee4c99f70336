"""Negation: detecting it, removing it, and inserting it where English puts it."""
