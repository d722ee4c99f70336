"""Training in less memory: a batch in parts, and states of layers computed again instead of kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint
from transformers import Trainer

from arts.data.errors import ArtsError
from arts.models.base import AspectModel
from arts.models.runtime import is_checkpointing

IGNORED = -100  # the label of what is not predicted


class PartsTrainer(Trainer):
    """A trainer for which each label of a batch counts the same, whatever part of the batch it is in.

    `Trainer` averages the mean losses of the parts, so that the instances of a smaller last part count more.

    Args:
        options: keyword arguments of `Trainer`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.model_accepts_loss_kwargs = False  # the loss of a part is the mean over its labels
        self._labels = 0  # of the batch

    def get_batch_samples(self, *args: Any, **options: Any) -> tuple[list[Any], Tensor | int | None]:
        """The parts of the next batch, and what `Trainer` counts in them."""
        parts, count = super().get_batch_samples(*args, **options)
        self._labels = sum(map(_label_count, parts))
        return parts, count

    def training_step(self, model: nn.Module, inputs: dict[str, Any], *args: Any, **options: Any) -> Tensor:
        """Add the gradients of a part of a batch, and return the part's share in the loss of the batch."""
        labels = _label_count(inputs)
        if not labels:  # a masked language model with nothing masked: its loss would not be a number
            return torch.zeros((), device=self.args.device)
        # by which the loss of the part is divided:
        self.current_gradient_accumulation_steps = self._labels / labels  # type: ignore[assignment]
        return super().training_step(model, inputs, *args, **options)


def _label_count(batch: dict[str, Any]) -> int:
    """The number of labels of a batch that count."""
    return int((batch["labels"] != IGNORED).sum())


@contextmanager
def checkpointed_layers(model: Any) -> Iterator[None]:
    """Let the layers of an encoder, inside a ``with`` block, keep only what goes into them for the gradients.

    So it is if `arts.models.runtime.use_memory_saving` has chosen it, and the model has an encoder.

    Args:
        model: a model of the zoo, or one of transformers.

    Raises:
        ArtsError: when the encoder is not made of layers.
    """
    layers = _layers(model) if is_checkpointing() else []
    for layer in layers:
        layer.forward = partial(checkpoint, layer.forward, use_reentrant=False)
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward  # that of its class is back


def _layers(model: Any) -> list[Any]:
    """The layers of a model's encoder: of its lists of modules, the one with the most weights."""
    if isinstance(model, AspectModel) and not hasattr(model, "encoder"):
        return []
    encoder = getattr(model, "encoder", model.base_model)
    lists = [module for module in encoder.modules() if isinstance(module, nn.ModuleList)]
    if not lists:
        raise ArtsError(
            f"--gradient-checkpointing: a {encoder.config.model_type} encoder has no list of layers; "
            "leave it out"
        )
    largest = max(lists, key=lambda module: sum(weight.numel() for weight in module.parameters()))
    return list(largest)
