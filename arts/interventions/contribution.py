"""Interventions that contribute to one training, and the choice among several plans of it on dev."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Polarity, original_instances
from arts.interventions.base import Intervention, Stage
from arts.models.record_names import OUTCOME

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.recipe import TrainingRequest
    from arts.models.trained_models import TrainedModel
    from arts.models.training_plan import TrainingPlan


def plain_plan(corpus: Corpus) -> TrainingPlan:
    """The plan of training on the originals of a corpus, without an intervention."""
    from arts.models.training_plan import TrainingPlan

    return TrainingPlan(original_instances(corpus.train), original_instances(corpus.dev))


class Contribution(Intervention):
    """Base class of the interventions that contribute to one training, and so can be composed freely.

    A subclass defines `plans` instead of `train`, and `switches`, the settings of the model's configuration
    that it changes, if any.
    """

    stage = Stage.DURING
    switches: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def plans(self, plan: TrainingPlan, corpus: Corpus) -> list[TrainingPlan]:
        """The plans that the intervention makes of one: several, if the best is to be chosen on dev.

        Args:
            plan: the plan without this intervention.
            corpus: the corpus to train on.
        """

    def check_model(self, name: str) -> None:
        """Refuse a model that lacks one of the switches; the message names the models of the zoo that do not.

        Raises:
            ArtsError: when it lacks one.
        """
        if self.switches and not self._is_defined_for(name):
            defined = ", ".join(self.defined_models())
            raise ArtsError(
                f"--intervention {self.name} is not defined for {name}; expected one of: {defined}"
            )

    def defined_models(self) -> list[str]:
        """The names of the models of the zoo that have all the switches."""
        from arts.models.registry import ZOO

        return list(filter(self._is_defined_for, ZOO))

    def _is_defined_for(self, model: str) -> bool:
        """Whether a model has all the switches."""
        from arts.models.registry import aspect_model_class

        return set(self.switches) <= set(aspect_model_class(model).switches)

    def train(self, request: TrainingRequest, corpus: Corpus) -> TrainedModel:
        """Train a model by the plan of this intervention, or load it from the cache.

        Raises:
            ArtsError: when the model cannot be trained with it.
        """
        self.check_model(request.model)
        return train_best(request, self.plans(plain_plan(corpus), corpus))


def train_best(request: TrainingRequest, plans: Sequence[TrainingPlan]) -> TrainedModel:
    """Train a model by each plan, and return the one with the best `dev_ars`; the first of equals.

    With several plans, the outcome in its record has their choices with their scores under ``tried``, and the
    training time is that of all.
    """
    from arts.models.trained_models import train_by_plan

    models = [train_by_plan(request, plan) for plan in plans]
    if len(models) == 1:
        return models[0]
    scores = [dev_ars(model, plan.dev) for model, plan in zip(models, plans, strict=True)]
    best = scores.index(max(scores))
    tried = [{**plan.choice, "dev_ars": score} for plan, score in zip(plans, scores, strict=True)]
    outcome = models[best].record.get(OUTCOME, {})
    record = {
        **models[best].record,
        "train_seconds": round(sum(model.record["train_seconds"] for model in models), 1),
        OUTCOME: {**outcome, "tried": tried, "chosen": {**outcome.get("chosen", {}), **plans[best].choice}},
    }
    return replace(models[best], record=record)


def dev_ars(model: TrainedModel, dev: Sequence[Instance]) -> float:
    """The percentage of the units of dev whose instances, original and variants, are all predicted right."""
    labels = np.array(list(Polarity))[model.predict_proba(dev).argmax(1)]
    units: dict[str, bool] = {}
    for instance, label in zip(dev, labels, strict=True):
        units[instance.unit] = units.get(instance.unit, True) and label == instance.polarity
    return round(100 * sum(units.values()) / len(units), 2)
