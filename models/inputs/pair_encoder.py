"""BERT-like encoders over the pair (sentence, aspect): inputs and base model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Self

from torch import Tensor
from transformers import AutoConfig, AutoModel, PretrainedConfig

from arts.data.schema import Instance
from arts.models.base import AspectConfig, AspectModel, Features, Inputs, Progress, Start
from arts.models.encoders import POOLING, load_encoder, resolve_encoder

MAX_LENGTH = 128  # word pieces; the sentence is cut, never the aspect


class PairInputs(Inputs):
    """``[CLS] sentence [SEP] aspect [SEP]``, by the encoder's own tokenizer."""

    def encode(self, instances: Sequence[Instance]) -> list[Features]:
        encoded = self.tokenizer(
            [instance.text for instance in instances],
            [instance.aspect.term for instance in instances],
            truncation="only_first",
            max_length=MAX_LENGTH,
        )
        return [{name: encoded[name][row] for name in encoded} for row in range(len(instances))]

    def collate(self, features: list[Features]) -> dict[str, Tensor]:
        return dict(self.tokenizer.pad(features, return_tensors="pt"))


class EncoderConfig(AspectConfig):
    """A pretrained encoder's own configuration, nested, and how it was trained to be pooled."""

    model_type = "arts-encoder"

    encoder: dict[str, Any] | None = None
    pooling: Literal["cls", "mean"] = "cls"

    @property
    def nested(self) -> PretrainedConfig:
        """The encoder's configuration as an object."""
        settings = dict(self.encoder or {})
        return AutoConfig.for_model(settings.pop("model_type"), **settings)

    @property
    def encoding_size(self) -> int:
        """The encoder's hidden size."""
        return int(self.nested.hidden_size)


class EncoderModel(AspectModel):
    """Base of the models on a pretrained encoder; `self.encoder` is any `AutoModel`."""

    config_class = EncoderConfig
    inputs = PairInputs

    def __init__(self, config: EncoderConfig, *, encoder: Any = None) -> None:
        super().__init__(config)
        self.encoder = encoder or AutoModel.from_config(config.nested)
        self.post_init()

    @classmethod
    def blank(cls, start: Start) -> EncoderConfig:
        folder = resolve_encoder(start.encoder)
        settings = AutoConfig.from_pretrained(folder).to_dict()
        return cls.config_class(encoder=settings, pooling=_pooling(folder))

    @classmethod
    def start(
        cls, start: Start, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Self, Inputs]:
        model = cls(cls.blank(start), encoder=load_encoder(start.encoder))
        return model, cls.inputs.load(resolve_encoder(start.encoder))

    def pooled(self, **batch: Tensor) -> Tensor:
        """(batch, hidden) one vector a text: the mean of its pieces, or [CLS], as the encoder was trained."""
        output = self.encoder(**batch)
        states: Tensor = output.last_hidden_state  # (batch, pieces, hidden)
        if self.config.pooling == "mean":
            present = batch["attention_mask"].unsqueeze(-1).to(states.dtype)
            return (states * present).sum(1) / present.sum(1)
        pooler: Tensor | None = getattr(output, "pooler_output", None)
        return states[:, 0] if pooler is None else pooler


def _pooling(encoder: Path) -> Literal["cls", "mean"]:
    """What a sentence encoder declares, in sentence-transformers' layout; [CLS] for any other."""
    file = encoder / POOLING
    declared = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return "mean" if declared.get("pooling_mode_mean_tokens") else "cls"
