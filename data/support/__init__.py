"""Helpers that all packages share: atomic files and folders, downloads, JSON records, figures, the parser."""
