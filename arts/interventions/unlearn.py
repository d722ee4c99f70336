"""Unlearning as an intervention: taking out the pattern that perturbations of one format left."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Polarity, Sentence, Strategy
from arts.data.support.atomic import WorkFolder, cached_folder
from arts.generators.generator import Options
from arts.generators.running.cached import perturbations
from arts.interventions.adversarial import Adversarial
from arts.interventions.base import OUTCOME
from arts.interventions.merge import Merge

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.base import Progress, Start
    from arts.models.trained_models import ZooModel
    from arts.unlearning.settings import Settings


@dataclass(frozen=True)
class Unlearn:
    """Unlearn the pattern of ADDDIFF from an adversarially trained or a merged model (Chen et al., 2024).

    What ADDDIFF joins to a sentence is always of the opposite sentiment, and always joined in a few ways, so
    it gives the label away. To be forgotten is that giveaway where it is wrong: training sentences to which
    something of their *own* sentiment was added in these ways, with the label that the giveaway tells. To be
    kept is what adversarial training was on, without ADDDIFF. The test split is never looked at.

    Args:
        taught: how the model came by the pattern; trained on ADDDIFF.
        objective: see `arts.unlearning.objectives`.
        weights: of forgetting, replay and mitigation.
        rate: of learning, at first.
        steps: updates, each on `batch_size` instances to be forgotten and as many to be kept.
        batch_size: instances a batch.
        tolerance: nats by which the loss on what is kept may rise.

    Raises:
        ArtsError: when the pattern was not taught, or a setting is out of range.
        UnknownNameError: for an objective that does not exist.
    """

    taught: Adversarial | Merge = field(default_factory=Adversarial)
    objective: str = "lower-bounded"
    weights: tuple[float, float, float] = (0.2, 1, 1)
    rate: float = 2e-5
    steps: int = 35
    batch_size: int = 8
    tolerance: float = 0.3

    name = "unlearn"

    def __post_init__(self) -> None:
        if not self.seen or Strategy.ADDDIFF not in self._adversarial.strategies:
            raise ArtsError("unlearning takes out ADDDIFF's pattern; expected a model that was trained on it")
        self._settings(seed=1)

    @property
    def _adversarial(self) -> Adversarial:
        return self.taught.adversarial if isinstance(self.taught, Merge) else self.taught

    @property
    def seen(self) -> tuple[str, ...]:
        """The templates that the model was trained with."""
        return self.taught.seen

    @property
    def holdout(self) -> tuple[str, ...]:
        """The templates that were left out."""
        return self.taught.holdout

    def settings(self) -> dict[str, Any]:
        """How it was taught, and everything that unlearning depends on."""
        own = {name: value for name, value in asdict(self).items() if name != "taught"}
        return {**own, "taught": {"name": self.taught.name, **self.taught.settings()}}

    def _settings(self, *, seed: int) -> Settings:
        from arts.unlearning.objectives import Weights
        from arts.unlearning.settings import Settings

        return Settings(
            objective=self.objective,
            weights=Weights(*self.weights),
            rate=self.rate,
            batch_size=self.batch_size,
            steps=self.steps,
            tolerance=self.tolerance,
            seed=seed,
        )

    def splits(self, corpus: Corpus) -> tuple[list[Instance], list[Instance]]:
        """What is to be forgotten, and what is to be kept; of the training split alone.

        Raises:
            ArtsError: when nothing can be added to the training sentences.
        """
        way = self._adversarial
        options = Options(strategies=(Strategy.ADDDIFF,), seed=way.seed, templates=way.seen)
        mislabelled = [_opposite(sentence) for sentence in corpus.train]
        variants = perturbations(mislabelled, corpus.train, options)
        forget = [v for v in variants if v.aspect.polarity is not Polarity.NEUTRAL]
        if not forget:
            raise ArtsError(f"{corpus.name} has no training sentence that an aspect can be added to")
        return forget, [i for i in way.splits(corpus)[0] if i.strategy is not Strategy.ADDDIFF]

    def train(
        self,
        model: str,
        corpus: Corpus,
        *,
        seed: int,
        start: Start | None = None,
        progress: Progress | None = None,
    ) -> ZooModel:
        """The taught model without the pattern, from the cache or now.

        Raises:
            ArtsError: as `arts.models.trained_models.trained`, and when unlearning goes wrong.
        """
        from arts.models.trained_models import ZooModel, models_folder

        taught = self.taught.train(model, corpus, seed=seed, start=start, progress=progress)
        asked = json.dumps([taught.key, self.settings(), seed], sort_keys=True)
        key = f"{model}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}"

        def build(work: WorkFolder) -> None:
            self._unlearn(taught, corpus, work, seed, progress)

        return ZooModel.load(cached_folder(models_folder() / key, build))

    def _unlearn(
        self, taught: ZooModel, corpus: Corpus, work: WorkFolder, seed: int, progress: Progress | None
    ) -> None:
        from arts.models.encoders import quiet
        from arts.models.training import labelled
        from arts.unlearning.settings import Material
        from arts.unlearning.trainer import keep_reference, unlearn

        forget, retain = (labelled(taught.inputs, side) for side in self.splits(corpus))
        material = Material(forget, retain, taught.inputs.collate, len(Polarity))
        settings = self._settings(seed=seed)
        with quiet():
            keep_reference(work.path, taught.model, material, settings)
            found = unlearn(taught.model, material, settings, work.path, progress)
        record = {
            **taught.record,
            "train_seconds": round(taught.record["train_seconds"] + found.seconds, 1),
            OUTCOME: {"kept": found.kept, "stopped": found.stopped, "tokens": found.tokens},
            "curve": [],
        }
        replace(taught, record=record).save(work.result)


def _opposite(sentence: Sentence) -> Sentence:
    """A sentence with the opposite labels, so that what ADDDIFF adds is of the true sentiment."""
    aspects = tuple(
        aspect if aspect.polarity is Polarity.NEUTRAL else replace(aspect, polarity=aspect.polarity.opposite)
        for aspect in sentence.aspects
    )
    return replace(sentence, aspects=aspects)
