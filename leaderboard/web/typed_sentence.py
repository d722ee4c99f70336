"""A sentence typed into the playground: its aspects, its variants, and all of it as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Aspect, Instance, Polarity, Sentence, Strategy
from arts.leaderboard.web.html_unit import InstanceCard, ModelPrediction

if TYPE_CHECKING:
    from spacy.tokens import Span

    from arts.generators.generator import Outcome
    from arts.generators.opinions.analysis import Analyst
    from arts.generators.strategies.aspectset import AspectSet

MAX_SENTENCE_LENGTH = 500  # characters
SEED = 1  # random seed of the variants
TypedAspect = tuple[str, str]  # term and polarity of an aspect, as typed
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


def parse_sentence(text: str, typed_aspects: Iterable[TypedAspect], *, domain: str = "") -> Sentence:
    """Make a sentence of what the visitor typed, with the aspects in the order of the text.

    Args:
        text: The text of the sentence.
        typed_aspects: Pairs of term and polarity. A term that is listed twice stands for its first two
            occurrences.
        domain: Domain of the aspects that ADDDIFF may add; empty for any domain.

    Raises:
        ArtsError: The text is empty or too long, no aspect is given, or one does not occur in the text.

    Example:
        >>> [(a.start, a.end) for a in parse_sentence("Good soup.", [("soup", "positive")]).aspects]
        [(5, 9)]
    """
    if not text.strip():
        raise ArtsError("type a sentence")
    if len(text) > MAX_SENTENCE_LENGTH:
        raise ArtsError(f"the sentence has {len(text)} characters; at most {MAX_SENTENCE_LENGTH} are taken")
    aspects: list[Aspect] = []
    for term, polarity in typed_aspects:
        if term.strip():
            aspects.append(_locate_aspect(text, term.strip(), polarity=Polarity(polarity), others=aspects))
    if not aspects:
        raise ArtsError("mark at least one aspect: a word or phrase of the sentence")
    ordered = tuple(sorted(aspects, key=lambda aspect: aspect.start))
    return Sentence(f"{domain}-playground" if domain else "playground", text, ordered)


def _locate_aspect(text: str, term: str, *, polarity: Polarity, others: Sequence[Aspect]) -> Aspect:
    """Find the first occurrence of a term in a text that overlaps no other aspect.

    An occurrence with the same upper and lower case letters is preferred. The aspect's term is spelled as in
    the text.

    Args:
        text: The text of the sentence.
        term: The term as typed.
        polarity: Polarity of the aspect.
        others: The aspects that were found before.

    Raises:
        ArtsError: The term does not occur in the text, or only inside other aspects.
    """
    pattern = rf"(?<!\w){re.escape(term)}(?!\w)"
    spans = [m.span() for m in re.finditer(pattern, text)]
    spans += [m.span() for m in re.finditer(pattern, text, re.IGNORECASE)]
    if not spans:
        raise ArtsError(f'"{term}" is not in the sentence; an aspect is a word or phrase of it, as written')
    for start, end in spans:
        if all(end <= other.start or other.end <= start for other in others):
            return Aspect(text[start:end], start, end, polarity)
    raise ArtsError(f'"{term}" is inside another aspect, or listed more often than it occurs')


def propose_aspects(text: str, analyst: Analyst) -> list[tuple[str, Polarity]]:
    """Aspects that a sentence may have: its noun phrases, with the polarity of their opinion words.

    Args:
        text: The text of the sentence.
        analyst: The parser with the opinion lexicon.

    Returns:
        Pairs of term and polarity, in the order of the text. The polarity is neutral if the lexicon knows no
        opinion word of the aspect, or if positive and negative ones are equally many.
    """
    from arts.generators.opinions.opinion_assignment import OpinionAssignment, span_of

    (plain,) = analyst.read([Sentence("", text, ())])
    spans = dict.fromkeys(filter(None, map(_term_span, plain.doc.noun_chunks)))
    aspects = tuple(Aspect(text[a:b], a, b, Polarity.NEUTRAL) for a, b in spans)
    (analysis,) = analyst.read([Sentence("", text, aspects)])
    words = OpinionAssignment(analysis).words
    signs = {a: sum(analysis.sign(word) for word in words[span_of(a)]) for a in aspects}
    return [(a.term, _polarity_of_sign(signs[a])) for a in aspects]


def _term_span(chunk: Span) -> tuple[int, int] | None:
    """Where the nouns in a noun phrase begin and end: "battery life" in "the long battery life".

    Returns:
        Character offsets, end exclusive; None if the head of the phrase is not a noun.
    """
    nouns = [token for token in chunk if token.pos_ in ("NOUN", "PROPN")]
    if not nouns or chunk.root.pos_ not in ("NOUN", "PROPN"):
        return None
    return nouns[0].idx, chunk.root.idx + len(chunk.root)


def _polarity_of_sign(sign: int) -> Polarity:
    """The polarity of a number: positive above zero, negative below zero, neutral at zero."""
    if not sign:
        return Polarity.NEUTRAL
    return Polarity.POSITIVE if sign > 0 else Polarity.NEGATIVE


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
