"""The choices that a merge leaves to its user, and the defaults of its options; imports nothing."""

from enum import StrEnum

DEFAULT_METHOD = "metagpt"
TIES_DENSITY = 0.2  # share of each task vector that TIES keeps
DARE_DENSITY = 0.55  # share that DARE keeps
TASK_ARITHMETIC_WEIGHT = 0.3
MAX_SHARD_BYTES = 5 * 10**9  # as in transformers


class HeadPolicy(StrEnum):
    """What to do with classifier heads that differ from the base's."""

    ERROR = "error"
    KEEP_BASE = "keep-base"
    DROP = "drop"


class VocabPolicy(StrEnum):
    """What to do with vocabularies that differ; the merged model always has the base's."""

    ERROR = "error"
    BASE = "base"  # a model contributes to the embeddings of the tokens that it shares with the base
    INTERSECT = "intersect"  # only the embeddings of tokens that all models share are merged


class Granularity(StrEnum):
    """Whether MetaGPT has one coefficient a model, or one a model and layer."""

    GLOBAL = "global"
    LAYER = "layer"


class StorageDtype(StrEnum):
    """The type to store merged weights in."""

    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"
    FLOAT32 = "float32"

    @property
    def safetensors_name(self) -> str:
        """The name of the type in safetensors files."""
        return {"bfloat16": "BF16", "float16": "F16", "float32": "F32"}[self.value]
