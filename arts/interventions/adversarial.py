"""Adversarial training: a model is trained on the training split together with its variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Instance, Sentence, Strategy, original_instances
from arts.generators.generator import GenerationOptions
from arts.generators.running.checksum import variant_sources
from arts.generators.running.perturbation_cache import perturbations
from arts.generators.strategies.joints import DEFAULT_TEMPLATES, template_names
from arts.interventions.base import Intervention, InterventionCard, repeat_option

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.recipe import TrainingRequest
    from arts.models.trained_models import TrainedModel


ADVERSARIAL_OPTIONS = {
    "strategies": "--strategy",
    "ratio": "--variant-ratio",
    "templates": "--template",
    "holdout": "--holdout-templates",
    "min_acceptance": "--min-acceptance",
}


@dataclass(frozen=True)
class Adversarial(Intervention):
    """Adversarial training (Xing et al., 2020).

    The training split and the dev split are each extended by variants of their own sentences. The aspects
    that ADDDIFF adds are mined from the training split in both cases. The test split is never used.

    Departure from the paper: by default, half of the variants are used. With all of them, as in the paper,
    ARS is a little higher and accuracy on the originals is lower.

    Args:
        strategies: strategies by which the variants are made.
        ratio: share of the variants that are used, over 0 and up to 1. Each variant is drawn with this
            probability.
        templates: names of the ADDDIFF templates, which are ways of joining the added aspects to a sentence;
            or of places ("first", "inside", "last"), which stand for all templates there.
        holdout: names of templates or places that are held out of training, to measure the pattern gap.
        seed: random seed of generating and drawing the variants; the training has a seed of its own.
        min_acceptance: least probability, from 0 to 1, that a reader accepts a variant. By default all are
            used: many variants teach more than few good ones.

    Raises:
        UnknownNameError: when a template does not exist.
        ArtsError: when there is no strategy, all templates are held out, or the ratio is out of range.
    """

    strategies: tuple[Strategy, ...] = PERTURBATIONS
    ratio: float = 0.5
    templates: tuple[str, ...] = DEFAULT_TEMPLATES
    holdout: tuple[str, ...] = ()
    seed: int = 1
    min_acceptance: float = 0.0

    name = "adversarial"
    card = InterventionCard(
        summary="adversarial training: the training split together with its own perturbations",
        bibtex="xing-etal-2020-tasty",
    )
    options = ADVERSARIAL_OPTIONS

    def __post_init__(self) -> None:
        for names in ("templates", "holdout"):
            object.__setattr__(self, names, template_names(getattr(self, names)))
        if not self.strategies or Strategy.ORIGINAL in self.strategies:
            raise ArtsError("adversarial training needs a strategy: revtgt, revnon or adddiff")
        if not self.seen_templates:
            raise ArtsError("no ADDDIFF template is left to train with; hold out fewer of them")
        if not 0 < self.ratio <= 1:
            raise ArtsError(f"adversarial training with the ratio {self.ratio}; expected over 0 and up to 1")

    @property
    def seen_templates(self) -> tuple[str, ...]:
        """The names of the ADDDIFF templates in training: those in `templates` that are not in `holdout`."""
        return tuple(template for template in self.templates if template not in self.holdout)

    def settings(self) -> dict[str, Any]:
        """All settings as JSON values, keyed by name, for reports; no key where every variant is used."""
        return {
            "strategies": [str(strategy) for strategy in self.strategies],
            "ratio": self.ratio,
            "templates": list(self.seen_templates),
            "holdout": list(self.holdout),
            "seed": self.seed,
            **({"min_acceptance": self.min_acceptance} if self.min_acceptance else {}),
        }

    def splits(self, corpus: Corpus) -> tuple[list[Instance], list[Instance]]:
        """The instances of the training split and of the dev split; in each, originals precede variants."""
        return self._with_variants(corpus.train, corpus), self._with_variants(corpus.dev, corpus)

    def _with_variants(self, sentences: Sequence[Sentence], corpus: Corpus) -> list[Instance]:
        """The original instances of sentences, then their variants, each drawn with the probability `ratio`.

        Args:
            sentences: the sentences of a split.
            corpus: the corpus, from whose training split added aspects are mined.
        """
        options = GenerationOptions(
            strategies=self.strategies,
            seed=self.seed,
            templates=self.seen_templates,
            min_acceptance=self.min_acceptance,
        )
        variants = perturbations(sentences, training=corpus.train, options=options)
        sample = [v for v in variants if Random(f"{self.seed} {v.id}").random() < self.ratio]
        return [*original_instances(sentences), *sample]

    def train(self, request: TrainingRequest, corpus: Corpus) -> TrainedModel:
        """Train a model on the originals and their variants, or load it from the cache.

        Raises:
            ArtsError: when the model cannot be trained on this corpus.
        """
        from arts.models.trained_models import train_or_load

        train, dev = self.splits(corpus)
        return train_or_load(request, train=train, dev=dev, variants=variant_sources())

    @classmethod
    def from_options(cls, **values: Any) -> Adversarial:
        """Create the training from values of command-line options; other settings have their defaults.

        Raises:
            ArtsError: when templates are given, but not the strategy that uses them.
        """
        given = [ADVERSARIAL_OPTIONS[name] for name in ("templates", "holdout") if values.get(name)]
        if given and Strategy.ADDDIFF not in values.get("strategies", PERTURBATIONS):
            raise ArtsError(f"{', '.join(given)}: no effect without --strategy adddiff; leave it out")
        return super().from_options(**values)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Adversarial:
        """Create the adversarial training that has the settings in a report, with the default seed.

        The seed in the report is ignored, because no command-line option can set it.
        """
        seen, holdout = tuple(settings["templates"]), tuple(settings["holdout"])
        recorded = {Strategy(strategy) for strategy in settings["strategies"]}
        strategies = tuple(strategy for strategy in Strategy if strategy in recorded)
        least = settings.get("min_acceptance", 0.0)
        all_templates = cls(strategies, settings["ratio"], holdout=holdout, min_acceptance=least)
        return (
            all_templates if all_templates.seen_templates == seen else replace(all_templates, templates=seen)
        )

    def command_options(self) -> list[str]:
        """The arguments of `arts evaluate` that set these settings, such as ``["--variant-ratio", "1.0"]``.

        Settings with default values, and the option --intervention itself, are left out.
        """
        arguments = []
        if self.strategies != Adversarial.strategies:
            arguments += repeat_option("--strategy", self.strategies)
        if self.ratio != Adversarial.ratio:
            arguments += ["--variant-ratio", str(self.ratio)]
        if self.templates != Adversarial.templates:
            arguments += repeat_option("--template", self.templates)
        if self.min_acceptance:
            arguments += ["--min-acceptance", f"{self.min_acceptance:g}"]
        return arguments + repeat_option("--holdout-templates", self.holdout)
