"""The judge of acceptability: the probability that a reader accepts a variant.

It is a logistic regression on the features of `arts.generators.acceptability.features`, trained by
``benchmarks/quality/acceptability.py`` on blind readings of generated variants.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from arts.data.schema import Instance, Strategy
from arts.data.support.record import Record
from arts.generators.acceptability.features import Feature, VariantKind, kind_of, variant_features
from arts.generators.acceptability.sentence_features import SentenceFeatures
from arts.generators.opinions.opinion_assignment import AspectSpan, span_of

JUDGE_FILE = Path(str(files("arts.generators").joinpath("acceptability", "judge.json")))
DIGITS = 4  # decimal places of a probability, so that it is the same on every machine


class Judge(Record):
    """The judge of acceptability.

    Args:
        weights: the weight of each feature in log-odds, keyed by the kind of variant and the feature's name.
        thresholds: the least probability of a variant that is handed out by default, keyed by strategy.
        readings: number of variants that it was trained on, each read twice.
    """

    schema_version: Literal["1.0"] = "1.0"
    weights: Mapping[VariantKind, Mapping[str, float]]
    thresholds: Mapping[Strategy, float]
    readings: int

    @classmethod
    @cache
    def load(cls) -> Judge:
        """The judge that ships with the package."""
        return cls.read_json(JUDGE_FILE, "a judge of schema 1.0")


@dataclass
class JudgedSentence:
    """Judges the variants of one sentence; what they share is weighed once.

    Args:
        judge: the judge.
        features: the features of the sentence.
    """

    judge: Judge
    features: SentenceFeatures
    _shared: dict[tuple[VariantKind, AspectSpan], float] = field(default_factory=dict)

    def acceptance(self, source: Instance, variant: Instance) -> float:
        """The probability, from 0 to 1, that a reader finds a variant fluent and its label right.

        Args:
            source: an original of the sentence.
            variant: a variant of it.
        """
        kind = kind_of(variant.strategy)
        weights, key = self.judge.weights[kind], (kind, span_of(source.aspect))
        if key not in self._shared:
            self._shared[key] = _weigh(self.features.of(source), weights)
        log_odds = self._shared[key] + _weigh(variant_features(self.features, source, variant), weights)
        return round(1 / (1 + math.exp(-log_odds)), DIGITS)


def _weigh(features: Iterable[Feature], weights: Mapping[str, float]) -> float:
    """The log-odds that features add up to."""
    return sum(weights.get(name, 0.0) * value for name, value in features)
