"""The formats in which commands print scores on standard output."""

from __future__ import annotations

from enum import StrEnum


class ResultFormat(StrEnum):
    """How results are printed: as tables for a terminal, or as JSON, Markdown tables or CSV."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"
    CSV = "csv"
