"""The model `asgcn`: graph convolutions over the dependency parse, and attention from the aspect."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from arts.data.schema import Instance
from arts.models.base import TokenFeatures
from arts.models.inputs.dependency_cache import DependencyHeads, dependency_heads
from arts.models.inputs.word_models import WordConfig, WordInputs, WordModel, lstm_states, masked_softmax
from arts.models.zoo_card import ModelCard


class ParsedInputs(WordInputs):
    """The input of ASGCN: words, the position of the aspect, and the links of the dependency parse.

    `encode` adds the key ``links``, pairs of positions of words. `collate` turns them into the tensor
    ``graph`` (batch, words, words), which is 1 for linked words and otherwise 0.
    """

    def encode(self, instances: Sequence[Instance]) -> list[TokenFeatures]:
        parses = dependency_heads(instance.text for instance in instances)
        features = super().encode(instances)
        return [
            {**encoded, "links": dependency_links(encoded["spans"], parses[instance.text])}
            for encoded, instance in zip(features, instances, strict=True)
        ]

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        batch = super().collate(features)
        size = int(batch["word_ids"].max()) + 1
        graph = torch.zeros(len(features), size, size)
        for row, encoded in enumerate(features):
            first, second = torch.tensor(encoded["links"]).T
            graph[row, first, second] = 1
        return {**batch, "graph": graph}


def dependency_links(words: Sequence[tuple[int, int]], heads: DependencyHeads) -> list[tuple[int, int]]:
    """The pairs of words that the dependency parse links.

    Words need not be the same as spaCy's tokens: a word belongs to the token that contains its first
    character. Two words are linked if they belong to the same token, or if the token of one is the head of
    the token of the other. So each word is linked with itself, and each pair is also there reversed.

    Args:
        words: the character offsets of each word, end exclusive.
        heads: ``[start, end, head]`` for each token of spaCy: its character offsets, end exclusive, and
            the position of its head among the tokens.

    Returns:
        Pairs of positions of words, from 0.

    Example:
        >>> words = [(0, 3), (3, 4), (4, 5), (6, 8)]  # don ' t go, which spaCy splits into do n't go
        >>> dependency_links(words, [[0, 2, 2], [2, 5, 2], [6, 8, 2]])
        [(0, 0), (0, 3), (1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 0), (3, 1), (3, 2), (3, 3)]
    """
    token = [next(n for n, (_, end, _) in enumerate(heads) if start < end) for start, _ in words]
    head = [heads[n][2] for n in token]
    return [
        (i, j)
        for i in range(len(words))
        for j in range(len(words))
        if token[i] == token[j] or token[i] == head[j] or head[i] == token[j]
    ]


class ASGCNConfig(WordConfig):
    """Configuration of `ASGCN`.

    Args:
        layers: number of graph convolutions.
    """

    model_type = "arts-asgcn"

    layers: int = 2

    @property
    def encoding_size(self) -> int:
        """The number of dimensions of a state of the bidirectional LSTM, both directions together."""
        return 2 * self.hidden_size


class ASGCN(WordModel):
    """Aspect-specific graph convolutional network over the dependency graph, ASGCN-DG (Zhang et al., 2019).

    "Aspect-based Sentiment Classification with Aspect-specific Graph Convolutional Networks", EMNLP 2019,
    section 3. h^c_i are the states of a bidirectional LSTM over the words i = 1 .. n. They are the input
    h^0_i of L layers of graph convolution, l = 1 .. L. A is the undirected dependency graph with self-loops,
    d_i the degree of word i in it, and the aspect is at the words tau+1 .. tau+m:

    - position, before each layer: g^{l-1}_i = q_i h^{l-1}_i with q_i = 1 - (tau + 1 - i) / n before the
      aspect, 0 inside it, 1 - (i - tau - m) / n after it (equations 4 and 5);
    - graph convolution: h^l_i = relu(sum_j A_ij W^l g^{l-1}_j / (d_i + 1) + b^l) (equations 2 and 3);
    - aspect mask: h^L_i becomes 0 outside the aspect (equation 6);
    - retrieval: beta_t = sum_i h^c_t . h^L_i, alpha = softmax(beta), encoding = sum_t alpha_t h^c_t
      (equations 7 to 9).

    Departures from the paper: word vectors are means of the encoder's token vectors instead of GloVe (they
    stay fixed in both); parses are those of spaCy's small model, aligned to words by characters.
    """

    config_class = ASGCNConfig
    inputs = ParsedInputs
    extras = ("embeddings", "parser")
    card = ModelCard(
        family="graph",
        paper="Zhang et al., 2019",
        bibtex="zhang-etal-2019-aspect",
        licence="MIT",
        reads="the sentence's words, their dependency parse, and their distance from the aspect",
    )

    def __init__(self, config: ASGCNConfig) -> None:
        super().__init__(config)
        size = config.encoding_size
        self.lstm = nn.LSTM(config.embedding_size, config.hidden_size, batch_first=True, bidirectional=True)
        self.layers = nn.ModuleList(nn.Linear(size, size) for _ in range(config.layers))
        self.post_init()

    def encode(self, graph: Tensor, **batch: Tensor) -> Tensor:
        """The encoding of each instance, as a tensor (batch, 2 * hidden).

        Args:
            graph: (batch, words, words) 1 where the parse links two words and on the diagonal, otherwise 0.
            batch: the arguments of `WordModel.embed`.
        """
        words = self.embed(**batch)
        context = lstm_states(
            self.lstm, words.vectors, lengths=words.lengths
        )  # (batch, words, 2 hidden): H^c
        nearness = 1 - words.distance / words.lengths.unsqueeze(1)
        nearness = nearness * (words.word_mask & ~words.aspect_mask)  # (batch, words): q
        share = graph / (graph.sum(-1, keepdim=True) + 1)  # (batch, words, words): A_ij / (d_i + 1)
        states = context
        for layer in self.layers:
            states = (share @ layer(states * nearness.unsqueeze(-1))).relu()  # (batch, words, 2 hidden): h^l
        aspect = states * words.aspect_mask.unsqueeze(-1)
        score = (context @ aspect.sum(1).unsqueeze(-1)).squeeze(-1)  # (batch, words): beta
        weight = masked_softmax(score, words.word_mask)  # (batch, words): alpha
        return (weight.unsqueeze(1) @ context).squeeze(1)
