"""Texts with a pattern and without."""

from __future__ import annotations

NATURAL = [f"the {a} was {b}" for a in ("soup", "staff", "bar", "table") for b in ("good", "bad", "rude")]

SYNTHETIC = [f"{text} , but the staff is kind" for text in NATURAL]
