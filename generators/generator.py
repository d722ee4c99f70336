"""The generator: sentences in, variants and rejections out; a pure function of sentence and options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from arts.data.schema import PERTURBATIONS, Instance, Sentence, Strategy
from arts.generators.choices import NeutralPolicy
from arts.generators.opinions.analysis import Analysis, Analyst
from arts.generators.opinions.opinion_assignment import OpinionAssignment
from arts.generators.strategies.adddiff import TEMPLATES, add_different
from arts.generators.strategies.aspectset import AspectSet
from arts.generators.strategies.revnon import reverse_others
from arts.generators.strategies.revtgt import reverse_target
from arts.generators.strategies.variants import Reason


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """What to generate.

    Args:
        strategies: the strategies to try, in the order of the output.
        seed: the random seed; every draw depends on it and on the instance's id.
        neutral: what REVTGT does with neutral targets.
        k: how many aspects ADDDIFF adds; by default 1 to 3, drawn.
        templates: the names of the templates that ADDDIFF draws from.
        candidates: the most variants of an instance and strategy, from which a ranking may choose.
    """

    strategies: tuple[Strategy, ...] = PERTURBATIONS
    seed: int = 1
    neutral: NeutralPolicy = NeutralPolicy.KEEP
    k: int | None = None
    templates: tuple[str, ...] = tuple(TEMPLATES)
    candidates: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one original instance and one strategy.

    Args:
        source: the original instance.
        strategy: the strategy that was tried.
        candidates: its variants, best first.
        reason: why there is none.
        nll_increase: by how many nats the first candidate is less likely than its source, where a language
            model ranked them.
    """

    source: Instance
    strategy: Strategy
    candidates: tuple[Instance, ...]
    reason: Reason | None = None
    nll_increase: float | None = None


@dataclass
class Generator:
    """Perturbs sentences.

    The outcome for an instance depends on its sentence, its id and the options only: not on the order of
    sentences, on other sentences, on the number of processes or on the hash seed.

    Args:
        aspect_set: what training sentences of the domain say: what ADDDIFF can add, and which replacements
            are preferred.
        options: what to generate.
        analyst: parser and lexicon.
    """

    aspect_set: AspectSet = field(default_factory=AspectSet)
    options: GenerationOptions = field(default_factory=GenerationOptions)
    analyst: Analyst = field(default_factory=Analyst)

    def outcomes(self, sentences: Iterable[Sentence]) -> Iterator[tuple[Sentence, list[Outcome]]]:
        """Stream the outcomes sentence by sentence; one parse serves all strategies."""
        for analysis in self.analyst.read(sentences, self.aspect_set.vocabulary):
            yield analysis.sentence, list(self._outcomes_of_sentence(analysis))

    def _outcomes_of_sentence(self, analysis: Analysis) -> Iterator[Outcome]:
        opinions = OpinionAssignment(analysis)
        for source in analysis.sentence.instances():
            for strategy in self.options.strategies:
                yield self._outcome(source, strategy, opinions)

    def _outcome(self, source: Instance, strategy: Strategy, opinions: OpinionAssignment) -> Outcome:
        variants: dict[str, Instance] = {}
        reasons: list[Reason] = []
        for result in self._results(source, strategy, opinions):
            if isinstance(result, Reason):
                reasons.append(result)
            else:
                variants.setdefault(result.text, result)
                if len(variants) == self.options.candidates:
                    break
        return Outcome(source, strategy, tuple(variants.values()), None if variants else reasons[0])

    def _results(
        self, source: Instance, strategy: Strategy, opinions: OpinionAssignment
    ) -> Iterator[Instance | Reason]:
        """The variants of an instance, best first, and the reasons for those that failed."""
        options = self.options
        rng = Random(f"{options.seed} {strategy} {source.id}")
        if strategy is Strategy.REVTGT:
            return reverse_target(source, opinions, rng=rng, neutral=options.neutral)
        if strategy is Strategy.REVNON:
            return reverse_others(source, opinions, rng=rng)
        return add_different(
            source,
            opinions.sentence,
            aspect_set=self.aspect_set,
            rng=rng,
            k=options.k,
            templates=options.templates,
        )
