"""Consistency: adversarial training in which predictions must not move where the label does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Sentence, Strategy
from arts.interventions.adversarial import ADVERSARIAL_OPTIONS, Adversarial
from arts.interventions.base import InterventionCard
from arts.interventions.same_side import same_side_variants

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.training_plan import TrainingPlan

WEIGHTS = (0.3, 1.0, 3.0)  # lambda, of which the best on dev is taken


@dataclass(frozen=True)
class Consistency(Adversarial):
    """Adversarial training with a loss that also compares each original with its own variants.

    The idea, to train on variants that keep the label so that a model learns what does not matter to it, is
    that of non-counterfactual augmentation (Liu et al., 2023). The formula is ours. A batch consists of
    units, each an original with all its variants. p_i is the prediction for instance i, y_i its label, o(i)
    its original, and V the variants that have the label of their original, as all by REVNON and ADDDIFF do:

        L = mean over i of -log p_i(y_i)
            + lambda (mean over i in V of (KL(p_o(i) || p_i) + KL(p_i || p_o(i))) / 2)

    The cross-entropy, or whatever the model's own loss is, is that of originals and variants alike. lambda is
    chosen on dev, out of 0.3, 1 and 3: the model with the most right units there, variants included, is kept.

    What ADDDIFF adds always contradicts the label, so that a model can learn to answer against it. So in some
    epochs, drawn anew for each unit, the place of its ADDDIFF variant is taken by one to which aspects of the
    target's own sentiment are added. On dev, both count.

    Args:
        ratio: share of the variants that are used; here, all by default.
        balance_places: whether ADDDIFF adds clauses first, inside and last equally often; here, by default.
        weight: lambda, 0 or more. None: it is chosen on dev.
        same_side: probability, in each epoch, that the added aspects have the target's own sentiment.

    Raises:
        ArtsError: as `Adversarial`, or when the weight or the share is out of range.
    """

    ratio: float = 1.0
    balance_places: bool = True
    weight: float | None = None
    same_side: float = 0.33

    name = "consistency"
    card = InterventionCard(
        summary="adversarial training in which predictions must not move where the label does not",
        bibtex="liu-etal-2023-noncounterfactual",
    )
    options: ClassVar[Mapping[str, str]] = {
        **ADVERSARIAL_OPTIONS,
        "weight": "--consistency-weight",
        "same_side": "--same-side",
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.weight is not None and self.weight < 0:
            raise ArtsError(f"the weight of consistency is {self.weight}; expected 0 or more")
        if not 0 <= self.same_side <= 1:
            raise ArtsError(f"consistency with the same-side share {self.same_side}; expected from 0 to 1")

    def settings(self) -> dict[str, Any]:
        """All settings as JSON values, keyed by name, for reports."""
        return {
            **super().settings(),
            "balance_places": self.balance_places,
            "weight": self.weight,
            "same_side": self.same_side,
        }

    def _with_variants(self, sentences: Sequence[Sentence], corpus: Corpus) -> list[Instance]:
        """The originals of sentences, their variants, and agreeing variants where ADDDIFF has made one."""
        instances = super()._with_variants(sentences, corpus)
        if not self.same_side or Strategy.ADDDIFF not in self.strategies:
            return instances
        contradicted = {i.unit for i in instances if i.strategy is Strategy.ADDDIFF}
        agreeing = same_side_variants(sentences, corpus, seed=self.seed, templates=self.seen_templates)
        return [*instances, *(variant for variant in agreeing if variant.unit in contradicted)]

    def plans(self, plan: TrainingPlan, corpus: Corpus) -> list[TrainingPlan]:
        """The plan with all variants in units: for the weight, or for each that dev chooses from."""
        from arts.models.objectives import Consistency as Objective

        (augmented,) = super().plans(plan, corpus)
        if self.weight is not None:
            return [replace(augmented, objective=Objective(self.weight, self.same_side))]
        return [
            replace(
                augmented,
                objective=Objective(weight, self.same_side),
                choice={**plan.choice, "weight": weight},
            )
            for weight in WEIGHTS
        ]

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Create the intervention that has the settings in a report, with the default seed."""
        own = {name: settings[name] for name in ("weight", "same_side")}
        return replace(super().from_settings(settings), **own)

    def command_options(self) -> list[str]:
        """The arguments of `arts evaluate` that set these settings; those with defaults are left out."""
        arguments = super().command_options()
        if self.weight is not None:
            arguments += ["--consistency-weight", f"{self.weight:g}"]
        if self.same_side != Consistency.same_side:
            arguments += ["--same-side", f"{self.same_side:g}"]
        return arguments
