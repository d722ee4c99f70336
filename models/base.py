"""What the models of the zoo share: a configuration, a loss, and how instances become tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from arts.models.encoders import DEFAULT_ENCODER, load_tokenizer

Progress = Callable[[int, int, str], None]  # steps done, steps in all, what to say beside them
Features = dict[str, Any]  # one instance, tokenised: lists of numbers by the name of a forward argument


class Inputs:
    """Turns instances into a model's inputs, by the tokenizer that is saved and loaded beside the model."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer

    def encode(self, instances: Sequence[Instance]) -> list[Features]:
        """Tokenise, without padding; ``input_ids`` is what batches are grouped by the length of."""
        raise NotImplementedError

    def collate(self, features: list[Features]) -> dict[str, Tensor]:
        """Pad features, with ``labels`` or without, to a batch."""
        raise NotImplementedError

    def save(self, folder: Path) -> None:
        """Write what `load` needs."""
        self.tokenizer.save_pretrained(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote, or the tokenizer of a pretrained encoder."""
        return cls(load_tokenizer(folder))


@dataclass(frozen=True)
class Start:
    """What training starts from.

    Args:
        encoder: the pretrained encoder: a folder or Hub id.
        embeddings: word vectors in GloVe text format, for the models over words; by default the means of
            the encoder's piece vectors.
        corpus: in-domain text, a passage a line, that `bert-pt` is post-trained on; by default the
            training sentences.
        post_trained: whether the encoder has been post-trained already, and `bert-pt` need not.
    """

    encoder: str = DEFAULT_ENCODER
    embeddings: Path | None = None
    corpus: Path | None = None
    post_trained: bool = False


@dataclass(frozen=True)
class Recipe:
    """How a model is trained: by default, for a fine-tuned encoder.

    Args:
        learning_rate: at its highest; it falls linearly to 0.
        head_learning_rate: that of the weights on top of a pretrained encoder, where it is another.
        epochs: passes over the training split, if that is neither too few updates nor too many.
        batch_size: instances an update.
        patience: epochs without a better macro-F1 on dev before training stops, and the best epoch is kept;
            without it the last is, at which the learning rate has come down to 0.
        min_steps: updates that a small corpus gets all the same.
        max_steps: updates after which no further epoch of a large corpus is begun.
        warmup_ratio: share of the updates over which the learning rate rises.
        weight_decay: of AdamW.
    """

    learning_rate: float = 1e-4
    head_learning_rate: float | None = 1e-3
    epochs: int = 4
    batch_size: int = 16
    patience: int | None = None
    min_steps: int = 150
    max_steps: int = 750
    warmup_ratio: float = 0.1
    weight_decay: float = 0.01

    def epochs_for(self, instances: int) -> int:
        """The number of epochs over so many training instances.

        Example:
            >>> recipe = Recipe(epochs=4, batch_size=16, min_steps=150, max_steps=800)
            >>> recipe.epochs_for(2163), recipe.epochs_for(160), recipe.epochs_for(6000)
            (4, 15, 3)
        """
        steps = -(-instances // self.batch_size)
        fewest, most = (-(-bound // steps) for bound in (self.min_steps, self.max_steps))
        return min(max(self.epochs, fewest), most)


class AspectConfig(PretrainedConfig):
    """The labels, in the order of `Polarity`, and the dropout; a model adds what its paper varies."""

    model_type = "arts"
    dropout: float = 0.1

    def __post_init__(self, **kwargs: Any) -> None:
        names = [str(polarity) for polarity in Polarity]
        self.id2label = dict(enumerate(names))
        self.label2id = {name: i for i, name in enumerate(names)}
        super().__post_init__(**kwargs)

    @property
    def encoding_size(self) -> int:
        """The width of what the model's `encode` returns."""
        raise NotImplementedError


class AspectModel(PreTrainedModel):
    """Base of the zoo: a subclass gives `encode`, its configuration, inputs and recipe.

    Unless a model says otherwise, the score of a label is linear in the encoding and the loss is
    cross-entropy.
    """

    config_class = AspectConfig
    base_model_prefix = ""  # no part of the model is a model of its own
    accepts_loss_kwargs = False  # the loss is a mean over the batch
    inputs: ClassVar[type[Inputs]]
    paper: ClassVar[str]  # authors and year
    reads: ClassVar[str]  # what the model is shown, in a phrase
    extras: ClassVar[tuple[str, ...]] = ()  # what it takes of `Start` beside the encoder
    recipe: ClassVar[Recipe] = Recipe()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make a finished model known to transformers, so that its Auto classes load what it saves."""
        super().__init_subclass__(**kwargs)
        if "paper" in cls.__dict__:
            AutoConfig.register(cls.config_class.model_type, cls.config_class, exist_ok=True)
            AutoModelForSequenceClassification.register(cls.config_class, cls, exist_ok=True)

    def __init__(self, config: AspectConfig) -> None:
        super().__init__(config)
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(config.encoding_size, len(Polarity))

    @classmethod
    def blank(cls, start: Start) -> AspectConfig:
        """The configuration of a model on `start`, without weights or word vectors being read."""
        return cls.config_class()

    @classmethod
    def start(
        cls, start: Start, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Self, Inputs]:
        """An untrained model with its inputs.

        Args:
            start: what is pretrained.
            texts: the original training sentences, to collect a vocabulary or to go on pretraining on.
            progress: called as that goes on.

        Raises:
            ArtsError: when the encoder, the word vectors or the corpus are not as expected.
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
    """(batch, longest) the rows, padded on the right with `value`."""
    return nn.utils.rnn.pad_sequence(
        [torch.tensor(row) for row in rows], batch_first=True, padding_value=value
    )
