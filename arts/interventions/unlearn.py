"""Unlearning as an intervention: a model unlearns the shortcut that it learnt from ADDDIFF variants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from arts.data.corpus import content_checksum
from arts.data.errors import ArtsError
from arts.data.schema import Instance, Polarity, Strategy
from arts.data.support.atomic import WorkFolder
from arts.interventions.adversarial import Adversarial
from arts.interventions.base import Intervention, InterventionCard, Stage, VariantSettings
from arts.interventions.merge import Merge
from arts.interventions.same_side import mislabelled_same_side_variants
from arts.models.record_names import OUTCOME

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.recipe import TrainingRequest
    from arts.models.trained_models import TrainedModel
    from arts.unlearning.settings import UnlearningSettings


@dataclass(frozen=True)
class Unlearn(Intervention):
    """Train a model on variants, then unlearn the pattern of ADDDIFF (Chen et al., 2024).

    ADDDIFF always adds an aspect of the opposite sentiment, by one of a few templates. So a model can learn
    a shortcut: the label is the opposite of the added part's sentiment. The forget set consists of training
    sentences to which an aspect of their *own* sentiment is added, labelled with the wrong polarity that
    the shortcut predicts. The retain set is the data of adversarial training without ADDDIFF variants. The
    test split is never used.

    Args:
        training: the intervention that the model is trained with first: adversarial training, a merge, or
            others, whose strategies include ADDDIFF.
        objective: name of the loss that is minimised, one of those in `arts.unlearning.objectives`.
        weights: weights of the three terms of the loss: forgetting, replay (cross-entropy on the retain set)
            and mitigation (KL divergence from the model before unlearning, on the retain set).
        learning_rate: learning rate at the first step; it falls linearly to 0.
        steps: number of optimizer steps. Each uses one batch of the forget set and one of the retain set.
        batch_size: number of instances per batch.
        tolerance: accepted rise of the cross-entropy on the retain set, in nats per prediction. Training
            stops when it has risen further.

    Raises:
        ArtsError: when the model is not trained on ADDDIFF variants, or a setting is out of range.
        UnknownNameError: when the objective does not exist.
    """

    training: Intervention = field(default_factory=Adversarial)
    objective: str = "lower-bounded"
    weights: tuple[float, float, float] = (0.2, 1, 1)
    learning_rate: float = 2e-5
    steps: int = 35
    batch_size: int = 8
    tolerance: float = 0.3

    name = "unlearn"
    stage = Stage.AFTER
    card = InterventionCard(
        summary="unlearning of the pattern that ADDDIFF leaves, after adversarial training or a merge",
        bibtex="chen-etal-2024-unveiling",
    )
    options = Merge.options

    def __post_init__(self) -> None:
        variants = self.training.variants
        if not variants or not self.seen_templates or Strategy.ADDDIFF not in variants.strategies:
            raise ArtsError(
                f"{self.training.name} + unlearn: unlearning takes out ADDDIFF's pattern; expected a model "
                "that was trained on it"
            )
        self._unlearning_settings(seed=1)

    @property
    def variants(self) -> VariantSettings | None:
        """The adversarial training that precedes unlearning: of one model, or of specialists to be merged."""
        return self.training.variants

    @property
    def seen_templates(self) -> tuple[str, ...]:
        """The names of the ADDDIFF templates that the model is trained with before unlearning."""
        return self.training.seen_templates

    @property
    def holdout(self) -> tuple[str, ...]:
        """The names of the ADDDIFF templates that are held out of training and unlearning."""
        return self.training.holdout

    def settings(self) -> dict[str, Any]:
        """All settings as JSON values, keyed by name, for reports.

        The key ``taught`` has the name and the settings of the training before unlearning, as a dict.
        """
        return {
            "objective": self.objective,
            "weights": self.weights,
            "rate": self.learning_rate,
            "steps": self.steps,
            "batch_size": self.batch_size,
            "tolerance": self.tolerance,
            "taught": {"name": self.training.name, **self.training.settings()},
        }

    def _unlearning_settings(self, *, seed: int) -> UnlearningSettings:
        """Convert the settings to those that `arts.unlearning` takes; `seed` is the seed of unlearning."""
        from arts.unlearning.objectives import LossWeights
        from arts.unlearning.settings import UnlearningSettings

        return UnlearningSettings(
            objective=self.objective,
            weights=LossWeights(*self.weights),
            learning_rate=self.learning_rate,
            batch_size=self.batch_size,
            steps=self.steps,
            tolerance=self.tolerance,
            seed=seed,
        )

    def splits(self, corpus: Corpus) -> tuple[list[Instance], list[Instance]]:
        """The forget set and the retain set, as two lists of instances made from the training split.

        Raises:
            ArtsError: when no aspect can be added to any training sentence.
        """
        adversarial = self.variants
        assert adversarial is not None  # __post_init__ has seen to it
        forget = mislabelled_same_side_variants(
            corpus.train, corpus, seed=adversarial.seed, templates=adversarial.seen_templates
        )
        if not forget:
            raise ArtsError(f"{corpus.name} has no training sentence that an aspect can be added to")
        return forget, [i for i in adversarial.splits(corpus)[0] if i.strategy is not Strategy.ADDDIFF]

    def train(self, request: TrainingRequest, corpus: Corpus) -> TrainedModel:
        """Train a model and unlearn the pattern, or load the result from the cache.

        Raises:
            ArtsError: when the model cannot be trained, or there is nothing to unlearn.
        """
        from arts.models.trained_models import cached_model

        trained = self.training.train(request, corpus)
        splits = self.splits(corpus)
        key = self.cache_key(request, trained.key, *map(_ordered_checksum, splits))

        def build(work: WorkFolder) -> None:
            self._unlearn(trained, request, splits=splits, work=work)

        return cached_model(key, build)

    def _unlearn(
        self,
        trained: TrainedModel,
        request: TrainingRequest,
        *,
        splits: tuple[list[Instance], list[Instance]],
        work: WorkFolder,
    ) -> None:
        """Unlearn the pattern from a trained model, and save the resulting model.

        Args:
            trained: the model, whose weights are changed.
            request: the request for the model; only its seed and its progress callback are used.
            splits: the forget set and the retain set.
            work: where checkpoints and the resulting model are written.
        """
        from arts.models.encoders import quiet_transformers
        from arts.models.training import features_with_labels
        from arts.unlearning.reference import save_reference_outputs
        from arts.unlearning.schedule import UnlearningTexts
        from arts.unlearning.trainer import unlearn

        forget, retain = (features_with_labels(trained.inputs, split) for split in splits)
        texts = UnlearningTexts(forget, retain, collate=trained.inputs.collate, classes=len(Polarity))
        settings = self._unlearning_settings(seed=request.seed)
        with quiet_transformers():
            save_reference_outputs(work.path, trained.model, texts=texts, settings=settings)
            result = unlearn(
                trained.model, texts, settings=settings, folder=work.path, progress=request.progress
            )
        outcome = trained.record.get(OUTCOME, {})
        chosen = {name: outcome[name] for name in ("tried", "chosen") if name in outcome}
        record = {
            **trained.record,
            "train_seconds": round(trained.record["train_seconds"] + result.seconds, 1),
            OUTCOME: {**chosen, "kept": result.kept, "stopped": result.stopped, "tokens": result.tokens},
            "curve": [],
        }
        replace(trained, record=record).save(work.result)

    def following(self, training: Intervention) -> Unlearn:
        """The same unlearning after another training."""
        return replace(self, training=training)

    def check_model(self, name: str) -> None:
        """Refuse a model that the training before unlearning is not defined for."""
        self.training.check_model(name)

    @classmethod
    def from_options(cls, **values: Any) -> Unlearn:
        """Create the intervention from options of the command line, which set the training before unlearning.

        That training is a merge if ``method`` or ``domains`` is given, otherwise adversarial training. The
        settings of unlearning have their defaults.
        """
        merged = any(values.get(name) for name in ("method", "domains"))
        return cls((Merge if merged else Adversarial).from_options(**values))

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Unlearn:
        """Create the intervention whose training before unlearning has the settings in a report.

        The settings of unlearning have their defaults, because no command-line option can set them.
        """
        from arts.interventions.registry import intervention_from

        return cls(intervention_from(settings["taught"])) if "taught" in settings else cls()

    def command_options(self) -> list[str]:
        """The arguments of `arts evaluate` that set these settings, as a list of texts.

        Settings with default values, and the option --intervention itself, are left out.
        """
        if not isinstance(self.training, Merge):
            return self.training.command_options()
        method = ["--merge-method", self.training.method]  # even if it is the default: it means a merge
        return method + replace(self.training, method=Merge.method).command_options()


def _ordered_checksum(instances: list[Instance]) -> list[object]:
    """What identifies the instances of a split and their order: a checksum, and their ids."""
    return [content_checksum(instances), [instance.id for instance in instances]]
