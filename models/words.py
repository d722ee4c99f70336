"""Models over words: inputs, and word vectors as the mean of a pretrained encoder's piece vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn
from transformers import AutoModel

from arts.data.errors import ArtsError
from arts.data.schema import Instance
from arts.models.base import AspectConfig, AspectModel, Features, Inputs, pad

SCALE = 0.5  # standard deviation of each dimension of the word vectors, about that of GloVe's


class WordInputs(Inputs):
    """The pieces of a sentence, the word that each belongs to, and the words of the aspect.

    Words are what the tokenizer splits a text into before it looks at its vocabulary, so no vocabulary
    is collected from any corpus.
    """

    def encode(self, instances: Sequence[Instance]) -> list[Features]:
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

    @staticmethod
    def _features(
        ids: list[int], words: list[int], offsets: list[tuple[int, int]], instance: Instance
    ) -> Features:
        aspect = instance.aspect
        inside = [
            word
            for word, (start, end) in zip(words, offsets, strict=True)
            if start < aspect.end and end > aspect.start
        ]
        if not inside:
            raise ArtsError(f'id "{instance.id}": the tokenizer finds no word in "{aspect.term}"')
        return {
            "input_ids": ids,
            "words": words,
            "first": inside[0],
            "last": inside[-1],
        }

    def collate(self, features: list[Features]) -> dict[str, Tensor]:
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


class WordModel(AspectModel):
    """Base of the models over word vectors, which are fixed."""

    config_class = WordConfig
    inputs = WordInputs

    def __init__(self, config: WordConfig) -> None:
        super().__init__(config)
        self.embedding = nn.Embedding(config.vocab_size, config.embedding_size)
        self.embedding.weight.requires_grad_(False)

    @classmethod
    def start(cls, encoder: Path) -> Self:
        vectors = AutoModel.from_pretrained(encoder).get_input_embeddings().weight.detach()
        model = cls(cls.config_class(vocab_size=len(vectors), embedding_size=vectors.shape[1]))
        model.embedding.weight.copy_(SCALE * (vectors - vectors.mean(0)) / vectors.std(0))
        return model

    def embed(self, input_ids: Tensor, words: Tensor) -> tuple[Tensor, Tensor]:
        """Word vectors (batch, longest, embedding) and the number of words (batch,) of each sentence.

        Args:
            input_ids: (batch, pieces).
            words: (batch, pieces) the position of each piece's word; -1 for padding.
        """
        lengths = words.max(dim=1).values + 1
        # (batch, words, pieces): the share each piece has in each word
        share = (words.unsqueeze(1) == torch.arange(int(lengths.max()), device=words.device)[:, None]).float()
        share = share / share.sum(-1, keepdim=True).clamp(min=1)
        return self.dropout(share @ self.embedding(input_ids)), lengths
