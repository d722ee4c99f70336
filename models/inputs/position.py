"""Position weights: how near each token is to the aspect, by which encoder models weigh its hidden state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from arts.data.errors import ArtsError
from arts.data.schema import Aspect

PositionUse = Literal["none", "weight", "dropout"]


def position_weights(
    texts: Sequence[int | None], offsets: Sequence[tuple[int, int]], *, aspect: Aspect
) -> list[float]:
    """The position weight of each token of a pair of sentence and aspect (Ma et al., 2021).

    It is 1 - d/n for a token of the sentence: n is the number of the sentence's tokens, and d the number of
    tokens from it to the nearest token of the aspect's mention, 0 for that itself. Special tokens and those
    of the second text have the weight 1. If the mention is truncated, the sentence's last token stands for
    it, which is the nearest one left.

    Args:
        texts: which of the two texts each token belongs to: 0 for the sentence, 1 for the aspect, None for
            special tokens.
        offsets: the character offsets of each token in its text, end exclusive.
        aspect: the aspect with its span in the sentence.
    """
    weights = [1.0] * len(texts)
    sentence = [token for token, text in enumerate(texts) if text == 0]
    mention = [
        token for token in sentence if offsets[token][0] < aspect.end and offsets[token][1] > aspect.start
    ] or sentence[-1:]
    for token in sentence:
        distance = max(mention[0] - token, token - mention[-1], 0)
        weights[token] = 1 - distance / len(sentence)
    return weights


def applied_weights(position: Tensor | None, *, use: PositionUse, training: bool) -> Tensor:
    """What hidden states are multiplied by: the position weights, or in training a draw by them.

    Args:
        position: (batch, tokens) the position weights; 0 for padding.
        use: ``weight``; or ``dropout``, by which each weight is drawn in training: it is 1 with the
            probability that is the position weight, and otherwise 0. Elsewhere it is the expectation.
        training: whether the model is being trained.

    Returns:
        A tensor (batch, tokens).

    Raises:
        ArtsError: when the batch has no position weights.
    """
    if position is None:
        raise ArtsError('the batch has no "position"; expected what the inputs of the model make')
    return torch.bernoulli(position) if use == "dropout" and training else position
