"""The generator, which makes variants of sentences, or says why it cannot.

Its output depends only on the sentences, their ids, the AspectSet and the options.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from arts.data.schema import PERTURBATIONS, Instance, Sentence, Strategy
from arts.generators.acceptability.judge import Judge, JudgedSentence
from arts.generators.acceptability.sentence_features import SentenceFeatures
from arts.generators.choices import NeutralPolicy
from arts.generators.english.language import is_english
from arts.generators.opinions.analysis import Analysis, Analyst
from arts.generators.opinions.opinion_assignment import OpinionAssignment
from arts.generators.strategies.adddiff import add_different
from arts.generators.strategies.aspectset import AspectSet
from arts.generators.strategies.clause_pool import ClausePool
from arts.generators.strategies.joints import DEFAULT_TEMPLATES
from arts.generators.strategies.revnon import reverse_others
from arts.generators.strategies.revtgt import reverse_target
from arts.generators.strategies.variants import Reason
from arts.generators.writing.result import WritingResult

MOST_JUDGED = 6  # variants of an original by one strategy from which the judge chooses
GOOD = 0.9  # acceptance of a variant from which on no better one is looked for


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
        min_acceptance: the least probability, from 0 to 1, that a reader accepts a variant; what is less
            acceptable is not handed out. By default that of the judge for each strategy. With 0, the first
            variant is taken whatever the judge says.
        same_side: whether ADDDIFF adds aspects of the target's own sentiment instead of the opposite one, as
            a control.

    Raises:
        ValueError: when `min_acceptance` is not a probability.
    """

    strategies: tuple[Strategy, ...] = PERTURBATIONS
    seed: int = 1
    neutral: NeutralPolicy = NeutralPolicy.SKIP
    k: int | None = None
    templates: tuple[str, ...] = DEFAULT_TEMPLATES
    candidates: int = 1
    force: bool = False
    min_acceptance: float | None = None
    same_side: bool = False

    def __post_init__(self) -> None:
        least = self.min_acceptance
        if least is not None and not 0 <= least <= 1:
            raise ValueError(f"min_acceptance is {least}; expected a probability, from 0 to 1")


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
        written: what came of what a language model wrote; None where none was asked.
    """

    source: Instance
    strategy: Strategy
    candidates: tuple[Instance, ...]
    reason: Reason | None = None
    nll_increase: float | None = None
    remark: Reason | None = None
    written: WritingResult | None = None


class _SentenceWork:
    """What the strategies need for all aspects of a sentence."""

    def __init__(self, analysis: Analysis, aspect_set: AspectSet, judge: Judge) -> None:
        self.opinions = OpinionAssignment(analysis)
        self.pool = ClausePool(aspect_set, analysis)
        self.judged = JudgedSentence(judge, SentenceFeatures(self.opinions))


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
        judge: says how probably a reader accepts a variant.
    """

    aspect_set: AspectSet = field(default_factory=AspectSet)
    options: GenerationOptions = field(default_factory=GenerationOptions)
    analyst: Analyst = field(default_factory=Analyst)
    judge: Judge = field(default_factory=Judge.load)

    def outcomes(self, sentences: Iterable[Sentence]) -> Iterator[tuple[Sentence, list[Outcome]]]:
        """Stream (sentence, outcomes) pairs: one outcome per aspect of the sentence and strategy.

        Every sentence is parsed once, for all strategies.
        """
        for analysis in self.analyst.read(sentences, self.aspect_set.vocabulary):
            yield analysis.sentence, list(self._outcomes_of_sentence(analysis))

    def _outcomes_of_sentence(self, analysis: Analysis) -> Iterator[Outcome]:
        """The outcomes of a sentence: for each of its aspects, one per strategy."""
        work = _SentenceWork(analysis, self.aspect_set, self.judge)
        foreign = not (self.options.force or is_english(analysis.sentence.text))
        for source in analysis.sentence.instances():
            for strategy in self.options.strategies:
                if foreign:
                    yield Outcome(source, strategy, (), Reason.LANGUAGE)
                else:
                    yield self._outcome(source, strategy, work)

    def _outcome(self, source: Instance, strategy: Strategy, work: _SentenceWork) -> Outcome:
        """What comes of one strategy for an original, with at most as many variants as the options allow.

        Of reversals, the most acceptable come first. Of additions, the first acceptable ones are taken, so
        that the draw decides on their places, and not what readers like best.
        """
        options, least = self.options, self._least_acceptance(strategy)
        choose_best = least > 0 and strategy is not Strategy.ADDDIFF
        wanted = max(options.candidates, MOST_JUDGED) if choose_best else options.candidates
        variants: dict[str, Instance] = {}
        reasons: list[Reason] = []
        for result in self._results(source, strategy, work):
            if isinstance(result, Reason):
                reasons.append(result)
            elif result.text not in variants:
                acceptance = work.judged.acceptance(source, result)
                if acceptance < least:
                    reasons.append(Reason.ACCEPTANCE)
                    continue
                variants[result.text] = replace(result, acceptance=acceptance)
                if len(variants) == wanted or (choose_best and acceptance >= GOOD):
                    break
        kept = list(variants.values())
        if choose_best:
            kept = sorted(kept, key=lambda variant: -(variant.acceptance or 0.0))[: options.candidates]
        if not kept:
            return Outcome(source, strategy, (), _first_fault(reasons))
        remark = Reason.FEWER if Reason.FEWER in reasons else None
        return Outcome(source, strategy, tuple(kept), remark=remark)

    def _least_acceptance(self, strategy: Strategy) -> float:
        """The least acceptance of a variant that is handed out."""
        given = self.options.min_acceptance
        return self.judge.thresholds[strategy] if given is None else given

    def _results(
        self, source: Instance, strategy: Strategy, work: _SentenceWork
    ) -> Iterator[Instance | Reason]:
        """Try a strategy on an original.

        Yields:
            Variants, best first, and reasons where a way to make one failed. Without any variant, the first
            reason says why.
        """
        options, opinions = self.options, work.opinions
        rng = Random(f"{options.seed} {strategy} {source.id}")
        if strategy is Strategy.REVTGT:
            return reverse_target(
                source, opinions, rng=rng, neutral=options.neutral, aspect_set=self.aspect_set
            )
        if strategy is Strategy.REVNON:
            return reverse_others(source, opinions, rng=rng, aspect_set=self.aspect_set)
        return add_different(
            source,
            opinions,
            pool=work.pool,
            rng=rng,
            k=options.k,
            templates=options.templates,
            same_side=options.same_side,
        )


def _first_fault(reasons: Sequence[Reason]) -> Reason:
    """Why there is no variant: that none is acceptable, if there was one, and else the first reason."""
    if Reason.ACCEPTANCE in reasons:
        return Reason.ACCEPTANCE
    return next(reason for reason in reasons if reason is not Reason.FEWER)
