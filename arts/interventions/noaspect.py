"""No aspect: models learn from templates of sentences, in which the aspect is not named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from arts.data.errors import ArtsError
from arts.interventions.base import InterventionCard
from arts.interventions.contribution import Contribution

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.training_plan import TrainingPlan

READINGS = ("sentence", "template", "both")
ON_DEV = "dev"  # the reading of a model for which none is chosen yet


@dataclass(frozen=True)
class NoAspect(Contribution):
    """Training with templates that do not name the aspect: NADS (Cao et al., 2022).

    "Aspect Is Not You Need: No-aspect Differential Sentiment Framework for Aspect-based Sentiment Analysis",
    NAACL 2022. A mask stands for the aspect in the template of a sentence, so what is said of an aspect must
    be read in its context. With the equations of `arts.models.no_aspect.NoAspectModel`, which also tells
    what departs from the paper, the loss of the model is

        L = L_ds + 0.4 L_con + 0.1 L_asp

    L_ds keeps an encoding nearer to the embedding of its polarity than to the others, by a margin; L_con
    keeps it near to the encoding of its template; L_asp has the template tell the aspect.

    Args:
        reading: what the trained model reads: ``sentence``, ``template``, or ``both``, whose predictions are
            averaged. None: the one with the best accuracy on dev.
        temperature: tau of L_con and of the predictions, over 0.

    Raises:
        ArtsError: when the reading is none of these, or the temperature is not over 0.
    """

    reading: str | None = None
    temperature: float = 0.1

    name = "noaspect"
    card = InterventionCard(
        summary="templates that do not name the aspect, and margins between polarities",
        bibtex="cao-etal-2022-aspect",
    )
    switches: ClassVar[tuple[str, ...]] = ("noaspect_reading", "noaspect_temperature")
    options: ClassVar[Mapping[str, str]] = {
        "reading": "--noaspect-reading",
        "temperature": "--noaspect-temperature",
    }

    def __post_init__(self) -> None:
        if self.reading not in (None, *READINGS):
            raise ArtsError(
                f'noaspect with the reading "{self.reading}"; expected sentence, template or both'
            )
        if not self.temperature > 0:
            raise ArtsError(f"noaspect with the temperature {self.temperature}; expected over 0")

    def settings(self) -> dict[str, Any]:
        """All settings as JSON values, keyed by name, for reports."""
        return {"reading": self.reading, "temperature": self.temperature}

    def plans(self, plan: TrainingPlan, corpus: Corpus) -> list[TrainingPlan]:
        """The plan with the switches of the model's configuration."""
        values = (self.reading or ON_DEV, self.temperature)
        return [replace(plan, switches={**plan.switches, **dict(zip(self.switches, values, strict=True))})]

    def command_options(self) -> list[str]:
        """The arguments of `arts evaluate` that set these settings; those with defaults are left out."""
        arguments = ["--noaspect-reading", self.reading] if self.reading else []
        if self.temperature != NoAspect.temperature:
            arguments += ["--noaspect-temperature", f"{self.temperature:g}"]
        return arguments
