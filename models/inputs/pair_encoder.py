"""Models that fine-tune a pretrained encoder: their base class, and their input of sentence and aspect."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import torch
from torch import Tensor
from transformers import AutoConfig, AutoModel, PretrainedConfig

from arts.data.errors import ArtsError, DataError, as_data_error
from arts.data.schema import Instance
from arts.models.base import AspectConfig, AspectModel, Inputs, TokenFeatures, pad
from arts.models.encoders import (
    POOLING_FILE,
    encoder_folder,
    load_encoder,
    load_tokenizer,
    quiet_transformers,
)
from arts.models.inputs.position import PositionUse, applied_weights, position_weights
from arts.models.recipe import Start, TrainingProgress

MAX_LENGTH = 128  # tokens; the sentence is truncated, never the aspect
Pooling = Literal["cls", "first", "mean", "max"]
_DECLARED_POOLING: Mapping[str, Pooling] = {  # by the names in current and in older files
    "cls": "first",
    "mean": "mean",
    "max": "max",
    "pooling_mode_cls_token": "first",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
}


class PairInputs(Inputs):
    """The input ``[CLS] sentence [SEP] aspect [SEP]``, tokenised by the encoder's own tokenizer.

    The sentence is truncated so that the input has at most 128 tokens.

    Args:
        tokenizer: a tokenizer of transformers.
        weighs_position: whether `encode` and `collate` add the key ``position``, the position weight of each
            token; see `position_weights`.

    Raises:
        ArtsError: when position weights are asked for, and the tokenizer does not tell where a token stands.
    """

    def __init__(self, tokenizer: Any, *, weighs_position: bool = False) -> None:
        super().__init__(tokenizer)
        if weighs_position and not tokenizer.is_fast:
            raise ArtsError("position weights need the offsets of tokens; expected a fast tokenizer")
        self.weighs_position = weighs_position

    @classmethod
    def load(cls, folder: Path, config: AspectConfig) -> Self:
        weighs = isinstance(config, EncoderConfig) and config.position != "none"
        return cls(load_tokenizer(folder), weighs_position=weighs)

    def encode(self, instances: Sequence[Instance]) -> list[TokenFeatures]:
        encoded = self.tokenizer(
            [instance.text for instance in instances],
            [instance.aspect.term for instance in instances],
            truncation="only_first",
            max_length=MAX_LENGTH,
            return_offsets_mapping=self.weighs_position,
        )
        offsets = encoded.pop("offset_mapping", None)
        features = [{name: encoded[name][row] for name in encoded} for row in range(len(instances))]
        if offsets:
            for row, instance in enumerate(instances):
                features[row]["position"] = position_weights(
                    encoded.sequence_ids(row), offsets[row], aspect=instance.aspect
                )
        return features

    def count_truncated(self, instances: Sequence[Instance]) -> int:
        """The number of instances whose sentence is truncated, because the input is over 128 tokens."""
        features = zip(instances, self.encode(instances), strict=True)
        full = [instance for instance, encoded in features if len(encoded["input_ids"]) >= MAX_LENGTH]
        with quiet_transformers():  # the tokenizer warns of inputs that are too long for the encoder
            return sum(self._full_length(instance) > MAX_LENGTH for instance in full)

    def _full_length(self, instance: Instance) -> int:
        """The number of tokens of the input of an instance before truncation."""
        return len(self.tokenizer(instance.text, instance.aspect.term)["input_ids"])

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        plain = [{name: row[name] for name in row if name != "position"} for row in features]
        batch = dict(self.tokenizer.pad(plain, return_tensors="pt"))
        if self.weighs_position:
            batch["position"] = pad([row["position"] for row in features], 0)
        return batch


class EncoderConfig(AspectConfig):
    """The configuration of a model that fine-tunes a pretrained encoder.

    Args:
        encoder: the encoder's own configuration, as a dict.
        pooling: how the encoder's hidden states become one vector per input: ``cls`` takes that of [CLS],
            through the encoder's pooler if it has one; ``first`` takes that of [CLS] as it is; ``mean`` and
            ``max`` take the mean and the largest value over the tokens.
        position: whether the hidden states are weighted by how near their tokens are to the aspect
            (``weight``), dropped in training with a probability that grows with the distance (``dropout``),
            or neither. The vector of an input is then their weighted mean, whatever the pooling.
    """

    model_type = "arts-encoder"

    encoder: dict[str, Any] | None = None
    pooling: Pooling = "cls"
    position: PositionUse = "none"

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
    pools: ClassVar[bool] = True  # whether the model calls `pool`

    def __init__(self, config: EncoderConfig, *, encoder: Any = None) -> None:
        super().__init__(config)
        self.encoder = encoder or AutoModel.from_config(config.encoder_config)
        self.post_init()

    @classmethod
    def config_from_start(cls, start: Start) -> EncoderConfig:
        folder = encoder_folder(start.encoder)
        settings = AutoConfig.from_pretrained(folder).to_dict()
        pooling = _declared_pooling(folder) if cls.pools else "cls"
        return cls.config_class(encoder=settings, pooling=pooling, **start.switches)

    @classmethod
    def from_start(
        cls, start: Start, texts: Sequence[str], *, progress: TrainingProgress | None = None
    ) -> tuple[Self, Inputs]:
        encoder, config = load_encoder(start.encoder), cls.config_from_start(start)
        settings = dict(config.encoder or {})
        settings.pop("random_weights", None)
        if (random := getattr(encoder.config, "random_weights", [])) and cls.uses_pooler(config):
            settings["random_weights"] = random
        config.encoder = settings
        model = cls(config, encoder=encoder)
        return model, model.load_inputs(encoder_folder(start.encoder))

    @classmethod
    def uses_pooler(cls, config: EncoderConfig) -> bool:
        """Whether a model with this configuration uses the encoder's pooler, if the encoder has one."""
        return cls.pools and config.pooling == "cls" and config.position == "none"

    def run_encoder(self, **batch: Tensor) -> Any:
        """Run the encoder on those tensors that it takes, and return its output.

        A tokenizer can give types of tokens, with which an encoder of another kind can do nothing.

        Args:
            batch: what the tokenizer gives, such as ``input_ids``, ``attention_mask``, ``token_type_ids``.
        """
        taken = set(inspect.signature(self.encoder.forward).parameters)
        if getattr(self.encoder.config, "type_vocab_size", 2) < 2:
            taken.discard("token_type_ids")
        return self.encoder(**{name: tensor for name, tensor in batch.items() if name in taken})

    def pool(self, position: Tensor | None = None, **batch: Tensor) -> Tensor:
        """Run the encoder, and reduce its hidden states to one vector per input.

        Args:
            position: (batch, tokens) the position weights, if the configuration says to use them.
            batch: the arguments of the encoder, such as ``input_ids`` and ``attention_mask``.

        Returns:
            A tensor (batch, hidden), as the pooling of the configuration says. With position weights w_i and
            hidden states h_i, it is sum_i w_i h_i / sum_i w_i instead.
        """
        return self.states_and_pool(position, **batch)[1]

    def states_and_pool(self, position: Tensor | None = None, **batch: Tensor) -> tuple[Tensor, Tensor]:
        """The last hidden states (batch, tokens, hidden) of the encoder, and what `pool` makes of them."""
        output = self.run_encoder(**batch)
        states: Tensor = output.last_hidden_state.float()  # (batch, tokens, hidden)
        if self.config.position != "none":
            weight = self.applied_weights(position)
            return states, (states * weight.unsqueeze(-1)).sum(1) / weight.sum(1, keepdim=True)
        present = batch["attention_mask"].unsqueeze(-1).to(states.dtype)
        if self.config.pooling == "mean":
            return states, (states * present).sum(1) / present.sum(1)
        if self.config.pooling == "max":
            return states, states.masked_fill(present == 0, -torch.inf).amax(1)
        pooler: Tensor | None = getattr(output, "pooler_output", None)
        return states, states[:, 0] if pooler is None or self.config.pooling == "first" else pooler

    def applied_weights(self, position: Tensor | None) -> Tensor:
        """The weights (batch, tokens) by the position weights; see `arts.models.inputs.position`."""
        return applied_weights(position, use=self.config.position, training=self.training)


def _declared_pooling(encoder: Path) -> Pooling:
    """The pooling that an encoder was trained with; ``cls`` if it declares none.

    Args:
        encoder: the encoder's folder, in which sentence-transformers saves such a declaration.

    Raises:
        DataError: when it declares another pooling than those of `Pooling`, or several.
    """
    file = encoder / POOLING_FILE
    if not file.is_file():
        return "cls"
    with as_data_error(file):
        declared = dict(json.loads(file.read_text("utf-8")))
    modes = declared.get("pooling_mode", [name for name in declared if name.startswith("pooling_mode_")])
    modes = [modes] if isinstance(modes, str) else [name for name in modes if declared.get(name, True)]
    modes = modes or ["mean"]  # as sentence-transformers reads it
    if len(modes) == 1 and modes[0] in _DECLARED_POOLING:
        return _DECLARED_POOLING[modes[0]]
    raise DataError(file, f"declares the pooling {', '.join(map(str, modes))}; expected cls, mean or max")
