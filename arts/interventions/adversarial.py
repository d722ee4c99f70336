"""Adversarial training: the training split together with its own perturbations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from arts.data.errors import ArtsError, UnknownNameError
from arts.data.schema import PERTURBATIONS, Instance, Sentence, Strategy, originals
from arts.generators.generator import Options
from arts.generators.running.cached import perturbations
from arts.generators.strategies.adddiff import TEMPLATES

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.base import Progress, Start
    from arts.models.trained_models import ZooModel


@dataclass(frozen=True)
class Adversarial:
    """Adversarial training (Xing et al., 2020).

    Train and dev are each joined by perturbations of their own sentences. What ADDDIFF adds is mined from
    the training split, for both; the test split is never looked at.

    Departure: by default half of the variants are used. All of them, as in the paper, gain a little more ARS
    and cost more accuracy on the originals.

    Args:
        strategies: to perturb by.
        ratio: share of the variants that are used, over 0 and up to 1, drawn one by one.
        templates: of ADDDIFF, that may be used.
        holdout: of these templates, those left out of training, to measure the pattern gap on.
        seed: of what is generated and drawn; that of training is apart.

    Raises:
        UnknownNameError: for a template that does not exist.
        ArtsError: when nothing is left to train with, or the ratio is out of range.
    """

    strategies: tuple[Strategy, ...] = PERTURBATIONS
    ratio: float = 0.5
    templates: tuple[str, ...] = tuple(TEMPLATES)
    holdout: tuple[str, ...] = ()
    seed: int = 1

    name = "adversarial"

    def __post_init__(self) -> None:
        for template in (*self.templates, *self.holdout):
            if template not in TEMPLATES:
                raise UnknownNameError("template", template, TEMPLATES)
        if not self.strategies or Strategy.ORIGINAL in self.strategies:
            raise ArtsError("adversarial training needs a strategy: revtgt, revnon or adddiff")
        if not self.seen:
            raise ArtsError("no ADDDIFF template is left to train with; hold out fewer of them")
        if not 0 < self.ratio <= 1:
            raise ArtsError(f"adversarial training with the ratio {self.ratio}; expected over 0 and up to 1")

    @property
    def seen(self) -> tuple[str, ...]:
        """The templates that are trained with."""
        return tuple(t for t in self.templates if t not in self.holdout)

    def settings(self) -> dict[str, Any]:
        """The strategies, ratio, templates and seed."""
        return {
            "strategies": [str(strategy) for strategy in self.strategies],
            "ratio": self.ratio,
            "templates": list(self.seen),
            "holdout": list(self.holdout),
            "seed": self.seed,
        }

    def splits(self, corpus: Corpus) -> tuple[list[Instance], list[Instance]]:
        """Train and dev, the originals followed by their variants."""
        return self._joined(corpus.train, corpus), self._joined(corpus.dev, corpus)

    def _joined(self, sentences: Sequence[Sentence], corpus: Corpus) -> list[Instance]:
        options = Options(strategies=self.strategies, seed=self.seed, templates=self.seen)
        variants = perturbations(sentences, corpus.train, options)
        drawn = [v for v in variants if Random(f"{self.seed} {v.id}").random() < self.ratio]
        return [*originals(sentences), *drawn]

    def train(
        self,
        model: str,
        corpus: Corpus,
        *,
        seed: int,
        start: Start | None = None,
        progress: Progress | None = None,
    ) -> ZooModel:
        """A model of the zoo trained on `splits`.

        Raises:
            ArtsError: as `arts.models.trained_models.trained`.
        """
        from arts.models.trained_models import trained

        train, dev = self.splits(corpus)
        return trained(model, train, dev, seed=seed, start=start, progress=progress)
