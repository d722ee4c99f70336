"""How many tokens a pretrained model can read at once, and what is said of texts that have more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_POSITIONS = re.compile(r"(^|[._])(position_embeddings?|embed_positions|wpe)$")
_NO_LIMIT = 1_000_000  # tokenizers have a huge number where they know no limit


def most_tokens(model: Any, tokenizer: Any) -> int | None:
    """The greatest number of tokens of a text; None if no limit is known.

    It is the smallest number that the tokenizer, the model's configuration and its table of positions give.
    The positions of RoBERTa and its relatives begin after that of padding, so some rows of the table are not
    used.

    Args:
        model: a model of transformers.
        tokenizer: its tokenizer.
    """
    limits = [
        getattr(tokenizer, "model_max_length", None),
        getattr(model.config, "max_position_embeddings", None),
    ]
    for name, module in model.named_modules() if hasattr(model, "named_modules") else ():
        if _POSITIONS.search(name) and hasattr(module, "num_embeddings"):
            padding = module.padding_idx
            limits.append(module.num_embeddings - (0 if padding is None else padding + 1))
    known = [int(limit) for limit in limits if isinstance(limit, int) and 0 < limit < _NO_LIMIT]
    return min(known, default=None)


def truncation_remarks(counts: Mapping[str, int]) -> list[str]:
    """What a user should know of truncated texts, as sentences.

    Args:
        counts: the number of texts that were truncated, keyed by split.

    Example:
        >>> truncation_remarks({"test": 3, "dev": 0})
        ['3 texts of test are longer than the model reads, and were truncated']
    """
    return [
        f"{count:,} texts of {split} are longer than the model reads, and were truncated"
        for split, count in counts.items()
        if count
    ]
