"""Diagnosis of pattern overfitting: how synthetic text differs from natural text."""
