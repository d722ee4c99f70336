"""Models that fine-tune a pretrained encoder: their base class, and their input of sentence and aspect."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Self

from torch import Tensor
from transformers import AutoConfig, AutoModel, PretrainedConfig

from arts.data.schema import Instance
from arts.models.base import AspectConfig, AspectModel, Inputs, TokenFeatures
from arts.models.encoders import POOLING_FILE, encoder_folder, load_encoder
from arts.models.recipe import Start, TrainingProgress

MAX_LENGTH = 128  # tokens; the sentence is truncated, never the aspect


class PairInputs(Inputs):
    """The input ``[CLS] sentence [SEP] aspect [SEP]``, tokenised by the encoder's own tokenizer.

    The sentence is truncated so that the input has at most 128 tokens.
    """

    def encode(self, instances: Sequence[Instance]) -> list[TokenFeatures]:
        encoded = self.tokenizer(
            [instance.text for instance in instances],
            [instance.aspect.term for instance in instances],
            truncation="only_first",
            max_length=MAX_LENGTH,
        )
        return [{name: encoded[name][row] for name in encoded} for row in range(len(instances))]

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        return dict(self.tokenizer.pad(features, return_tensors="pt"))


class EncoderConfig(AspectConfig):
    """The configuration of a model that fine-tunes a pretrained encoder.

    Args:
        encoder: the encoder's own configuration, as a dict.
        pooling: how the encoder's hidden states become one vector per input: ``cls`` takes that of [CLS],
            ``mean`` the mean over the tokens.
    """

    model_type = "arts-encoder"

    encoder: dict[str, Any] | None = None
    pooling: Literal["cls", "mean"] = "cls"

    @property
    def encoder_config(self) -> PretrainedConfig:
        """The encoder's configuration as an object."""
        settings = dict(self.encoder or {})
        return AutoConfig.for_model(settings.pop("model_type"), **settings)

    @property
    def encoding_size(self) -> int:
        """The encoder's hidden size."""
        return int(self.encoder_config.hidden_size)


class EncoderModel(AspectModel):
    """Base class of the models that fine-tune a pretrained encoder.

    Args:
        config: the configuration.
        encoder: the pretrained encoder, loaded by `AutoModel`. Default: an encoder with random weights.
    """

    config_class = EncoderConfig
    inputs = PairInputs

    def __init__(self, config: EncoderConfig, *, encoder: Any = None) -> None:
        super().__init__(config)
        self.encoder = encoder or AutoModel.from_config(config.encoder_config)
        self.post_init()

    @classmethod
    def config_from_start(cls, start: Start) -> EncoderConfig:
        folder = encoder_folder(start.encoder)
        settings = AutoConfig.from_pretrained(folder).to_dict()
        return cls.config_class(encoder=settings, pooling=_declared_pooling(folder))

    @classmethod
    def from_start(
        cls, start: Start, texts: Sequence[str], *, progress: TrainingProgress | None = None
    ) -> tuple[Self, Inputs]:
        model = cls(cls.config_from_start(start), encoder=load_encoder(start.encoder))
        return model, cls.inputs.load(encoder_folder(start.encoder))

    def pool(self, **batch: Tensor) -> Tensor:
        """Run the encoder, and reduce its hidden states to one vector per input.

        Args:
            batch: the arguments of the encoder, such as ``input_ids`` and ``attention_mask``.

        Returns:
            A tensor (batch, hidden): the mean over the tokens if the configuration's pooling is ``mean``,
            otherwise the vector of [CLS] (through the encoder's pooler if it has one).
        """
        output = self.encoder(**batch)
        states: Tensor = output.last_hidden_state  # (batch, tokens, hidden)
        if self.config.pooling == "mean":
            present = batch["attention_mask"].unsqueeze(-1).to(states.dtype)
            return (states * present).sum(1) / present.sum(1)
        pooler: Tensor | None = getattr(output, "pooler_output", None)
        return states[:, 0] if pooler is None else pooler


def _declared_pooling(encoder: Path) -> Literal["cls", "mean"]:
    """The pooling that an encoder was trained with: "mean" if it declares so, otherwise "cls".

    Args:
        encoder: the encoder's folder, in which sentence-transformers saves such a declaration.
    """
    file = encoder / POOLING_FILE
    declared = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return "mean" if declared.get("pooling_mode_mean_tokens") else "cls"
