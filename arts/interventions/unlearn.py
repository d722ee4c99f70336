"""Unlearning as an intervention: taking out the pattern that perturbations of one format left."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Polarity, Sentence, Strategy
from arts.data.support.atomic import WorkFolder, cached_folder
from arts.generators.generator import GenerationOptions
from arts.generators.running.perturbation_cache import perturbations
from arts.interventions.adversarial import Adversarial
from arts.interventions.base import Intervention, InterventionCard
from arts.interventions.merge import Merge
from arts.models.record_names import OUTCOME

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.recipe import TrainingRequest
    from arts.models.trained_models import TrainedModel
    from arts.unlearning.settings import UnlearningSettings


@dataclass(frozen=True)
class Unlearn(Intervention):
    """Unlearn the pattern of ADDDIFF from an adversarially trained or a merged model (Chen et al., 2024).

    What ADDDIFF joins to a sentence is always of the opposite sentiment, and always joined in a few ways, so
    it gives the label away. To be forgotten is that giveaway where it is wrong: training sentences to which
    something of their *own* sentiment was added in these ways, with the label that the giveaway tells. To be
    kept is what adversarial training was on, without ADDDIFF. The test split is never looked at.

    Args:
        taught: the intervention that taught the model the pattern; it trains on ADDDIFF variants.
        objective: the name of an objective of `arts.unlearning.objectives`.
        weights: weights of the forgetting, replay and mitigation terms.
        rate: learning rate at the first step.
        steps: optimizer steps, each on `batch_size` instances to forget and as many to retain.
        batch_size: instances a batch.
        tolerance: nats by which the loss on the retain set may rise.

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
    card = InterventionCard(
        summary="unlearning of the pattern that ADDDIFF leaves, after adversarial training or a merge",
        bibtex="chen-etal-2024-unveiling",
    )
    options = Merge.options

    def __post_init__(self) -> None:
        if not self.seen_templates or Strategy.ADDDIFF not in self._adversarial.strategies:
            raise ArtsError("unlearning takes out ADDDIFF's pattern; expected a model that was trained on it")
        self._settings(seed=1)

    @property
    def _adversarial(self) -> Adversarial:
        return self.taught.adversarial if isinstance(self.taught, Merge) else self.taught

    @property
    def seen_templates(self) -> tuple[str, ...]:
        """The templates that the model was trained with."""
        return self.taught.seen_templates

    @property
    def holdout(self) -> tuple[str, ...]:
        """The templates that were left out."""
        return self.taught.holdout

    def settings(self) -> dict[str, Any]:
        """How it was taught, and everything that unlearning depends on."""
        own = {name: value for name, value in asdict(self).items() if name != "taught"}
        return {**own, "taught": {"name": self.taught.name, **self.taught.settings()}}

    def _settings(self, *, seed: int) -> UnlearningSettings:
        from arts.unlearning.objectives import LossWeights
        from arts.unlearning.settings import UnlearningSettings

        return UnlearningSettings(
            objective=self.objective,
            weights=LossWeights(*self.weights),
            learning_rate=self.rate,
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
        adversarial = self._adversarial
        options = GenerationOptions(
            strategies=(Strategy.ADDDIFF,), seed=adversarial.seed, templates=adversarial.seen_templates
        )
        mislabelled = [_opposite(sentence) for sentence in corpus.train]
        variants = perturbations(mislabelled, training=corpus.train, options=options)
        forget = [v for v in variants if v.aspect.polarity is not Polarity.NEUTRAL]
        if not forget:
            raise ArtsError(f"{corpus.name} has no training sentence that an aspect can be added to")
        return forget, [i for i in adversarial.splits(corpus)[0] if i.strategy is not Strategy.ADDDIFF]

    def train(self, request: TrainingRequest, corpus: Corpus) -> TrainedModel:
        """The taught model without the pattern, from the cache or now.

        Raises:
            ArtsError: as `arts.models.trained_models.train_or_load`, and when unlearning goes wrong.
        """
        from arts.models.trained_models import TrainedModel, models_folder

        taught = self.taught.train(request, corpus)
        content = json.dumps([taught.key, self.settings(), request.seed], sort_keys=True)
        key = f"{request.model}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"

        def build(work: WorkFolder) -> None:
            self._unlearn(taught, request, corpus=corpus, work=work)

        return TrainedModel.load(cached_folder(models_folder() / key, build))

    def _unlearn(
        self, taught: TrainedModel, request: TrainingRequest, *, corpus: Corpus, work: WorkFolder
    ) -> None:
        from arts.models.encoders import quiet_transformers
        from arts.models.training import features_with_labels
        from arts.unlearning.reference import save_reference_outputs
        from arts.unlearning.schedule import UnlearningTexts
        from arts.unlearning.trainer import unlearn

        forget, retain = (features_with_labels(taught.inputs, side) for side in self.splits(corpus))
        texts = UnlearningTexts(forget, retain, collate=taught.inputs.collate, classes=len(Polarity))
        settings = self._settings(seed=request.seed)
        with quiet_transformers():
            save_reference_outputs(work.path, taught.model, texts=texts, settings=settings)
            result = unlearn(
                taught.model, texts, settings=settings, folder=work.path, progress=request.progress
            )
        record = {
            **taught.record,
            "train_seconds": round(taught.record["train_seconds"] + result.seconds, 1),
            OUTCOME: {"kept": result.kept, "stopped": result.stopped, "tokens": result.tokens},
            "curve": [],
        }
        replace(taught, record=record).save(work.result)

    @classmethod
    def from_options(cls, **values: Any) -> Unlearn:
        """Unlearning after a merge if ``method`` or ``domains`` is given, else after adversarial training."""
        merged = any(values.get(name) for name in ("method", "domains"))
        return cls((Merge if merged else Adversarial).from_options(**values))

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Unlearn:
        """Unlearning after the recorded intervention; its own settings stay at their defaults."""
        taught = settings["taught"]
        return cls((Merge if taught["name"] == Merge.name else Adversarial).from_settings(taught))

    def command_options(self) -> list[str]:
        """The options of `arts evaluate` that ask for it, beside its name; defaults are left out."""
        if not isinstance(self.taught, Merge):
            return self.taught.command_options()
        method = ["--merge-method", self.taught.method]  # says that it is a merge, even by the default method
        return method + replace(self.taught, method=Merge.method).command_options()


def _opposite(sentence: Sentence) -> Sentence:
    """A sentence with the opposite labels, so that what ADDDIFF adds is of the true sentiment."""
    aspects = tuple(
        aspect if aspect.polarity is Polarity.NEUTRAL else replace(aspect, polarity=aspect.polarity.opposite)
        for aspect in sentence.aspects
    )
    return replace(sentence, aspects=aspects)
