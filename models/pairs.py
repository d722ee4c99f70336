"""BERT-like encoders over the pair (sentence, aspect): inputs and base model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from torch import Tensor
from transformers import AutoConfig, AutoModel, AutoTokenizer, PretrainedConfig

from arts.data.errors import ArtsError
from arts.data.schema import Instance
from arts.models.base import AspectConfig, AspectModel, Features

MAX_LENGTH = 128  # word pieces; the sentence is cut, never the aspect


class PairInputs:
    """``[CLS] sentence [SEP] aspect [SEP]``, by the encoder's own tokenizer."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer

    def encode(self, instances: Sequence[Instance]) -> list[Features]:
        encoded = self.tokenizer(
            [instance.text for instance in instances],
            [instance.aspect.term for instance in instances],
            truncation="only_first",
            max_length=MAX_LENGTH,
        )
        return [
            {name: encoded[name][row] for name in encoded} for row in range(len(instances))
        ]

    def collate(self, features: list[Features]) -> dict[str, Tensor]:
        return dict(self.tokenizer.pad(features, return_tensors="pt"))

    def save(self, folder: Path) -> None:
        self.tokenizer.save_pretrained(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        return cls(AutoTokenizer.from_pretrained(folder))


class EncoderConfig(AspectConfig):
    """A pretrained encoder's own configuration, nested, and the dropout before the classifier."""

    model_type = "arts-encoder"

    encoder: dict[str, Any] | None = None


class EncoderModel(AspectModel):
    """Base of the models on a pretrained encoder; `self.encoder` is any `AutoModel`."""

    config_class = EncoderConfig
    inputs = PairInputs

    def __init__(self, config: EncoderConfig, *, encoder: Any = None) -> None:
        nested = _nested(config)
        super().__init__(config, width=nested.hidden_size)
        self.encoder = encoder or AutoModel.from_config(nested)
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
        return cls(cls.config_class(encoder=pretrained.config.to_dict()), encoder=pretrained)


def _nested(config: EncoderConfig) -> PretrainedConfig:
    settings = dict(config.encoder or {})
    return AutoConfig.for_model(settings.pop("model_type"), **settings)
