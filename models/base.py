"""The base classes of the models: configuration, inputs, and a classifier with its loss."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    PretrainedConfig,
    PreTrainedModel,
)
from transformers.modeling_outputs import SequenceClassifierOutput

from arts.data.schema import Instance, Polarity
from arts.models.encoders import load_tokenizer
from arts.models.recipe import Recipe, Start, TrainingProgress
from arts.models.zoo_card import ModelCard

TokenFeatures = dict[str, Any]  # one tokenised instance: arguments of `forward` by name, as lists of numbers


class Inputs:
    """Converts instances to a model's input tensors.

    Args:
        tokenizer: a tokenizer of transformers; it is saved beside the model.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer

    def encode(self, instances: Sequence[Instance]) -> list[TokenFeatures]:
        """Tokenise each instance, without padding; batches are grouped by the length of ``input_ids``."""
        raise NotImplementedError

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        """Pad the features of several instances into one batch; ``labels`` are kept where they are given."""
        raise NotImplementedError

    def save(self, folder: Path) -> None:
        """Write the tokenizer to a folder."""
        self.tokenizer.save_pretrained(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the tokenizer from the folder of a saved model or of a pretrained encoder."""
        return cls(load_tokenizer(folder))


class AspectConfig(PretrainedConfig):
    """The configuration that all models share: the labels, in the order of `Polarity`, and the dropout."""

    model_type = "arts"
    dropout: float = 0.1

    def __post_init__(self, **kwargs: Any) -> None:
        names = [str(polarity) for polarity in Polarity]
        self.id2label = dict(enumerate(names))
        self.label2id = {name: i for i, name in enumerate(names)}
        super().__post_init__(**kwargs)

    @property
    def encoding_size(self) -> int:
        """The number of dimensions of the model's encoding of an instance."""
        raise NotImplementedError


class AspectModel(PreTrainedModel):
    """Base class of the models that can be trained here.

    A subclass defines `encode`, `from_start`, its configuration, inputs, recipe and card. The logits are a
    linear function of the encoding and the loss is cross-entropy, unless a model overrides `forward`.
    """

    config_class = AspectConfig
    base_model_prefix = ""  # the model does not wrap another one that could be loaded by itself
    accepts_loss_kwargs = False  # the loss is a mean over the batch
    inputs: ClassVar[type[Inputs]]
    card: ClassVar[ModelCard]
    extras: ClassVar[
        tuple[str, ...]
    ] = ()  # inputs of training beside the encoder: embeddings, corpus, parser
    recipe: ClassVar[Recipe] = Recipe()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register a subclass that has a card with transformers, so that its Auto classes can load it."""
        super().__init_subclass__(**kwargs)
        if "card" in cls.__dict__:
            AutoConfig.register(cls.config_class.model_type, cls.config_class, exist_ok=True)
            AutoModelForSequenceClassification.register(cls.config_class, cls, exist_ok=True)

    def __init__(self, config: AspectConfig) -> None:
        super().__init__(config)
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(config.encoding_size, len(Polarity))

    @classmethod
    def config_from_start(cls, start: Start) -> AspectConfig:
        """The configuration of a model that starts from `start`; reads no weights and no word vectors."""
        return cls.config_class()

    @classmethod
    def from_start(
        cls, start: Start, texts: Sequence[str], *, progress: TrainingProgress | None = None
    ) -> tuple[Self, Inputs]:
        """A model before training, with its inputs.

        Args:
            start: the pretrained starting point.
            texts: the original training sentences, for the vocabulary or for further pretraining.
            progress: called after each step of further pretraining.

        Raises:
            ArtsError: when the encoder, the word vectors or the post-training text are not as expected.
        """
        raise NotImplementedError

    def encode(self, *args: Any, **batch: Any) -> Tensor:
        """(batch, encoding size) the encoding of each instance."""
        raise NotImplementedError

    def forward(self, labels: Tensor | None = None, **batch: Tensor) -> SequenceClassifierOutput:
        """Logits (batch, 3), and the mean cross-entropy when labels (batch,) are given."""
        logits = self.classifier(self.dropout(self.encode(**batch)))
        loss = None if labels is None else nn.functional.cross_entropy(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)


def pad(rows: list[list[int]], value: int) -> Tensor:
    """(batch, longest) the rows as one tensor, filled up on the right with `value`."""
    return nn.utils.rnn.pad_sequence(
        [torch.tensor(row) for row in rows], batch_first=True, padding_value=value
    )
