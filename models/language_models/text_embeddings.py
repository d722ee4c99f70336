"""Embeddings of texts by the default encoder, to find texts that are alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from arts.models.encoders import DEFAULT_ENCODER, encoder_folder, load_encoder, load_tokenizer
from arts.models.runtime import device

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH_SIZE = 64  # texts
MAX_TOKENS = 256  # of a text; the default encoder was trained with as many


def embed_texts(texts: Sequence[str], *, encoder: str = DEFAULT_ENCODER) -> NDArray[np.float32]:
    """The embeddings of n texts: the mean of the encoder's last hidden states over the tokens.

    Args:
        texts: the texts; only their first 256 tokens are read.
        encoder: the default encoder, a folder, or a Hub id.

    Returns:
        An array (n, hidden) of rows of length 1; their products are cosines.

    Raises:
        ArtsError: when the encoder cannot be loaded.
    """
    import numpy as np
    import torch

    tokenizer = load_tokenizer(encoder_folder(encoder))
    model = load_encoder(encoder).eval().to(device())
    distinct = sorted({*texts}, key=lambda text: (len(text), text))
    rows: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(distinct), BATCH_SIZE):
        batch = distinct[start : start + BATCH_SIZE]
        inputs = tokenizer(batch, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
        inputs = inputs.to(model.device)
        with torch.inference_mode():
            states = model(**inputs).last_hidden_state  # (batch, tokens, hidden)
        mask = inputs["attention_mask"][..., None]
        means = torch.nn.functional.normalize((states * mask).sum(1), dim=-1)
        rows.update(zip(batch, means.float().cpu().numpy(), strict=True))
    return np.stack([rows[text] for text in texts])
