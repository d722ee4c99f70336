"""What an intervention is: another way to come by a trained model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.base import Progress, Start
    from arts.models.trained_models import ZooModel


OUTCOME = "outcome"  # in the record of a trained model: what the intervention came to, for the report


class Intervention(Protocol):
    """Something done to a model of the zoo to make it more robust."""

    @property
    def name(self) -> str:
        """As it is called on the command line and in reports."""

    @property
    def seen(self) -> tuple[str, ...]:
        """ADDDIFF templates that were trained with."""

    @property
    def holdout(self) -> tuple[str, ...]:
        """ADDDIFF templates that were left out, to measure the pattern gap on."""

    def settings(self) -> dict[str, Any]:
        """Everything that it depends on, for the report."""

    def train(
        self,
        model: str,
        corpus: Corpus,
        *,
        seed: int,
        start: Start | None = None,
        progress: Progress | None = None,
    ) -> ZooModel:
        """A model of the zoo, trained with the intervention; test data is not looked at."""
