"""Ranking the variants of an original by how likely a language model finds their texts."""

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

LIMIT = 15.0  # nats, summed over a text's tokens, by which a variant may be less likely than its original
DECIMALS = 2  # of likelihoods in nats that are compared: the others depend on what is computed together


class Scorer(Protocol):
    """A measure of how likely texts are, such as a `LanguageModel` of `arts.models.language_models`."""

    def nats(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """The negative log-likelihood of each text, summed over its tokens, in nats; lower is likelier.

        Args:
            texts: n texts.

        Returns:
            An array (n,).
        """


def rank_batch(batch: OutcomeBatch, scorer: Scorer) -> OutcomeBatch:
    """Rank the variants of every outcome of a batch by likelihood.

    Args:
        batch: (sentence, outcomes) pairs.
        scorer: the language model.

    Returns:
        The same sentences with their outcomes as `rank_by_likelihood` returns them.
    """
    ranked = iter(rank_by_likelihood([outcome for _, group in batch for outcome in group], scorer))
    return [(sentence, [next(ranked) for _ in group]) for sentence, group in batch]


def rank_by_likelihood(outcomes: Sequence[Outcome], scorer: Scorer, *, limit: float = LIMIT) -> list[Outcome]:
    """Order the variants of outcomes from the likeliest text to the least likely, and refuse unlikely ones.

    An outcome whose likeliest variant is beyond the limit loses all variants and gets the reason FLUENCY. The
    texts of all outcomes are scored together, so that the language model reads what several begin with once.
    Likelihoods are compared in hundredths of a nat, equal ones by text: the order does not hang on the last
    digits.

    Args:
        outcomes: the outcomes with all their variants.
        scorer: the language model.
        limit: by how many nats, summed over the tokens, a variant may be less likely than its original. It
            does not apply to ADDDIFF, whose variants are longer than their originals: they are only ordered.

    Returns:
        The outcomes in the order of `outcomes`.
    """
    texts = {o.source.text for o in outcomes} | {c.text for o in outcomes for c in o.candidates}
    ordered = sorted(texts)
    rounded = scorer.nats(ordered).round(DECIMALS).tolist()
    nats = dict(zip(ordered, rounded, strict=True))
    return [_rank_candidates(outcome, nats, limit) for outcome in outcomes]


def _rank_candidates(outcome: Outcome, nats: dict[str, float], limit: float) -> Outcome:
    """One outcome with its variants ordered, or without any when the likeliest is beyond the limit.

    Args:
        outcome: the outcome.
        nats: the negative log-likelihood of each text, in nats, keyed by the text.
        limit: by how many nats a variant may be less likely than its original, except for ADDDIFF.
    """
    if not outcome.candidates:
        return outcome
    best = sorted(outcome.candidates, key=lambda candidate: (nats[candidate.text], candidate.text))
    if outcome.strategy is Strategy.ADDDIFF:
        return replace(outcome, candidates=tuple(best))
    increase = round(nats[best[0].text] - nats[outcome.source.text], DECIMALS)
    if increase <= limit:
        return replace(outcome, candidates=tuple(best), nll_increase=increase)
    return replace(outcome, candidates=(), reason=Reason.FLUENCY)
