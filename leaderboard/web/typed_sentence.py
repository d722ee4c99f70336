"""The playground: a sentence that somebody types, its aspects, and its variants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Aspect, Instance, Polarity, Sentence, Strategy
from arts.leaderboard.web.html_unit import Answer, Card

if TYPE_CHECKING:
    from spacy.tokens import Span

    from arts.generators.generator import Outcome
    from arts.generators.opinions.analysis import Analyst
    from arts.generators.strategies.aspectset import Pool

LONGEST = 500  # characters of a sentence
SEED = 1
Row = tuple[str, str]  # an aspect term and its polarity, as typed


@dataclass(frozen=True)
class Trial:
    """An aspect of the sentence as the target: the original, and what each strategy gives.

    Args:
        original: the question about the aspect.
        variants: by strategy, where there is one.
        reasons: by strategy, why there is none.
    """

    original: Instance
    variants: Mapping[Strategy, Instance]
    reasons: Mapping[Strategy, str]

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The original first."""
        return self.original, *self.variants.values()

    def cards(self, answers: Mapping[str, Sequence[Answer]]) -> Iterator[Card]:
        """A card for the original and each strategy, with answers by the id of the instance."""
        yield Card(Strategy.ORIGINAL, self.original, answers=answers.get(self.original.id, ()))
        for strategy in PERTURBATIONS:
            variant = self.variants.get(strategy)
            if variant is None:
                yield Card(strategy, remark=f"No variant: {self.reasons[strategy]}.")
            else:
                yield Card(
                    strategy,
                    variant,
                    variant.edits,
                    remark=f"Edits by rule: {', '.join(dict.fromkeys(e.rule for e in variant.edits))}",
                    answers=answers.get(variant.id, ()),
                )


def sentence_of(text: str, rows: Iterable[Row], domain: str = "") -> Sentence:
    """The sentence that was typed, with its aspects in their order in it.

    Args:
        text: of it.
        rows: the aspects; one that comes twice is found at its next place.
        domain: of what ADDDIFF may add; any when it is empty.

    Raises:
        ArtsError: when the text is too long, or an aspect is not in it.

    Example:
        >>> [(a.start, a.end) for a in sentence_of("Good soup.", [("soup", "positive")]).aspects]
        [(5, 9)]
    """
    if not text.strip():
        raise ArtsError("type a sentence")
    if len(text) > LONGEST:
        raise ArtsError(f"the sentence has {len(text)} characters; at most {LONGEST} are taken")
    aspects: list[Aspect] = []
    for term, polarity in rows:
        if term.strip():
            aspects.append(_aspect(text, term.strip(), Polarity(polarity), aspects))
    if not aspects:
        raise ArtsError("mark at least one aspect: a word or phrase of the sentence")
    ordered = tuple(sorted(aspects, key=lambda aspect: aspect.start))
    return Sentence(f"{domain}-playground" if domain else "playground", text, ordered)


def _aspect(text: str, term: str, polarity: Polarity, taken: Sequence[Aspect]) -> Aspect:
    """The term at its first place that no other aspect has; as written there."""
    pattern = rf"(?<!\w){re.escape(term)}(?!\w)"
    places = [m.span() for m in re.finditer(pattern, text)]
    places += [m.span() for m in re.finditer(pattern, text, re.IGNORECASE)]
    if not places:
        raise ArtsError(f'"{term}" is not in the sentence; an aspect is a word or phrase of it, as written')
    for start, end in places:
        if all(end <= other.start or other.end <= start for other in taken):
            return Aspect(text[start:end], start, end, polarity)
    raise ArtsError(f'"{term}" is inside another aspect, or listed more often than it occurs')


def proposed(text: str, analyst: Analyst) -> list[tuple[str, Polarity]]:
    """Aspects that a sentence may have: its noun phrases, with what the lexicon says about them."""
    from arts.generators.opinions.opinion_assignment import Opinions, span_of

    (plain,) = analyst.read([Sentence("", text, ())])
    spans = dict.fromkeys(filter(None, map(_term, plain.doc.noun_chunks)))
    aspects = tuple(Aspect(text[a:b], a, b, Polarity.NEUTRAL) for a, b in spans)
    (analysis,) = analyst.read([Sentence("", text, aspects)])
    words = Opinions(analysis).words
    signs = {a: sum(analysis.sign(word) for word in words[span_of(a)]) for a in aspects}
    return [(a.term, _polarity(signs[a])) for a in aspects]


def _term(chunk: Span) -> tuple[int, int] | None:
    """The characters of a noun phrase from its first noun on; none of a pronoun."""
    nouns = [token for token in chunk if token.pos_ in ("NOUN", "PROPN")]
    if not nouns or chunk.root.pos_ not in ("NOUN", "PROPN"):
        return None
    return nouns[0].idx, chunk.root.idx + len(chunk.root)


def _polarity(sign: int) -> Polarity:
    if not sign:
        return Polarity.NEUTRAL
    return Polarity.POSITIVE if sign > 0 else Polarity.NEGATIVE


def perturbed(sentence: Sentence, pool: Pool, analyst: Analyst) -> list[Trial]:
    """What the three strategies make of each aspect of a sentence."""
    from arts.generators.generator import Generator, Options

    generator = Generator(pool, Options(seed=SEED), analyst)
    ((_, outcomes),) = generator.outcomes([sentence])
    by_target: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_target.setdefault(outcome.source.id, []).append(outcome)
    return [
        Trial(
            tried[0].source,
            {outcome.strategy: outcome.candidates[0] for outcome in tried if outcome.candidates},
            {outcome.strategy: str(outcome.reason) for outcome in tried if outcome.reason},
        )
        for tried in by_target.values()
    ]


def domains_of(pool: Pool) -> list[str]:
    """The domains that a pool can say something about."""
    return sorted({said.domain for said in pool.said if said.domain})


def record(
    sentence: Sentence, trials: Iterable[Trial], answers: Mapping[str, Sequence[Answer]]
) -> dict[str, Any]:
    """All of it, to be written as JSON; probabilities by polarity."""
    return {
        "sentence": sentence.text,
        "aspects": [_plain(aspect) for aspect in sentence.aspects],
        "seed": SEED,
        "targets": [
            {
                "aspect": _plain(trial.original.aspect),
                "instances": [_told(one, answers.get(one.id, ())) for one in trial.instances],
                "without_variant": dict(trial.reasons),
            }
            for trial in trials
        ],
    }


def _told(instance: Instance, answers: Iterable[Answer]) -> dict[str, Any]:
    return {
        "strategy": instance.strategy,
        "text": instance.text,
        "polarity": instance.polarity,
        "aspects": [_plain(aspect) for aspect in instance.aspects],
        "edits": [asdict(edit) for edit in instance.edits],
        "answers": [
            {
                "model": answer.model,
                "prediction": answer.polarity,
                "right": answer.polarity is instance.polarity,
                "probabilities": dict(zip(Polarity, answer.probabilities, strict=False)),
            }
            for answer in answers
        ],
    }


def _plain(aspect: Aspect) -> dict[str, Any]:
    return {k: v for k, v in asdict(replace(aspect, opinions=())).items() if k not in ("opinions", "id")}
