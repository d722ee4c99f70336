"""The choices that a merge leaves to its user, and the defaults of its options.

The module imports nothing heavy, so that ``arts merge --help`` is fast.
"""

from enum import StrEnum

DEFAULT_METHOD = "metagpt"
TIES_DENSITY = 0.2  # share of the elements of a task vector that TIES keeps
DARE_DENSITY = 0.55  # share of the elements of a task vector that DARE keeps
TASK_ARITHMETIC_WEIGHT = 0.3  # coefficient of every model
MAX_SHARD_BYTES = 5 * 10**9  # as in transformers


class HeadPolicy(StrEnum):
    """What to do when a model's classifier head differs from the base's.

    ERROR refuses to merge, KEEP_BASE gives the merged model the base's head, FIRST that of the first model
    with its labels, DROP leaves it without a head.
    """

    ERROR = "error"
    KEEP_BASE = "keep-base"
    FIRST = "first"
    DROP = "drop"


class VocabPolicy(StrEnum):
    """What to do when a model's vocabulary differs from the base's; the merged model has the base's.

    ERROR refuses to merge. BASE merges each model into the embeddings of the tokens that it shares with the
    base. INTERSECT merges only the embeddings of the tokens that all models share.
    """

    ERROR = "error"
    BASE = "base"
    INTERSECT = "intersect"


class Granularity(StrEnum):
    """Whether MetaGPT calculates one coefficient per model (GLOBAL), or one per model and layer (LAYER)."""

    GLOBAL = "global"
    LAYER = "layer"


class StorageDtype(StrEnum):
    """The type in which merged weights are stored: bfloat16, float16 or float32."""

    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"
    FLOAT32 = "float32"


SAFETENSORS_NAMES = {StorageDtype.BFLOAT16: "BF16", StorageDtype.FLOAT16: "F16", StorageDtype.FLOAT32: "F32"}
