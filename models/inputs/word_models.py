"""Models over words: inputs, word vectors, and the words of a batch."""

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
    """The pieces of a sentence, the word each belongs to, each word's characters, and the aspect's words.

    Words are what the tokenizer splits a text into before it looks at its vocabulary.
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
        self, ids: list[int], words: list[int], offsets: list[tuple[int, int]], instance: Instance
    ) -> TokenFeatures:
        aspect = instance.aspect
        inside = [
            word
            for word, (start, end) in zip(words, offsets, strict=True)
            if start < aspect.end and end > aspect.start
        ]
        if not inside:
            raise ArtsError(f'id "{instance.id}": the tokenizer finds no word in "{aspect.term}"')
        starts: dict[int, int] = {}
        ends: dict[int, int] = {}
        for word, (start, end) in zip(words, offsets, strict=True):
            starts.setdefault(word, start)
            ends[word] = end
        return {
            "input_ids": ids,
            "words": words,
            "spans": [(starts[word], ends[word]) for word in starts],
            "first": inside[0],
            "last": inside[-1],
        }

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        names = {"first", "last", "labels"} & features[0].keys()
        return {
            "input_ids": pad([f["input_ids"] for f in features], self.tokenizer.pad_token_id),
            "words": pad([f["words"] for f in features], -1),
            **{name: torch.tensor([f[name] for f in features]) for name in sorted(names)},
        }


class WordConfig(AspectConfig):
    """The size of the table of piece vectors, and what most of the papers vary."""

    model_type = "arts-words"

    vocab_size: int = 30522
    embedding_size: int = 384
    hidden_size: int = 300
    dropout: float = 0.5


@dataclass(frozen=True)
class WordBatch:
    """The words of a batch of sentences and the place of the aspect in each.

    Args:
        vectors: (batch, words, embedding), 0 beyond the end of a sentence.
        lengths: (batch,) words of each sentence.
        first, last: (batch,) positions of the aspect's first and last word.
    """

    vectors: Tensor
    lengths: Tensor
    first: Tensor
    last: Tensor

    @property
    def positions(self) -> Tensor:
        """(1, words) numbers from 0."""
        return torch.arange(self.vectors.shape[1], device=self.vectors.device).unsqueeze(0)

    @property
    def present(self) -> Tensor:
        """(batch, words) whether there is a word."""
        return self.positions < self.lengths.unsqueeze(1)

    @property
    def inside(self) -> Tensor:
        """(batch, words) whether a word is the aspect's."""
        return (self.positions >= self.first.unsqueeze(1)) & (self.positions <= self.last.unsqueeze(1))

    @property
    def distance(self) -> Tensor:
        """(batch, words) how many words away from the aspect a word is; 0 inside it."""
        before = (self.first.unsqueeze(1) - self.positions).clamp(min=0)
        return before + (self.positions - self.last.unsqueeze(1)).clamp(min=0)

    @property
    def aspect(self) -> Tensor:
        """(batch, embedding) the mean of the aspect's word vectors."""
        inside = self.inside.unsqueeze(-1).to(self.vectors.dtype)
        return (self.vectors * inside).sum(1) / inside.sum(1)

    @property
    def aspect_words(self) -> Tensor:
        """(batch, longest aspect, embedding) the aspect's word vectors, 0 beyond its end."""
        size = self.last - self.first + 1
        offset = torch.arange(int(size.max()), device=size.device).unsqueeze(0)
        place = (self.first.unsqueeze(1) + offset).clamp(max=self.vectors.shape[1] - 1)
        row = torch.arange(len(size), device=size.device).unsqueeze(1)
        return self.vectors[row, place] * (offset < size.unsqueeze(1)).unsqueeze(-1)


class WordModel(AspectModel):
    """Base of the models over word vectors, which are fixed."""

    config_class = WordConfig
    inputs = WordInputs
    recipe = WORD_RECIPE
    extras: ClassVar[tuple[str, ...]] = ("embeddings",)

    def __init__(self, config: WordConfig) -> None:
        super().__init__(config)
        self.embedding = nn.Embedding(config.vocab_size, config.embedding_size)
        self.embedding.weight.requires_grad_(False)

    @classmethod
    def start(
        cls, start: Start, texts: Sequence[str], *, progress: TrainingProgress | None = None
    ) -> tuple[Self, Inputs]:
        if start.embeddings:
            tokenizer, table = read_word_vectors(start.embeddings, texts)
        else:
            tokenizer = load_tokenizer(encoder_folder(start.encoder))
            table = token_vectors(start.encoder)
        model = cls(cls.config_class(vocab_size=len(table), embedding_size=table.shape[1]))
        model.embedding.weight.copy_(table)
        return model, cls.inputs(tokenizer)

    def embed(self, input_ids: Tensor, words: Tensor, first: Tensor, last: Tensor) -> WordBatch:
        """The words of a batch, each the mean of its pieces, after dropout.

        Args:
            input_ids: (batch, pieces).
            words: (batch, pieces) the position of each piece's word; -1 for padding.
            first: (batch,) position of the aspect's first word.
            last: (batch,) position of its last word.
        """
        lengths = words.max(dim=1).values + 1
        # (batch, words, pieces): the share each piece has in each word
        share = (words.unsqueeze(1) == torch.arange(int(lengths.max()), device=words.device)[:, None]).float()
        share = share / share.sum(-1, keepdim=True).clamp(min=1)
        return WordBatch(self.dropout(share @ self.embedding(input_ids)), lengths, first, last)


def lstm_states(lstm: nn.LSTM, vectors: Tensor, lengths: Tensor) -> Tensor:
    """(batch, words, states) the states of an LSTM over sentences of unequal lengths, 0 beyond their ends."""
    packed = pack_padded_sequence(vectors, lengths.cpu(), batch_first=True, enforce_sorted=False)
    return pad_packed_sequence(lstm(packed)[0], batch_first=True)[0]


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """The softmax over the last dimension where `mask` holds, and 0 elsewhere (all 0 where it never does)."""
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1)
    return weights * mask
