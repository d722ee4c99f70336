"""Merging as an intervention: specialists of one initialisation, joined without data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arts.data.schema import originals
from arts.data.support.atomic import cached_folder
from arts.interventions.adversarial import Adversarial
from arts.interventions.base import OUTCOME
from arts.merging.choices import Granularity
from arts.merging.engine import Options
from arts.merging.job import Job
from arts.merging.methods import find_method

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.base import Progress, Start
    from arts.models.trained_models import ZooModel


@dataclass(frozen=True)
class Merge:
    """Merge specialists that were trained from one initialisation (Zhou et al., 2024).

    A specialist a strategy: adversarial training on perturbations by that strategy alone; or, where domains
    are named, a specialist a domain, each trained on its corpus. The test split is never looked at.

    Args:
        method: to merge by.
        granularity: of MetaGPT's coefficients.
        domains: other corpora, by name or path, to train specialists on beside the one that is measured.
        adversarial: how a strategy's specialist is trained; its strategies are the specialists.

    Raises:
        UnknownNameError: for a method that does not exist.
    """

    method: str = "metagpt"
    granularity: Granularity = Granularity.GLOBAL
    domains: tuple[str, ...] = ()
    adversarial: Adversarial = field(default_factory=Adversarial)

    name = "merge"

    def __post_init__(self) -> None:
        find_method(self.method)

    @property
    def seen(self) -> tuple[str, ...]:
        """The templates that a specialist was trained with."""
        return () if self.domains else self.adversarial.seen

    @property
    def holdout(self) -> tuple[str, ...]:
        """The templates that were left out."""
        return () if self.domains else self.adversarial.holdout

    def settings(self) -> dict[str, Any]:
        """The method, and what the specialists are."""
        method = {"method": self.method, "granularity": str(self.granularity)}
        if self.domains:
            return {**method, "domains": list(self.domains)}
        return {**method, **self.adversarial.settings()}

    def specialists(
        self, model: str, corpus: Corpus, *, seed: int, start: Start | None, progress: Progress | None = None
    ) -> Iterator[tuple[str, ZooModel]]:
        """Each specialist with its name, trained or from the cache.

        Raises:
            ArtsError: as `arts.models.trained_models.trained`.
        """
        from arts.data.corpus_registry import load_corpus
        from arts.models.trained_models import trained

        if self.domains:
            for other in (corpus, *map(load_corpus, self.domains)):
                splits = originals(other.train), originals(other.dev)
                yield other.name, trained(model, *splits, seed=seed, start=start, progress=progress)
        else:
            for strategy in self.adversarial.strategies:
                way = replace(self.adversarial, strategies=(strategy,))
                yield str(strategy), way.train(model, corpus, seed=seed, start=start, progress=progress)

    def train(
        self,
        model: str,
        corpus: Corpus,
        *,
        seed: int,
        start: Start | None = None,
        progress: Progress | None = None,
    ) -> ZooModel:
        """The specialists merged, from the cache or now.

        Raises:
            ArtsError: as `arts.models.trained_models.trained`, and when the specialists cannot be merged.
        """
        from arts.models.trained_models import ZooModel, initial, models_folder

        base = initial(model, originals(corpus.train), seed=seed, start=start)
        made = list(self.specialists(model, corpus, seed=seed, start=start, progress=progress))
        key = json.dumps([base.key, [one.key for _, one in made], self.method, self.granularity])
        folder = models_folder() / f"{model}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        return ZooModel.load(cached_folder(folder, lambda work: self._merge(base, made, work.result, seed)))

    def _merge(self, base: ZooModel, made: list[tuple[str, ZooModel]], folder: Path, seed: int) -> None:
        from arts.models.trained_models import RECORD, models_folder

        job = Job(
            str(models_folder() / base.key),
            [str(models_folder() / one.key) for _, one in made],
            find_method(self.method),
            Options(by_layer=self.granularity is Granularity.LAYER, seed=seed),
        )
        report = job.run(folder)
        record = {
            **made[0][1].record,
            "train_seconds": round(sum(one.record["train_seconds"] for _, one in made) + report.seconds, 1),
            "curve": [],
            OUTCOME: {
                "specialists": [name for name, _ in made],
                "coefficients": [entry.coefficient for entry in report.models],
                "norms": [entry.norm for entry in report.models],
                "cosines": report.cosines,
            },
        }
        (folder / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
