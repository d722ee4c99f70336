"""The plan of one training: what a model is trained on, with which loss, and from which weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from arts.data.schema import Instance
from arts.models.base import AspectModel
from arts.models.objectives import Objective


@dataclass(frozen=True)
class TrainingPlan:
    """What one model is trained on, with which loss, and from which weights.

    Args:
        train: the instances to train on.
        dev: the instances to evaluate on after each epoch. If the recipe of the model has a patience, the
            epoch with the best macro-F1 on them is kept.
        variants: for the record, the data and libraries that variants in the splits were made with.
        objective: the loss that is minimised. Batches are then made of units, each an original in `train`
            with its variants there. None: the model's own loss, on batches of instances.
        switches: settings of the model's configuration that are not the default, keyed by name.
        initial: a trained model of the same class, whose weights training starts from. None: those of the
            starting point.
        initial_key: the key of that model, on which the weights depend.
        choice: what tells this plan from others that are tried, as JSON values keyed by name; empty if there
            are no others.
    """

    train: Sequence[Instance]
    dev: Sequence[Instance]
    variants: Mapping[str, str | None] = field(default_factory=dict)
    objective: Objective | None = None
    switches: Mapping[str, Any] = field(default_factory=dict)
    initial: AspectModel | None = None
    initial_key: str | None = None
    choice: Mapping[str, Any] = field(default_factory=dict)
