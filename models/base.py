"""The base classes of the models that can be trained: configuration, inputs, and the network itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    """Base class of the inputs of models: they convert instances to the tensors that a network reads.

    Args:
        tokenizer: a tokenizer of transformers; it is saved in the model's folder.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer

    def encode(self, instances: Sequence[Instance]) -> list[TokenFeatures]:
        """Tokenise each instance, without padding.

        Returns:
            One dict of features per instance, for `collate`. Its key ``input_ids`` has the list of token
            ids, by whose length instances are grouped into batches; the other keys depend on the class.
        """
        raise NotImplementedError

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        """Pad the features of several instances, and stack them into one batch.

        Args:
            features: dicts that `encode` returned. Each may also have ``labels``, the position of the gold
                label in `Polarity`.

        Returns:
            The tensors, keyed by the argument names of the model's `forward`. The first dimension of each
            is the batch.
        """
        raise NotImplementedError

    def count_truncated(self, instances: Sequence[Instance]) -> int:
        """The number of instances whose sentence `encode` truncates; 0 unless a subclass truncates."""
        return 0

    def save(self, folder: Path) -> None:
        """Write the tokenizer's files to a folder."""
        self.tokenizer.save_pretrained(folder)

    @classmethod
    def load(cls, folder: Path, config: AspectConfig) -> Self:
        """Create the inputs of a model.

        Args:
            folder: the folder of a saved model or of a pretrained encoder, which has the tokenizer.
            config: the model's configuration.
        """
        return cls(load_tokenizer(folder))


class AspectConfig(PretrainedConfig):
    """Base class of the models' configurations: label names in the order of `Polarity`, and dropout.

    Args:
        dropout: probability of dropout on the encoding (the vector that the classifier gets).
    """

    model_type = "arts"
    dropout: float = 0.1

    def __post_init__(self, **kwargs: Any) -> None:
        names = [str(polarity) for polarity in Polarity]
        self.id2label = dict(enumerate(names))
        self.label2id = {name: i for i, name in enumerate(names)}
        super().__post_init__(**kwargs)

    @property
    def random_weights(self) -> list[str]:
        """The names of the weights that the encoder's checkpoint lacks, and that began at random."""
        return list((getattr(self, "encoder", None) or {}).get("random_weights", []))

    @property
    def truncated_passages(self) -> dict[str, int]:
        """Under ``post-training``, how many passages were truncated there; empty without post-training."""
        count = (getattr(self, "encoder", None) or {}).get("truncated_passages")
        return {} if count is None else {"post-training": int(count)}

    @property
    def encoding_size(self) -> int:
        """The number of dimensions of the encoding, the vector by which the model represents an instance."""
        raise NotImplementedError


class AspectModel(PreTrainedModel):
    """Base class of the models that can be trained here.

    A subclass defines the methods `encode` and `from_start`. The logits are a linear function of the
    encoding, and the loss is cross-entropy, unless the subclass overrides `forward`. A subclass also
    defines these class attributes:

    - `config_class`: its subclass of `AspectConfig`;
    - `inputs`: its subclass of `Inputs`;
    - `card`: its `ModelCard`, with its paper, its licence and other facts;
    - `recipe`: its hyperparameters of training, if they are not the defaults of `Recipe`;
    - `extras`: what it is trained from beside the encoder, if anything: a tuple of some of the names
      ``embeddings`` (a file of word vectors), ``corpus`` (a file of text) and ``parser``;
    - `switches`: the settings of its configuration that an intervention may change, if any, by name.
    """

    config_class = AspectConfig
    base_model_prefix = ""  # the model does not wrap another one that could be loaded by itself
    accepts_loss_kwargs = False  # the loss is a mean over the batch
    inputs: ClassVar[type[Inputs]]
    card: ClassVar[ModelCard]
    extras: ClassVar[
        tuple[str, ...]
    ] = ()  # inputs of training beside the encoder: embeddings, corpus, parser
    switches: ClassVar[tuple[str, ...]] = ()
    recipe: ClassVar[Recipe] = Recipe()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register a subclass that defines `card`, so that the Auto classes of transformers can load it."""
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
        """The configuration of a model with this starting point; the encoder's weights are not read."""
        return cls.config_class()

    @classmethod
    def from_start(
        cls, start: Start, texts: Sequence[str], *, progress: TrainingProgress | None = None
    ) -> tuple[Self, Inputs]:
        """Create a model before training, and its inputs.

        Args:
            start: the pretrained starting point.
            texts: the original training sentences. Some models take their vocabulary from them, and
                `bert-pt` is post-trained on them.
            progress: called after each optimizer step of post-training, with the steps done, the number of
                all steps, and a status text. Models without post-training do not call it.

        Raises:
            ArtsError: when the encoder cannot be loaded; when the file of word vectors or of post-training
                text cannot be read or is malformed; when the former has no word of `texts`, or the latter
                has only empty lines.
        """
        raise NotImplementedError

    def load_inputs(self, folder: Path) -> Inputs:
        """The inputs of this model, with the tokenizer in the folder of a saved model or of an encoder."""
        assert isinstance(self.config, AspectConfig)
        return self.inputs.load(folder, self.config)

    def settle(self, accuracy: Callable[[], float]) -> dict[str, Any]:
        """Set in the configuration what is chosen on dev at the end of training; nothing by default.

        Args:
            accuracy: the accuracy on dev, from 0 to 1, of this model as it is configured.

        Returns:
            What was tried and chosen, as JSON values keyed by name.
        """
        return {}

    def encode(self, *args: Any, **batch: Any) -> Tensor:
        """The encoding of each instance of a batch, as a tensor (batch, encoding size).

        Args:
            *args: the tensors that `Inputs.collate` returned, except the labels, given by position.
            **batch: such tensors, given by name.
        """
        raise NotImplementedError

    def forward(self, labels: Tensor | None = None, **batch: Tensor) -> SequenceClassifierOutput:
        """Compute the logits of a batch, and the loss if the labels are given.

        Args:
            labels: (batch,) gold labels, as positions in `Polarity`.
            batch: the arguments of `encode`.

        Returns:
            An output with `logits`, of shape (batch, 3), and `loss`, the cross-entropy in nats averaged over
            the batch, or None without labels.
        """
        logits = self.classifier(self.dropout(self.encode(**batch))).float()
        loss = None if labels is None else nn.functional.cross_entropy(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)


def pad(rows: Sequence[Sequence[float]], value: int) -> Tensor:
    """Stack n lists of numbers into a tensor (n, length of the longest), padded at the end with `value`."""
    return nn.utils.rnn.pad_sequence(
        [torch.tensor(row) for row in rows], batch_first=True, padding_value=value
    )
