"""Merging as an intervention: specialists that were trained from equal weights are merged without data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from arts.data.errors import ArtsError
from arts.data.schema import original_instances
from arts.data.support.atomic import WorkFolder
from arts.interventions.adversarial import ADVERSARIAL_OPTIONS, Adversarial
from arts.interventions.base import Intervention, InterventionCard, Stage, VariantSettings, repeat_option
from arts.merging.job import MergeJob
from arts.merging.methods import Coefficients, find_method
from arts.merging.options import MergeOptions
from arts.merging.policies import DEFAULT_METHOD, Granularity
from arts.models.record_names import OUTCOME

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.recipe import TrainingRequest
    from arts.models.trained_models import TrainedModel


@dataclass(frozen=True)
class Merge(Intervention):
    """Train several specialists from equal initial weights, and merge them (Zhou et al., 2024).

    Without domains, there is one specialist per strategy, adversarially trained on the variants that this
    strategy makes. With domains, there is one specialist per corpus, trained on its originals. The test
    split is never used.

    Args:
        method: name of the merge method, such as ``metagpt``.
        granularity: whether MetaGPT multiplies a specialist's task vector by one coefficient (GLOBAL) or
            each layer of it by a coefficient of its own (LAYER).
        domains: names or paths of corpora to train specialists on, in addition to the corpus that is
            measured. Empty: specialists are trained per strategy.
        adversarial: the settings of adversarial training. Each of its strategies has one specialist; the
            other settings hold for every specialist. Not used with domains.

    Raises:
        UnknownNameError: when the method does not exist.
        ArtsError: when a setting has no effect beside another one.
    """

    method: str = DEFAULT_METHOD
    granularity: Granularity = Granularity.GLOBAL
    domains: tuple[str, ...] = ()
    adversarial: Adversarial = field(default_factory=Adversarial)

    name = "merge"
    stage = Stage.BEFORE
    card = InterventionCard(
        summary="specialists of one initialisation, merged without data",
        bibtex="zhou-etal-2024-metagpt",
    )
    options: ClassVar[Mapping[str, str]] = {
        **ADVERSARIAL_OPTIONS,
        "method": "--merge-method",
        "domains": "--domain",
    }

    def __post_init__(self) -> None:
        method = find_method(self.method)
        if self.granularity is Granularity.LAYER and method.coefficients is not Coefficients.METAGPT:
            raise ArtsError(f"coefficients by layer are MetaGPT's, which {self.method} does not use")
        if self.domains and self.adversarial != Adversarial():
            raise ArtsError("settings of adversarial training: no effect with domains, trained on originals")

    @property
    def seen_templates(self) -> tuple[str, ...]:
        """The names of the ADDDIFF templates that specialists are trained with; empty with domains."""
        return () if self.domains else self.adversarial.seen_templates

    @property
    def holdout(self) -> tuple[str, ...]:
        """The names of the ADDDIFF templates that are held out of training; empty with domains."""
        return () if self.domains else self.adversarial.holdout

    @property
    def variants(self) -> VariantSettings | None:
        """The adversarial training of the specialists; None with domains."""
        return None if self.domains else self.adversarial

    def settings(self) -> dict[str, Any]:
        """The settings of the merge and of the specialists, as JSON values keyed by name, for reports."""
        method = {"method": self.method, "granularity": str(self.granularity)}
        if self.domains:
            return {**method, "domains": list(self.domains)}
        return {**method, **self.adversarial.settings()}

    def specialists(self, request: TrainingRequest, corpus: Corpus) -> Iterator[tuple[str, TrainedModel]]:
        """Train the specialists, or load them from the cache.

        Args:
            request: the model's name and seed, and the pretrained weights that it starts from.
            corpus: the corpus that is measured.

        Yields:
            The name of a strategy or domain, and the specialist for it.

        Raises:
            ArtsError: when a specialist cannot be trained, or a domain does not exist.
        """
        from arts.data.corpus_registry import load_corpus
        from arts.models.trained_models import train_or_load

        if self.domains:
            others = (load_corpus(domain, labels=corpus.labels) for domain in self.domains)
            for domain in (corpus, *others):
                train, dev = original_instances(domain.train), original_instances(domain.dev)
                yield domain.name, train_or_load(request, train=train, dev=dev)
        else:
            for strategy in self.adversarial.strategies:
                yield str(strategy), replace(self.adversarial, strategies=(strategy,)).train(request, corpus)

    def train(self, request: TrainingRequest, corpus: Corpus) -> TrainedModel:
        """Train the specialists and merge them, or load the result from the cache.

        Raises:
            ArtsError: when a specialist cannot be trained, or the specialists cannot be merged.
        """
        from arts.models.trained_models import cached_model, initial_model

        base = initial_model(request, original_instances(corpus.train))
        specialists = list(self.specialists(request, corpus))
        keys = [model.key for _, model in specialists]
        key = self.cache_key(request, base.key, keys)

        def build(work: WorkFolder) -> None:
            self._merge(base, specialists, folder=work.result, seed=request.seed)

        return cached_model(key, build)

    def _merge(
        self, base: TrainedModel, specialists: list[tuple[str, TrainedModel]], *, folder: Path, seed: int
    ) -> None:
        """Merge the specialists, and save the merged model with its training record to a folder.

        Args:
            base: the model before training, which all specialists were trained from.
            specialists: (name, model) pairs; the name is that of a strategy or a domain.
            folder: the folder to save to.
            seed: random seed of the merge method, for methods that draw at random.
        """
        from arts.models.record_names import models_folder
        from arts.models.trained_models import write_record

        models = [model for _, model in specialists]
        job = MergeJob(
            str(models_folder() / base.key),
            [str(models_folder() / model.key) for model in models],
            method=find_method(self.method),
            options=MergeOptions(by_layer=self.granularity is Granularity.LAYER, seed=seed),
        )
        report = job.run(folder)
        training_seconds = sum(model.record["train_seconds"] for model in models)
        record = {
            **models[0].record,
            "train_seconds": round(training_seconds + report.seconds, 1),
            "curve": [],
            "truncated": _sum_counts([model.record.get("truncated", {}) for model in models]),
            OUTCOME: {
                "specialists": [name for name, _ in specialists],
                "coefficients": [entry.coefficient for entry in report.models],
                "norms": [entry.norm for entry in report.models],
                "cosines": report.cosines,
            },
        }
        write_record(record, folder)

    @classmethod
    def from_options(cls, **values: Any) -> Merge:
        """Create the merge from values of command-line options, including those of adversarial training."""
        own = {name: values.pop(name) for name in ("method", "domains") if name in values}
        if own.get("domains") and values:
            given = ", ".join(ADVERSARIAL_OPTIONS.get(name, name) for name in values)
            raise ArtsError(f"{given}: no effect with --domain, where specialists are trained on originals")
        return cls(**own, adversarial=Adversarial.from_options(**values))

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Merge:
        """Create the merge that has the settings in a report, with the default granularity.

        The granularity in the report is ignored, because no command-line option can set it.
        """
        if "domains" in settings:
            return cls(settings["method"], domains=tuple(settings["domains"]))
        return cls(settings["method"], adversarial=Adversarial.from_settings(settings))

    def command_options(self) -> list[str]:
        """The arguments of `arts evaluate` that set these settings, such as ``["--domain", "mams"]``.

        Settings with default values, and the option --intervention itself, are left out.
        """
        arguments = [] if self.method == Merge.method else ["--merge-method", self.method]
        if self.domains:
            return arguments + repeat_option("--domain", self.domains)
        return arguments + self.adversarial.command_options()


def _sum_counts(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Add up counts that are keyed by split."""
    return {split: sum(part.get(split, 0) for part in counts) for split in dict.fromkeys(chain(*counts))}
