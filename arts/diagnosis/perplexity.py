"""Perplexities of texts under a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from arts.data.errors import ArtsError
from arts.data.support.arrays import FloatArray
from arts.data.support.record import Count, Record

if TYPE_CHECKING:
    from arts.models.language_models.language_model import LanguageModel, TextLikelihoods


class PerplexityQuartiles(Record):
    """The lower quartile, the median and the upper quartile of the perplexities of several texts."""

    low: float
    median: float
    high: float


class ModelPerplexity(Record):
    """The perplexities of synthetic and of natural texts under a language model, as quartiles.

    Args:
        model: name of the language model.
        synthetic: the perplexities of the synthetic texts.
        natural: the perplexities of the natural texts.
        checksum: SHA-256 of the files of the language model.
        truncated: number of texts that were truncated to what the model can read.
        unscored: number of texts that have no perplexity, because the model predicts none of their tokens.
    """

    model: str
    synthetic: PerplexityQuartiles
    natural: PerplexityQuartiles
    checksum: str = ""
    truncated: Count = 0
    unscored: Count = 0


def text_perplexities(model: LanguageModel, texts: Sequence[str]) -> FloatArray:
    """The perplexity of each text: exp of the mean negative log-likelihood per predicted token.

    Returns:
        An array (texts,), which has nan for a text of which the model predicts no token.
    """
    return _perplexity(model.score(texts))


def _perplexity(scores: TextLikelihoods) -> FloatArray:
    """The perplexity of each text, as an array (texts,) with nan for a text without predicted tokens."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.exp(np.where(scores.tokens > 0, scores.nats / scores.tokens, np.nan)))


def model_perplexities(
    model: LanguageModel, kinds: Mapping[str, Sequence[str]]
) -> tuple[ModelPerplexity, tuple[FloatArray, FloatArray]]:
    """The perplexities of texts under a model: their record, and those of the synthetic and natural texts.

    Raises:
        ArtsError: when the model predicts no token of any text of a kind.
    """
    truncated, scored = 0, {}
    for kind, texts in kinds.items():
        scores = model.score(texts)
        values = _perplexity(scores)
        truncated += int(scores.truncated.sum())
        scored[kind] = values[~np.isnan(values)]
        if not len(scored[kind]):
            raise ArtsError(f"{model.name} predicts no token of the {kind} texts; expected longer texts")
    record = ModelPerplexity(
        model=model.name,
        synthetic=_quartiles(scored["synthetic"]),
        natural=_quartiles(scored["natural"]),
        checksum=model.checksum,
        truncated=truncated,
        unscored=sum(map(len, kinds.values())) - sum(map(len, scored.values())),
    )
    return record, (scored["synthetic"], scored["natural"])


def _quartiles(perplexities: FloatArray) -> PerplexityQuartiles:
    low, median, high = (round(float(value), 2) for value in np.quantile(perplexities, [0.25, 0.5, 0.75]))
    return PerplexityQuartiles(low=low, median=median, high=high)
