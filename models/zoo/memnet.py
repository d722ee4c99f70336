"""The model `memnet`: several rounds (hops) of attention over the words around the aspect."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from arts.models.inputs.word_models import WordConfig, WordModel, masked_softmax
from arts.models.zoo_card import ModelCard


class MemNetConfig(WordConfig):
    """Configuration of `MemNet`.

    Args:
        hops: number of hops of attention, all with the same parameters.
    """

    model_type = "arts-memnet"

    hops: int = 3

    @property
    def encoding_size(self) -> int:
        """The number of dimensions of a word vector, which the hops do not change."""
        return self.embedding_size


class MemNet(WordModel):
    """Deep memory network (Tang et al., 2016b).

    "Aspect Level Sentiment Classification with Deep Memory Network", EMNLP 2016, section 3. The memory
    consists of the vectors m_i = e_i (1 - l_i / n), one for each word outside the aspect. Here e_i is the
    word's vector, l_i its distance to the aspect, and n the length of the sentence (model 2 of location
    attention in the paper). Each hop attends to the memory with a query q. The first q is the mean of the
    aspect's word vectors:

        g_i = tanh(W_a [m_i; q] + b_a),  alpha = softmax(g),  q <- sum_i alpha_i m_i + W_l q + b_l

    All hops share their parameters. The last q is the encoding.

    Departures from the paper: word vectors are means of the encoder's token vectors, standardised, instead
    of GloVe with 300 dimensions; there is dropout on them and on the encoding; AdamW instead of plain
    gradient descent; three hops, as in later public implementations, while the paper tries one to nine.
    """

    config_class = MemNetConfig
    card = ModelCard(
        family="memory network",
        paper="Tang et al., 2016 (EMNLP)",
        bibtex="tang-etal-2016-aspect",
        licence="MIT",
        reads="the words around the aspect, and their distance from it",
    )

    def __init__(self, config: MemNetConfig) -> None:
        super().__init__(config)
        size = config.embedding_size
        self.score = nn.Linear(2 * size, 1)  # W_a, b_a
        self.carry = nn.Linear(size, size)  # W_l, b_l
        self.post_init()

    def encode(self, **batch: Tensor) -> Tensor:
        words = self.embed(**batch)
        nearness = 1 - words.distance / words.lengths.unsqueeze(1)  # (batch, words)
        memory = words.vectors * nearness.unsqueeze(-1)  # (batch, words, embedding): m
        context = words.word_mask & ~words.aspect_mask
        query = words.aspect_mean  # (batch, embedding): q
        for _ in range(self.config.hops):
            pairs = torch.cat([memory, query.unsqueeze(1).expand_as(memory)], dim=-1)
            weight = masked_softmax(self.score(pairs).tanh().squeeze(-1), context)  # alpha
            query = (weight.unsqueeze(1) @ memory).squeeze(1) + self.carry(query)
        return query
