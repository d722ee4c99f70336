"""Ranking the candidates of an instance by how likely a language model finds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from arts.data.schema import Strategy
from arts.generators.generator import Outcome
from arts.generators.running.batches import OutcomeBatch
from arts.generators.strategies.variants import Reason

LIMIT = 15.0  # nats by which a variant may be less likely than its source before it is refused


class Scorer(Protocol):
    """Says how likely texts are; `arts.models.language_model.LanguageModel` is one."""

    def nats(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """(n,) the negative log-likelihood of each text, in nats."""


def rank_batch(batch: OutcomeBatch, scorer: Scorer) -> OutcomeBatch:
    """The batch with the candidates of its outcomes ranked; see `rank_by_likelihood`."""
    ranked = iter(rank_by_likelihood([outcome for _, group in batch for outcome in group], scorer))
    return [(sentence, [next(ranked) for _ in group]) for sentence, group in batch]


def rank_by_likelihood(outcomes: Sequence[Outcome], scorer: Scorer, *, limit: float = LIMIT) -> list[Outcome]:
    """Outcomes with their candidates in the order of their likelihood, those beyond the limit refused.

    Args:
        outcomes: with all their candidates.
        scorer: the language model.
        limit: nats by which a candidate may be less likely than its source. ADDDIFF candidates add words,
            so theirs are only ordered.
    """
    texts = {o.source.text for o in outcomes} | {c.text for o in outcomes for c in o.candidates}
    ordered = sorted(texts)
    nats = dict(zip(ordered, scorer.nats(ordered), strict=True))
    return [_rank_candidates(outcome, nats, limit) for outcome in outcomes]


def _rank_candidates(outcome: Outcome, nats: dict[str, float], limit: float) -> Outcome:
    if not outcome.candidates:
        return outcome
    best = sorted(outcome.candidates, key=lambda candidate: (nats[candidate.text], candidate.text))
    if outcome.strategy is Strategy.ADDDIFF:
        return replace(outcome, candidates=tuple(best))
    increase = nats[best[0].text] - nats[outcome.source.text]
    if increase <= limit:
        return replace(outcome, candidates=tuple(best), nll_increase=increase)
    return replace(outcome, candidates=(), reason=Reason.FLUENCY)
