"""The choices that a merge leaves to its user."""

from enum import StrEnum


class Head(StrEnum):
    """What to do with classifier heads that differ."""

    ERROR = "error"
    KEEP_BASE = "keep-base"
    DROP = "drop"


class Vocab(StrEnum):
    """What to do with vocabularies that differ; the merged model always has the base's."""

    ERROR = "error"
    BASE = "base"  # a model takes part in the rows of the tokens it shares with the base
    INTERSECT = "intersect"  # rows are merged whose token all models share


class Granularity(StrEnum):
    """What MetaGPT's coefficients are of."""

    GLOBAL = "global"
    LAYER = "layer"


class Dtype(StrEnum):
    """What weights are stored in."""

    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"
    FLOAT32 = "float32"

    @property
    def stored(self) -> str:
        """The name that safetensors has for it."""
        return {"bfloat16": "BF16", "float16": "F16", "float32": "F32"}[self.value]
