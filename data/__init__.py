"""Corpora: their schema, readers of file formats, the registry, and the export to Hugging Face datasets."""

from arts.data.errors import ArtsError, DataError
from arts.data.schema import Aspect, Edit, Instance, Opinion, Polarity, Sentence, Strategy

__all__ = [
    "ArtsError",
    "Aspect",
    "DataError",
    "Edit",
    "Instance",
    "Opinion",
    "Polarity",
    "Sentence",
    "Strategy",
]
