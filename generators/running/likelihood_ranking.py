"""Ranking the candidates of an instance by how likely a language model finds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from arts.data.schema import Strategy
from arts.generators.generator import Outcome
from arts.generators.strategies.variants import Reason

LIMIT = 15.0  # nats by which a variant may be less likely than its source before it is refused


class Scorer(Protocol):
    """Says how likely texts are; `arts.models.language_model.LanguageModel` is one."""

    def nats(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """(n,) the negative log-likelihood of each text, in nats."""


def ranked(outcomes: Sequence[Outcome], scorer: Scorer, *, limit: float = LIMIT) -> list[Outcome]:
    """Outcomes with their candidates in the order of their fluency, those beyond the limit refused.

    Args:
        outcomes: with all their candidates.
        scorer: that judges.
        limit: nats by which a candidate may be less likely than its source. ADDDIFF candidates add words,
            so theirs are only ordered.
    """
    texts = {o.source.text for o in outcomes} | {c.text for o in outcomes for c in o.candidates}
    ordered = sorted(texts)
    nats = dict(zip(ordered, scorer.nats(ordered), strict=True))
    return [_ranked(outcome, nats, limit) for outcome in outcomes]


def _ranked(outcome: Outcome, nats: dict[str, float], limit: float) -> Outcome:
    if not outcome.candidates:
        return outcome
    best = sorted(outcome.candidates, key=lambda candidate: (nats[candidate.text], candidate.text))
    if outcome.strategy is Strategy.ADDDIFF:
        return replace(outcome, candidates=tuple(best))
    rise = nats[best[0].text] - nats[outcome.source.text]
    if rise <= limit:
        return replace(outcome, candidates=tuple(best), rise=rise)
    return replace(outcome, candidates=(), reason=Reason.FLUENCY)
