"""Models that read word vectors: their base class, their inputs, and the word vectors of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from arts.data.errors import ArtsError
from arts.data.schema import Instance
from arts.models.base import AspectConfig, AspectModel, Inputs, TokenFeatures, pad
from arts.models.encoders import encoder_folder, load_tokenizer
from arts.models.inputs.word_vectors import read_word_vectors, token_vectors
from arts.models.recipe import Recipe, Start, TrainingProgress

WORD_RECIPE = Recipe(
    learning_rate=1e-3,
    head_learning_rate=None,
    epochs=10,
    batch_size=32,
    patience=10,
    max_steps=1500,
    warmup_ratio=0.0,
)


class WordInputs(Inputs):
    """The input of models that read words: the tokens, which word each belongs to, and the aspect's position.

    The tokenizer first splits a text into words, at spaces and punctuation, and then each word into one or
    more tokens.
    """

    def encode(self, instances: Sequence[Instance]) -> list[TokenFeatures]:
        encoded = self.tokenizer(
            [instance.text for instance in instances],
            add_special_tokens=False,
            return_offsets_mapping=True,
        )
        return [
            self._features(
                encoded["input_ids"][row],
                encoded.word_ids(row),
                encoded["offset_mapping"][row],
                instance,
            )
            for row, instance in enumerate(instances)
        ]

    def _features(
        self, ids: list[int], word_ids: list[int], offsets: list[tuple[int, int]], instance: Instance
    ) -> TokenFeatures:
        """The features of one instance, as a dict.

        Its keys are ``input_ids``, ``word_ids``, ``spans`` (character offsets of each word, end exclusive),
        and ``first`` and ``last`` (the positions of the aspect's first and last word).

        Args:
            ids: the token ids.
            word_ids: the position, among the words, of each token's word.
            offsets: the character offsets of each token, end exclusive.
            instance: the instance.

        Raises:
            ArtsError: when the tokenizer finds no word in the aspect's span.
        """
        aspect = instance.aspect
        aspect_words = [
            word
            for word, (start, end) in zip(word_ids, offsets, strict=True)
            if start < aspect.end and end > aspect.start
        ]
        if not aspect_words:
            raise ArtsError(f'id "{instance.id}": the tokenizer finds no word in "{aspect.term}"')
        starts: dict[int, int] = {}
        ends: dict[int, int] = {}
        for word, (start, end) in zip(word_ids, offsets, strict=True):
            starts.setdefault(word, start)
            ends[word] = end
        return {
            "input_ids": ids,
            "word_ids": word_ids,
            "spans": [(starts[word], ends[word]) for word in starts],
            "first": aspect_words[0],
            "last": aspect_words[-1],
        }

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        names = {"first", "last", "labels"} & features[0].keys()
        return {
            "input_ids": pad([f["input_ids"] for f in features], self.tokenizer.pad_token_id),
            "word_ids": pad([f["word_ids"] for f in features], -1),
            **{name: torch.tensor([f[name] for f in features]) for name in sorted(names)},
        }


class WordConfig(AspectConfig):
    """The configuration of the models that read words.

    Args:
        vocab_size: number of tokens in the vocabulary.
        embedding_size: number of dimensions of the vector of a token, and of the vector of a word.
        hidden_size: number of dimensions of a hidden state, for the models that have an LSTM.
        dropout: probability of dropout on the word vectors and on the encoding.
    """

    model_type = "arts-words"

    vocab_size: int = 30522
    embedding_size: int = 384
    hidden_size: int = 300
    dropout: float = 0.5


@dataclass(frozen=True)
class WordBatch:
    """The word vectors of a batch of sentences, and the position of the aspect in each.

    Args:
        vectors: (batch, words, embedding) the word vectors; they are 0 after the end of a sentence.
        lengths: (batch,) the number of words of each sentence.
        first: (batch,) the position of the aspect's first word in the sentence, from 0.
        last: (batch,) the position of the aspect's last word in the sentence, from 0.
    """

    vectors: Tensor
    lengths: Tensor
    first: Tensor
    last: Tensor

    @property
    def positions(self) -> Tensor:
        """The positions of the words, counted from 0, as a tensor (1, words) of integers."""
        return torch.arange(self.vectors.shape[1], device=self.vectors.device).unsqueeze(0)

    @property
    def word_mask(self) -> Tensor:
        """Whether each position has a word rather than padding: a tensor (batch, words) of booleans."""
        return self.positions < self.lengths.unsqueeze(1)

    @property
    def aspect_mask(self) -> Tensor:
        """Whether each word belongs to the aspect: a tensor (batch, words) of booleans."""
        return (self.positions >= self.first.unsqueeze(1)) & (self.positions <= self.last.unsqueeze(1))

    @property
    def distance(self) -> Tensor:
        """The distance of each word from the aspect, in words, as (batch, words); 0 inside the aspect."""
        before = (self.first.unsqueeze(1) - self.positions).clamp(min=0)
        return before + (self.positions - self.last.unsqueeze(1)).clamp(min=0)

    @property
    def aspect_mean(self) -> Tensor:
        """The mean of the aspect's word vectors, as a tensor (batch, embedding)."""
        mask = self.aspect_mask.unsqueeze(-1).to(self.vectors.dtype)
        return (self.vectors * mask).sum(1) / mask.sum(1)

    @property
    def aspect_vectors(self) -> Tensor:
        """The aspect's word vectors, padded with 0, as a tensor (batch, longest aspect, embedding)."""
        size = self.last - self.first + 1
        offset = torch.arange(int(size.max()), device=size.device).unsqueeze(0)
        position = (self.first.unsqueeze(1) + offset).clamp(max=self.vectors.shape[1] - 1)
        row = torch.arange(len(size), device=size.device).unsqueeze(1)
        return self.vectors[row, position] * (offset < size.unsqueeze(1)).unsqueeze(-1)


class WordModel(AspectModel):
    """Base class of the models that read word vectors. Training does not change the word vectors."""

    config_class = WordConfig
    inputs = WordInputs
    recipe = WORD_RECIPE
    extras: ClassVar[tuple[str, ...]] = ("embeddings",)

    def __init__(self, config: WordConfig) -> None:
        super().__init__(config)
        self.embedding = nn.Embedding(config.vocab_size, config.embedding_size)
        self.embedding.weight.requires_grad_(False)

    @classmethod
    def from_start(
        cls, start: Start, texts: Sequence[str], *, progress: TrainingProgress | None = None
    ) -> tuple[Self, Inputs]:
        if start.embeddings:
            tokenizer, table = read_word_vectors(start.embeddings, texts)
        else:
            tokenizer = load_tokenizer(encoder_folder(start.encoder))
            table = token_vectors(start.encoder)
        config = cls.config_class(vocab_size=len(table), embedding_size=table.shape[1], **start.switches)
        model = cls(config)
        model.embedding.weight.copy_(table)
        return model, cls.inputs(tokenizer)

    def embed(self, input_ids: Tensor, word_ids: Tensor, *, first: Tensor, last: Tensor) -> WordBatch:
        """Look up the word vectors of a batch, and apply dropout to them.

        The vector of a word is the mean of the vectors of its tokens.

        Args:
            input_ids: (batch, tokens) the token ids.
            word_ids: (batch, tokens) the position in the sentence of each token's word; -1 for padding.
            first: (batch,) the position of the aspect's first word, from 0.
            last: (batch,) the position of the aspect's last word, from 0.
        """
        lengths = word_ids.max(dim=1).values + 1
        positions = torch.arange(int(lengths.max()), device=word_ids.device)
        share = (word_ids.unsqueeze(1) == positions[:, None]).float()  # (batch, words, tokens)
        share = share / share.sum(-1, keepdim=True).clamp(min=1)  # of each token in the mean of its word
        return WordBatch(self.dropout(share @ self.embedding(input_ids)), lengths, first, last)


def lstm_states(lstm: nn.LSTM, vectors: Tensor, *, lengths: Tensor) -> Tensor:
    """The hidden states of an LSTM over sentences of different lengths.

    Args:
        lstm: the LSTM, with one or two directions.
        vectors: (batch, words, embedding) the word vectors.
        lengths: (batch,) the number of words of each sentence.

    Returns:
        A tensor (batch, words, directions * hidden); it is 0 after the end of a sentence.
    """
    packed = pack_padded_sequence(vectors, lengths.cpu(), batch_first=True, enforce_sorted=False)
    return pad_packed_sequence(lstm(packed)[0], batch_first=True)[0]


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """The softmax of scores over those positions of the last dimension where the mask is true.

    The other positions get the weight 0. If the mask is false in a whole row, all its weights are 0.

    Args:
        scores: the scores, of any shape.
        mask: booleans of the same shape.
    """
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1)
    return weights * mask
