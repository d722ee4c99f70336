"""The generator: sentences in, variants and rejections out; a pure function of sentence and options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from arts.data.schema import PERTURBATIONS, Instance, Sentence, Strategy
from arts.generators.opinions.analysis import Analysis, Analyst
from arts.generators.opinions.opinion_assignment import Opinions
from arts.generators.strategies.adddiff import TEMPLATES, add_different
from arts.generators.strategies.aspectset import Pool
from arts.generators.strategies.revnon import reverse_others
from arts.generators.strategies.revtgt import Neutral, reverse_target
from arts.generators.strategies.variants import Reason


@dataclass(frozen=True, slots=True)
class Options:
    """What to generate.

    Args:
        strategies: in the order of the output.
        seed: of every draw, together with the instance's id.
        neutral: what REVTGT does with neutral targets.
        k: aspects that ADDDIFF adds; by default 1 to 3, drawn.
        templates: of ADDDIFF, by name.
        candidates: variants an instance and strategy at most, from which a ranking may choose.
    """

    strategies: tuple[Strategy, ...] = PERTURBATIONS
    seed: int = 1
    neutral: Neutral = Neutral.KEEP
    k: int | None = None
    templates: tuple[str, ...] = tuple(TEMPLATES)
    candidates: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one original instance and one strategy.

    Args:
        source: the original instance.
        strategy: that was tried.
        candidates: its variants, best first.
        reason: why there is none.
        rise: nats by which the first is less likely than its source, where a language model judged.
    """

    source: Instance
    strategy: Strategy
    candidates: tuple[Instance, ...]
    reason: Reason | None = None
    rise: float | None = None


@dataclass
class Generator:
    """Perturbs sentences.

    The outcome for an instance depends on its sentence, its id and the options only: not on the order of
    sentences, on other sentences, on the number of processes or on the hash seed.

    Args:
        pool: what training sentences of the domain say: what ADDDIFF can add, and which replacements
            are preferred.
        options: what to generate.
        analyst: parser and lexicon.
    """

    pool: Pool = field(default_factory=Pool)
    options: Options = field(default_factory=Options)
    analyst: Analyst = field(default_factory=Analyst)

    def outcomes(self, sentences: Iterable[Sentence]) -> Iterator[tuple[Sentence, list[Outcome]]]:
        """Stream the outcomes sentence by sentence; one parse serves all strategies."""
        for analysis in self.analyst.read(sentences, self.pool.vocabulary):
            yield analysis.sentence, list(self._of_sentence(analysis))

    def _of_sentence(self, analysis: Analysis) -> Iterator[Outcome]:
        opinions = Opinions(analysis)
        for source in analysis.sentence.instances():
            for strategy in self.options.strategies:
                yield self._outcome(source, strategy, opinions)

    def _outcome(self, source: Instance, strategy: Strategy, opinions: Opinions) -> Outcome:
        variants: dict[str, Instance] = {}
        reasons: list[Reason] = []
        for found in self._variants(source, strategy, opinions):
            if isinstance(found, Reason):
                reasons.append(found)
            else:
                variants.setdefault(found.text, found)
                if len(variants) == self.options.candidates:
                    break
        return Outcome(source, strategy, tuple(variants.values()), None if variants else reasons[0])

    def _variants(
        self, source: Instance, strategy: Strategy, opinions: Opinions
    ) -> Iterator[Instance | Reason]:
        options = self.options
        rng = Random(f"{options.seed} {strategy} {source.id}")
        if strategy is Strategy.REVTGT:
            return reverse_target(source, opinions, rng, neutral=options.neutral)
        if strategy is Strategy.REVNON:
            return reverse_others(source, opinions, rng)
        return add_different(
            source, opinions.sentence, self.pool, rng, k=options.k, templates=options.templates
        )
