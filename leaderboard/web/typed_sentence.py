"""A sentence typed into the playground: its variants, and all of it as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Aspect, Instance, Polarity, Sentence, Strategy
from arts.leaderboard.web.html_unit import InstanceCard, ModelPrediction

if TYPE_CHECKING:
    from arts.generators.generator import Outcome
    from arts.generators.opinions.analysis import Analyst
    from arts.generators.strategies.aspectset import AspectSet

MAX_SENTENCE_LENGTH = 500  # characters
SEED = 1  # random seed of the variants
PredictionsByInstance = Mapping[str, Sequence[ModelPrediction]]  # one per model, keyed by instance id


@dataclass(frozen=True)
class TargetVariants:
    """The variants of a sentence with one of its aspects as the target.

    Args:
        original: The instance with the original text and this target.
        variants: The variants, keyed by strategy; strategies that gave none are missing.
        reasons: Why a strategy gave no variant, keyed by strategy; those that gave one are missing.
    """

    original: Instance
    variants: Mapping[Strategy, Instance]
    reasons: Mapping[Strategy, str]

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The original, followed by its variants."""
        return self.original, *self.variants.values()

    def cards(self, predictions: PredictionsByInstance) -> Iterator[InstanceCard]:
        """Yield a card for the original and one card per strategy, with its variant or why there is none.

        Args:
            predictions: What models predict, keyed by instance id; each value has one prediction per model.
        """
        original = self.original
        yield InstanceCard(Strategy.ORIGINAL, original, predictions=predictions.get(original.id, ()))
        for strategy in PERTURBATIONS:
            variant = self.variants.get(strategy)
            if variant is None:
                yield InstanceCard(strategy, remark=f"No variant: {self.reasons[strategy]}.")
            else:
                yield InstanceCard(
                    strategy,
                    variant,
                    variant.edits,
                    remark=f"Edits by rule: {', '.join(dict.fromkeys(e.rule for e in variant.edits))}",
                    predictions=predictions.get(variant.id, ()),
                )


def check_length(text: str) -> None:
    """Raise `ArtsError` if a text is empty, or too long to be perturbed while a visitor waits."""
    if not text.strip():
        raise ArtsError("type a sentence")
    if len(text) > MAX_SENTENCE_LENGTH:
        raise ArtsError(f"the sentence has {len(text):,} characters; at most {MAX_SENTENCE_LENGTH} are taken")


def make_sentence(text: str, aspects: Iterable[Aspect], *, domain: str = "") -> Sentence:
    """Make a sentence of what the visitor typed and marked.

    Args:
        text: The text of the sentence.
        aspects: The aspects, which do not overlap.
        domain: Domain of the aspects that ADDDIFF may add; empty for any domain.

    Raises:
        ArtsError: No aspect is given.
    """
    ordered = tuple(sorted(aspects, key=lambda aspect: aspect.start))
    if not ordered:
        raise ArtsError("mark at least one aspect: click a word or several of the sentence")
    return Sentence(f"{domain}-playground" if domain else "playground", text, ordered)


def perturb(sentence: Sentence, analyst: Analyst, *, pool: AspectSet) -> list[TargetVariants]:
    """Make the variants of a sentence by all three strategies, with each of its aspects as target in turn.

    Args:
        sentence: The sentence with its aspects.
        analyst: The parser with the opinion lexicon.
        pool: The clauses that ADDDIFF may add.

    Returns:
        The variants, one item per aspect.
    """
    from arts.generators.generator import GenerationOptions, Generator

    generator = Generator(pool, GenerationOptions(seed=SEED, min_acceptance=0), analyst)
    ((_, outcomes),) = generator.outcomes([sentence])
    by_target: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_target.setdefault(outcome.source.id, []).append(outcome)
    return [
        TargetVariants(
            same_target[0].source,
            {outcome.strategy: outcome.candidates[0] for outcome in same_target if outcome.candidates},
            {outcome.strategy: str(outcome.reason) for outcome in same_target if outcome.reason},
        )
        for same_target in by_target.values()
    ]


def domains_of(pool: AspectSet) -> list[str]:
    """Names of the domains in a pool of ADDDIFF's clauses, sorted."""
    return sorted({clause.domain for clause in pool.clauses if clause.domain})


def json_record(
    sentence: Sentence, targets: Iterable[TargetVariants], *, predictions: PredictionsByInstance
) -> dict[str, Any]:
    """Everything on the page as a dict of JSON values.

    Its keys are ``sentence`` (the text), ``aspects``, ``seed`` and ``targets``. Each target has its
    ``aspect``, its ``instances`` with what models predict, and ``without_variant`` (reasons, keyed by
    strategy).

    Args:
        sentence: The sentence with its aspects.
        targets: The variants, one item per aspect.
        predictions: What models predict, keyed by instance id; each value has one prediction per model.
    """
    return {
        "sentence": sentence.text,
        "aspects": [_aspect_record(aspect) for aspect in sentence.aspects],
        "seed": SEED,
        "targets": [
            {
                "aspect": _aspect_record(target.original.aspect),
                "instances": [
                    _instance_record(instance, predictions.get(instance.id, ()))
                    for instance in target.instances
                ],
                "without_variant": dict(target.reasons),
            }
            for target in targets
        ],
    }


def _instance_record(instance: Instance, predictions: Iterable[ModelPrediction]) -> dict[str, Any]:
    """The fields of an instance as JSON values, with what models predict for it under ``answers``."""
    return {
        "strategy": instance.strategy,
        "text": instance.text,
        "polarity": instance.polarity,
        "aspects": [_aspect_record(aspect) for aspect in instance.aspects],
        "edits": [asdict(edit) for edit in instance.edits],
        "answers": [
            {
                "model": prediction.model,
                "prediction": prediction.label,
                "right": prediction.label == instance.polarity,
                "probabilities": dict(zip(Polarity, prediction.probabilities, strict=False)),
            }
            for prediction in predictions
        ],
    }


def _aspect_record(aspect: Aspect) -> dict[str, Any]:
    """The fields of an aspect as a dict, without its opinion terms and its id."""
    return {k: v for k, v in asdict(replace(aspect, opinions=())).items() if k not in ("opinions", "id")}
