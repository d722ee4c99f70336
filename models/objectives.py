"""Objectives: losses that compare the instances of a unit, which are trained on together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from arts.data.schema import Instance, Strategy
from arts.models.base import Inputs, TokenFeatures
from arts.models.memory_saving import PartsTrainer

MEMBERS, ALTERNATIVES = "members", "alternatives"  # what an example of a unit has
UNIT, IS_ORIGINAL = "unit", "is_original"  # what a batch of units has besides


class Objective(ABC):
    """The loss of a training in which each example is a unit: an original with variants of it.

    A subclass is a frozen dataclass whose fields are its settings.
    """

    alternative_share: float = 0.0  # probability, in each epoch, that an alternative takes a variant's place

    @abstractmethod
    def loss(self, own: Tensor, logits: Tensor, *, labels: Tensor, units: Units) -> Tensor:
        """The loss of a batch of whole units.

        Args:
            own: the model's own loss, averaged over the n instances of the batch.
            logits: (n, 3) the logits of the instances.
            labels: (n,) their gold labels, as positions in `Polarity`.
            units: which instances belong together.
        """


@dataclass(frozen=True)
class Units:
    """Which instances of a batch are variants of which original.

    Args:
        unit: (n,) the number of the unit of each instance, from 0.
        is_original: (n,) whether each instance is the original of its unit; each unit has exactly one.
    """

    unit: Tensor
    is_original: Tensor

    @property
    def originals(self) -> Tensor:
        """The position, in the batch, of the original of each instance: a tensor (n,)."""
        position = self.is_original.nonzero().squeeze(-1)
        return position[self.unit[position].argsort()][self.unit]


@dataclass(frozen=True)
class Consistency(Objective):
    """Adds to the model's own loss how far its predictions move between an original and its variants.

    Of the n instances of a batch, p_i is the prediction for instance i, o(i) its original, and V the variants
    that have the label of their original:

        L = own + weight (1 / |V|) sum over i in V of (KL(p_o(i) || p_i) + KL(p_i || p_o(i))) / 2

    Args:
        weight: the weight of the divergence, 0 or more; lambda.
        alternative_share: probability, in each epoch, that an alternative takes a variant's place.
    """

    weight: float
    alternative_share: float = 0.0

    def loss(self, own: Tensor, logits: Tensor, *, labels: Tensor, units: Units) -> Tensor:
        """The model's own loss and the weighted divergence; without variants to compare, the former alone."""
        original = units.originals
        kept = ~units.is_original & (labels == labels[original])
        if not kept.any():
            return own
        log_p = logits.log_softmax(-1)
        return own + self.weight * symmetric_divergence(log_p[original][kept], log_p[kept])


def symmetric_divergence(first: Tensor, second: Tensor) -> Tensor:
    """The mean over n pairs of (KL(p || q) + KL(q || p)) / 2, in nats.

    Args:
        first: (n, classes) the logarithms of the probabilities p.
        second: (n, classes) the logarithms of the probabilities q.
    """
    return 0.5 * ((first.exp() - second.exp()) * (first - second)).sum(-1).mean()


def unit_examples(instances: Sequence[Instance], features: Sequence[TokenFeatures]) -> list[TokenFeatures]:
    """The training examples of an objective: one per unit, in the order of the originals.

    Args:
        instances: originals and variants of them.
        features: the features of each instance, with its label.

    Returns:
        Dicts with the features of the instances of a unit under ``members``, the original first, and those of
        the longest under ``input_ids``, by whose length units are grouped into batches. A second variant by
        the same strategy is no member, but an alternative to the first: ``alternatives`` has its features,
        keyed by the position of that member.
    """
    units: dict[str, dict[Strategy, list[TokenFeatures]]] = {
        instance.id: {} for instance in instances if instance.strategy is Strategy.ORIGINAL
    }
    for instance, encoded in zip(instances, features, strict=True):
        units[instance.unit].setdefault(instance.strategy, []).append(encoded)
    return [_unit_example(unit) for unit in units.values()]


def _unit_example(variants: Mapping[Strategy, Sequence[TokenFeatures]]) -> TokenFeatures:
    """The training example of one unit, from the features of its instances by strategy."""
    ordered = sorted(variants.items(), key=lambda item: item[0] is not Strategy.ORIGINAL)
    return {
        MEMBERS: [features[0] for _, features in ordered],
        ALTERNATIVES: {n: features[1] for n, (_, features) in enumerate(ordered) if len(features) > 1},
        "input_ids": max((f["input_ids"] for features in variants.values() for f in features), key=len),
    }


class UnitCollator:
    """Makes a batch of units, or of instances: what `Inputs.collate` makes of all their features.

    A batch of units also has the tensors ``unit`` and ``is_original``, the fields of `Units`.

    Args:
        inputs: the inputs of the model.
        alternative_share: probability that an alternative takes the place of a variant.
    """

    def __init__(self, inputs: Inputs, alternative_share: float = 0.0) -> None:
        self.inputs = inputs
        self.alternative_share = alternative_share

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        """Pad the features of units, or of instances, and stack them into one batch."""
        if MEMBERS not in features[0]:
            return self.inputs.collate(features)
        units = [self._draw(example) for example in features]
        batch = self.inputs.collate([member for members in units for member in members])
        first = [position == 0 for members in units for position in range(len(members))]
        unit = torch.arange(len(units)).repeat_interleave(torch.tensor([len(members) for members in units]))
        return {**batch, UNIT: unit, IS_ORIGINAL: torch.tensor(first)}

    def _draw(self, example: TokenFeatures) -> list[TokenFeatures]:
        """The members of a unit, some of them replaced by their alternatives."""
        members = list(example[MEMBERS])
        for position, alternative in example[ALTERNATIVES].items():
            if torch.rand(()) < self.alternative_share:
                members[position] = alternative
        return members


class ObjectiveTrainer(PartsTrainer):
    """A trainer that minimises an objective on batches of units; on other batches, the model's own loss.

    Args:
        objective: the objective.
        options: keyword arguments of `Trainer`.
    """

    def __init__(self, objective: Objective, **options: Any) -> None:
        super().__init__(**options)
        self.objective: Objective = objective

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """The loss of a batch; with `return_outputs` also the output of the model."""
        batch = {name: tensor for name, tensor in inputs.items() if name not in (UNIT, IS_ORIGINAL)}
        own, output = super().compute_loss(model, batch, True, num_items_in_batch)
        if UNIT in inputs:
            units = Units(inputs[UNIT], inputs[IS_ORIGINAL])
            own = self.objective.loss(own, output.logits, labels=inputs["labels"], units=units)
        return (own, output) if return_outputs else own
