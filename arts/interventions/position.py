"""Position: what a model has read near the aspect weighs more than what it has read far from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from arts.data.errors import ArtsError
from arts.interventions.base import InterventionCard
from arts.interventions.contribution import Contribution

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.training_plan import TrainingPlan

SWITCH = "position"  # in the configurations of the models


class PositionBias(StrEnum):
    """How hidden states are biased: weighted by their place, or dropped in training by their place."""

    WEIGHT = "weight"
    DROPOUT = "dropout"


@dataclass(frozen=True)
class Position(Contribution):
    """Position bias (Ma et al., 2021): words near the aspect count more than words far from it.

    "Exploiting Position Bias for Robust Aspect Sentiment Classification", Findings of ACL 2021. Of the n
    tokens of a sentence, h_i is the hidden state of one, and d_i its distance to the aspect's mention:

        w_i = 1 - d_i / n;  encoding = sum_i r_i h_i / sum_i r_i

    By WEIGHT, r_i is w_i. By DROPOUT, r_i is in training 1 with the probability w_i and otherwise 0, and
    afterwards w_i, its expectation. Special tokens, and the tokens of the aspect beside the sentence, have
    the weight 1. The encoding is this mean, whatever the encoder declares as its pooling; its pooler is left
    out. In capsbert, r_i multiplies the relevance of the token instead.

    Departures from the authors' code: it takes the largest value over the states instead of their mean, and
    gives the mention a low weight; n excludes the mention; states that are kept are divided by w_i, so that
    predictions after dropout use no weights. Its models read the aspect only inside the sentence.

    Args:
        bias: weight or dropout.

    Raises:
        ArtsError: when it is neither.
    """

    bias: PositionBias = PositionBias.WEIGHT

    name = "position"
    card = InterventionCard(
        summary="hidden states weighted, or dropped, by their distance to the aspect",
        bibtex="ma-etal-2021-exploiting",
    )
    options: ClassVar[Mapping[str, str]] = {"bias": "--position"}
    switches: ClassVar[tuple[str, ...]] = (SWITCH,)

    def __post_init__(self) -> None:
        if self.bias not in list(PositionBias):
            raise ArtsError(f'position by "{self.bias}"; expected {" or ".join(PositionBias)}')
        object.__setattr__(self, "bias", PositionBias(self.bias))

    def settings(self) -> dict[str, Any]:
        """All settings as JSON values, keyed by name, for reports."""
        return {"bias": str(self.bias)}

    def plans(self, plan: TrainingPlan, corpus: Corpus) -> list[TrainingPlan]:
        """The plan with the model's switch set."""
        return [replace(plan, switches={**plan.switches, SWITCH: str(self.bias)})]

    def check_model(self, name: str) -> None:
        """Refuse a model that has no position weights.

        Raises:
            ArtsError: when it has none; the message names the models of the zoo that do.
        """
        from arts.models.registry import aspect_model_class
        from arts.models.zoo.bert_sent import BertSentence

        if issubclass(aspect_model_class(name), BertSentence):
            raise ArtsError(f"--intervention {self.name}: {name} must not see where the aspect is")
        super().check_model(name)

    def command_options(self) -> list[str]:
        """The arguments of `arts evaluate` that set these settings; those with defaults are left out."""
        return ["--position", str(self.bias)] if self.bias != Position.bias else []
