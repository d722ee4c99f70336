"""The generator, which makes variants of sentences, or says why it cannot.

Its output depends only on the sentences, their ids, the AspectSet and the options.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from arts.data.schema import PERTURBATIONS, Instance, Sentence, Strategy
from arts.generators.choices import NeutralPolicy
from arts.generators.english.language import is_english
from arts.generators.opinions.analysis import Analysis, Analyst
from arts.generators.opinions.opinion_assignment import OpinionAssignment
from arts.generators.strategies.adddiff import add_different
from arts.generators.strategies.aspectset import AspectSet
from arts.generators.strategies.joints import DEFAULT_TEMPLATES
from arts.generators.strategies.revnon import reverse_others
from arts.generators.strategies.revtgt import reverse_target
from arts.generators.strategies.variants import Reason


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """Which variants to generate.

    Args:
        strategies: the strategies to try, in the order of the output.
        seed: the random seed. Every random choice depends on it, the strategy and the id of the instance.
        neutral: what REVTGT does with neutral targets.
        k: the number of aspects that ADDDIFF adds; by default it draws 1 to 3.
        templates: the names of the templates that ADDDIFF draws from.
        candidates: the largest number of variants to make of an original by one strategy, for a ranking to
            choose from.
        force: whether sentences that are not English are perturbed, too.
    """

    strategies: tuple[Strategy, ...] = PERTURBATIONS
    seed: int = 1
    neutral: NeutralPolicy = NeutralPolicy.SKIP
    k: int | None = None
    templates: tuple[str, ...] = DEFAULT_TEMPLATES
    candidates: int = 1
    force: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one strategy for one original: variants, or the reason why there are none.

    Args:
        source: the original instance.
        strategy: the strategy that was tried.
        candidates: the variants, best first; empty when there is none.
        reason: why there is no variant; None when there is one.
        nll_increase: the negative log-likelihood of the first variant's text minus that of the original's,
            each summed over the tokens, in nats. None for ADDDIFF, and when no language model ranked the
            variants.
        remark: what a variant lacks; None for nothing.
    """

    source: Instance
    strategy: Strategy
    candidates: tuple[Instance, ...]
    reason: Reason | None = None
    nll_increase: float | None = None
    remark: Reason | None = None


@dataclass
class Generator:
    """Makes variants of sentences.

    What comes out for an instance depends only on its sentence, its id, the AspectSet and the options. It
    does not depend on other sentences and their order, on the number of processes, or on the hash seed of
    Python.

    Args:
        aspect_set: what training sentences of the same domain say of their aspects. ADDDIFF adds clauses from
            it, and replacements whose words occur in it are preferred.
        options: which variants to generate.
        analyst: parses sentences and looks their words up in the opinion lexicon.
    """

    aspect_set: AspectSet = field(default_factory=AspectSet)
    options: GenerationOptions = field(default_factory=GenerationOptions)
    analyst: Analyst = field(default_factory=Analyst)

    def outcomes(self, sentences: Iterable[Sentence]) -> Iterator[tuple[Sentence, list[Outcome]]]:
        """Stream (sentence, outcomes) pairs: one outcome per aspect of the sentence and strategy.

        Every sentence is parsed once, for all strategies.
        """
        for analysis in self.analyst.read(sentences, self.aspect_set.vocabulary):
            yield analysis.sentence, list(self._outcomes_of_sentence(analysis))

    def _outcomes_of_sentence(self, analysis: Analysis) -> Iterator[Outcome]:
        """The outcomes of a sentence: for each of its aspects, one per strategy."""
        opinions = OpinionAssignment(analysis)
        foreign = not (self.options.force or is_english(analysis.sentence.text))
        for source in analysis.sentence.instances():
            for strategy in self.options.strategies:
                if foreign:
                    yield Outcome(source, strategy, (), Reason.LANGUAGE)
                else:
                    yield self._outcome(source, strategy, opinions)

    def _outcome(self, source: Instance, strategy: Strategy, opinions: OpinionAssignment) -> Outcome:
        """What comes of one strategy for an original, with at most as many variants as the options allow."""
        variants: dict[str, Instance] = {}
        reasons: list[Reason] = []
        for result in self._results(source, strategy, opinions):
            if isinstance(result, Reason):
                reasons.append(result)
            else:
                variants.setdefault(result.text, result)
                if len(variants) == self.options.candidates:
                    break
        remark = Reason.FEWER if variants and Reason.FEWER in reasons else None
        faults = [reason for reason in reasons if reason is not Reason.FEWER]
        return Outcome(
            source, strategy, tuple(variants.values()), None if variants else faults[0], remark=remark
        )

    def _results(
        self, source: Instance, strategy: Strategy, opinions: OpinionAssignment
    ) -> Iterator[Instance | Reason]:
        """Try a strategy on an original.

        Yields:
            Variants, best first, and reasons where a way to make one failed. Without any variant, the first
            reason says why.
        """
        options = self.options
        rng = Random(f"{options.seed} {strategy} {source.id}")
        if strategy is Strategy.REVTGT:
            return reverse_target(source, opinions, rng=rng, neutral=options.neutral)
        if strategy is Strategy.REVNON:
            return reverse_others(source, opinions, rng=rng)
        return add_different(
            source,
            opinions,
            aspect_set=self.aspect_set,
            rng=rng,
            k=options.k,
            templates=options.templates,
        )
