"""What tests of a model's equations share."""

from __future__ import annotations

import torch
from helpers.sentences import TOY

from arts.data.schema import original_instances

INSTANCE = original_instances(TOY)[5]  # "The staff was rude, but the soup was good.": soup


def words(model, batch):
    """The vectors (n, embedding) of the first sentence's words, and the first and last of the aspect."""
    embedded = model.embed(**{k: batch[k] for k in ("input_ids", "word_ids", "first", "last")})
    return embedded.vectors[0, : embedded.lengths[0]], int(batch["first"][0]), int(batch["last"][0])


def agrees(model, batch, expected):
    return torch.allclose(model.encode(**batch)[0], expected, atol=1e-5)
