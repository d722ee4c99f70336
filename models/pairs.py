"""BERT-like encoders over the pair (sentence, aspect): inputs and base model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Self

from torch import Tensor
from transformers import AutoConfig, AutoModel, PretrainedConfig

from arts.data.errors import ArtsError
from arts.data.schema import Instance
from arts.models.base import AspectConfig, AspectModel, Features, Inputs

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
    def start(cls, encoder: Path) -> Self:
        try:
            pretrained = AutoModel.from_pretrained(encoder)
        except (OSError, ValueError) as error:
            raise ArtsError(
                f'encoder "{encoder}" cannot be loaded ({str(error).splitlines()[0]}); '
                "expected a BERT-like model"
            ) from error
        config = cls.config_class(encoder=pretrained.config.to_dict(), pooling=_pooling(encoder))
        return cls(config, encoder=pretrained)


def _pooling(encoder: Path) -> Literal["cls", "mean"]:
    """What a sentence encoder declares, in sentence-transformers' layout; [CLS] for any other."""
    file = encoder / "1_Pooling" / "config.json"
    declared = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return "mean" if declared.get("pooling_mode_mean_tokens") else "cls"
