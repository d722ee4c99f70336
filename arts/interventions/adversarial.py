"""Adversarial training: a model is trained on the training split together with its variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, Self

from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Instance, Sentence, Strategy, original_instances
from arts.generators.generator import GenerationOptions
from arts.generators.running.balanced_places import balanced_perturbations
from arts.generators.running.checksum import variant_sources
from arts.generators.running.perturbation_cache import perturbations
from arts.generators.strategies.joints import DEFAULT_TEMPLATES, template_names
from arts.interventions.base import GENERIC_OPTION, InterventionCard, repeat_option
from arts.interventions.contribution import Contribution

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.training_plan import TrainingPlan


ADVERSARIAL_OPTIONS = {
    "strategies": "--strategy",
    "ratio": "--variant-ratio",
    "templates": "--template",
    "holdout": "--holdout-templates",
    "min_acceptance": "--min-acceptance",
    "balance_places": "--balance-places",
}


@dataclass(frozen=True)
class Adversarial(Contribution):
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
        balance_places: whether ADDDIFF adds clauses equally often first, inside and last, as far as
            sentences allow; by default most are last, where readers expect them.

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
    balance_places: bool = False

    name = "adversarial"
    card = InterventionCard(
        summary="adversarial training: the training split together with its own perturbations",
        bibtex="xing-etal-2020-tasty",
    )
    options: ClassVar[Mapping[str, str]] = ADVERSARIAL_OPTIONS

    def __post_init__(self) -> None:
        in_order = tuple(strategy for strategy in Strategy if strategy in self.strategies)
        object.__setattr__(self, "strategies", in_order)
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

    @property
    def variants(self) -> Adversarial:
        """This intervention itself."""
        return self

    def settings(self) -> dict[str, Any]:
        """All settings as JSON values, keyed by name, for reports.

        The least acceptance and the balance of places have keys only where they are not the default.
        """
        return {
            "strategies": [str(strategy) for strategy in self.strategies],
            "ratio": self.ratio,
            "templates": list(self.seen_templates),
            "holdout": list(self.holdout),
            "seed": self.seed,
            **({"min_acceptance": self.min_acceptance} if self.min_acceptance else {}),
            **({"balance_places": True} if self.balance_places else {}),
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
        generate = balanced_perturbations if self.balance_places else perturbations
        variants = generate(sentences, training=corpus.train, options=options)
        sample = [v for v in variants if Random(f"{self.seed} {v.id}").random() < self.ratio]
        return [*original_instances(sentences), *sample]

    def plans(self, plan: TrainingPlan, corpus: Corpus) -> list[TrainingPlan]:
        """The plan with the splits extended by variants."""
        train, dev = self.splits(corpus)
        return [replace(plan, train=train, dev=dev, variants=variant_sources())]

    @classmethod
    def from_options(cls, **values: Any) -> Self:
        """Create the training from values of command-line options; other settings have their defaults.

        Raises:
            ArtsError: when templates are given, but not the strategy that uses them.
        """
        given = [ADVERSARIAL_OPTIONS[name] for name in ("templates", "holdout") if values.get(name)]
        if given and Strategy.ADDDIFF not in values.get("strategies", PERTURBATIONS):
            raise ArtsError(f"{', '.join(given)}: no effect without --strategy adddiff; leave it out")
        return super().from_options(**values)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Create the intervention that has the settings in a report, with the default seed.

        The seed in the report is ignored, because no command-line option can set it.
        """
        seen, holdout = tuple(settings["templates"]), tuple(settings["holdout"])
        all_templates = cls(
            tuple(map(Strategy, settings["strategies"])),
            settings["ratio"],
            holdout=holdout,
            min_acceptance=settings.get("min_acceptance", 0.0),
            balance_places=settings.get("balance_places", False),
        )
        return (
            all_templates if all_templates.seen_templates == seen else replace(all_templates, templates=seen)
        )

    def command_options(self) -> list[str]:
        """The arguments of `arts evaluate` that set these settings, such as ``["--variant-ratio", "1.0"]``.

        Settings with default values, and the option --intervention itself, are left out.
        """
        arguments, default = [], type(self)
        if self.strategies != default.strategies:
            arguments += repeat_option("--strategy", self.strategies)
        if self.ratio != default.ratio:
            arguments += ["--variant-ratio", str(self.ratio)]
        if self.templates != default.templates:
            arguments += repeat_option("--template", self.templates)
        if self.min_acceptance:
            arguments += ["--min-acceptance", f"{self.min_acceptance:g}"]
        if self.balance_places != default.balance_places:
            off = repeat_option(GENERIC_OPTION, ["balance_places=false"])
            arguments += ["--balance-places"] if self.balance_places else off
        return arguments + repeat_option("--holdout-templates", self.holdout)
