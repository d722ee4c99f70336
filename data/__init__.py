"""Schema, readers, the registry of corpora, and the Hugging Face form of the benchmark."""

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
