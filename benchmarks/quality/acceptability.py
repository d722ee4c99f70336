"""Train the judge of acceptability on blind readings of generated variants, and draw its curves.

    python benchmarks/quality/acceptability.py [--output FILE.json] [--plots FOLDER]

A fifth of the sentences is only for testing. The others train the judge and, in five folds over sentences,
choose the regularisation and the thresholds: the lowest above which readers accept the wanted share.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from acceptability_curves import Curve, draw_curves, table_of
from generated_readings import GeneratedVariant, read_records
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from arts.data.corpus_registry import load_corpus
from arts.data.schema import Polarity, Strategy
from arts.generators.acceptability.features import VariantKind, kind_of, variant_features
from arts.generators.acceptability.judge import DIGITS, JUDGE_FILE, Judge
from arts.generators.acceptability.sentence_features import SentenceFeatures
from arts.generators.opinions.analysis import Analyst
from arts.generators.opinions.opinion_assignment import OpinionAssignment
from arts.generators.strategies.aspectset import mine_aspect_set

READINGS = Path(__file__).parent / "readings" / "generated.jsonl"
CORPORA = {"laptop": "laptop-v2", "restaurant": "restaurant-v2", "sample": "sample"}  # same train splits
# Accepted by both readings; of the untouched originals, 90% are, for some labels are not what readers see.
WANTED = {Strategy.REVTGT: 0.85, Strategy.REVNON: 0.85, Strategy.ADDDIFF: 0.87}
FEWEST = 4  # variants that a feature must occur in
STRENGTHS = (0.01, 0.02, 0.03, 0.05, 0.1)  # inverse regularisation
FOLDS = 5
CHOSEN = 71  # seed of a generation in which the judge chose and everything was handed out; for thresholds


@dataclass(frozen=True)
class Example:
    """A variant that was read.

    Args:
        group: its sentence.
        strategy: the strategy that made it.
        seed: the seed of its generation.
        neutral: whether its target was neutral.
        features: its features.
        votes: whether each reader accepted it.
    """

    group: str
    strategy: Strategy
    seed: int
    neutral: bool
    features: Mapping[str, float]
    votes: tuple[bool, ...]

    @property
    def is_test(self) -> bool:
        """Whether its sentence is one of the fifth that is only for testing."""
        return int(hashlib.sha256(self.group.encode()).hexdigest(), 16) % 5 == 0

    @property
    def accepted(self) -> bool:
        """Whether both readers accepted it."""
        return all(self.votes)


def examples_of(records: Sequence[GeneratedVariant]) -> Iterator[Example]:
    """Stream the examples of all records; each sentence is parsed once.

    Reversals of neutral targets are left out, since the generator skips those targets by default.
    """
    for name, source in CORPORA.items():
        by_unit: dict[str, list[GeneratedVariant]] = {}
        for record in records:
            if record.corpus == name:
                by_unit.setdefault(record.unit, []).append(record)
        corpus, analyst = load_corpus(source), Analyst()
        vocabulary = mine_aspect_set(corpus.train, analyst).vocabulary
        sentences = [s for s in corpus.train if any(i.id in by_unit for i in s.instances())]
        for analysis in analyst.read(sentences, vocabulary):
            sentence = SentenceFeatures(OpinionAssignment(analysis))
            group = f"{name} {analysis.sentence.id}"
            for original in analysis.sentence.instances():
                for record in by_unit.get(original.id, ()):
                    if record.strategy is Strategy.REVTGT and original.polarity is Polarity.NEUTRAL:
                        continue
                    variant = record.instance(analysis.sentence)
                    kind = kind_of(record.strategy)
                    features: Counter[str] = Counter()
                    for part in (sentence.of(original), variant_features(sentence, original, variant)):
                        for feature, value in part:
                            features[f"{kind}: {feature}"] += value  # type: ignore[assignment]
                    yield Example(
                        group,
                        record.strategy,
                        record.seed,
                        original.polarity is Polarity.NEUTRAL,
                        features,
                        record.votes,
                    )


def fit(examples: Sequence[Example], strength: float) -> dict[str, float]:
    """Fit the judge, a logistic regression in which each reading counts as one observation.

    Returns:
        The weight of each feature, keyed by its name.
    """
    counts = Counter(name for example in examples for name in example.features)
    frequent = [{k: v for k, v in e.features.items() if counts[k] >= FEWEST} for e in examples]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(frequent)
    rows = np.repeat(np.arange(len(examples)), [len(e.votes) for e in examples])
    votes = [vote for example in examples for vote in example.votes]
    model = LogisticRegression(C=strength, max_iter=3000, fit_intercept=False).fit(matrix[rows], votes)
    return dict(zip(vectorizer.get_feature_names_out(), model.coef_[0].round(DIGITS).tolist(), strict=True))


def predict(weights: Mapping[str, float], examples: Sequence[Example]) -> np.ndarray:
    """The probability (n,) that a reading accepts each example."""
    odds = [sum(weights.get(k, 0.0) * v for k, v in example.features.items()) for example in examples]
    return 1 / (1 + np.exp(-np.array(odds)))


def cross_validated(examples: Sequence[Example], strength: float) -> np.ndarray:
    """The probability (n,) for each example by a judge that was trained on other sentences."""
    found = np.zeros(len(examples))
    for train, held in GroupKFold(FOLDS).split(examples, groups=[e.group for e in examples]):
        found[held] = predict(fit([examples[i] for i in train], strength), [examples[i] for i in held])
    return found


def loss(examples: Sequence[Example], scores: np.ndarray) -> float:
    """The cross-entropy of scores (n,) against the share of readings that accept each example, in nats."""
    votes = np.array([np.mean(example.votes) for example in examples])
    return float(-np.mean(votes * np.log(scores) + (1 - votes) * np.log(1 - scores)))


def curves_of(examples: Sequence[Example], scores: np.ndarray) -> dict[Strategy, Curve]:
    """For each strategy, the curve of the variants that the judge chose, on targets that are not neutral."""
    curves = {}
    for strategy in WANTED:
        chosen = [
            n for n, e in enumerate(examples) if e.strategy is strategy and e.seed == CHOSEN and not e.neutral
        ]
        curves[strategy] = Curve(scores[chosen], np.array([examples[n].accepted for n in chosen]))
    return curves


def main() -> None:
    """Train the judge, write it and print how it does."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readings", type=Path, default=READINGS)
    parser.add_argument("--output", type=Path, default=JUDGE_FILE)
    parser.add_argument("--plots", type=Path)
    options = parser.parse_args()
    examples = list(examples_of(list(read_records(options.readings))))
    training = [example for example in examples if not example.is_test]
    test = [example for example in examples if example.is_test]
    scores = {strength: cross_validated(training, strength) for strength in STRENGTHS}
    strength = min(STRENGTHS, key=lambda s: loss(training, scores[s]))
    held_out = curves_of(training, scores[strength])
    thresholds = {s: round(held_out[s].threshold(WANTED[s]), 3) for s in WANTED}
    weights = fit(training, strength)
    on_test = curves_of(test, predict(weights, test))
    print(
        f"inverse regularisation {strength}; {len(training)} variants for training, {len(test)} for testing"
    )
    print(table_of(held_out, on_test, thresholds, WANTED))
    used: dict[VariantKind, dict[str, float]] = {kind: {} for kind in VariantKind}
    for name, weight in sorted(weights.items()):
        kind, _, feature = name.partition(": ")
        used[VariantKind(kind)] |= {feature: weight} if weight else {}
    Judge(weights=used, thresholds=thresholds, readings=len(training)).write_json(options.output)
    if options.plots:
        draw_curves(held_out, on_test, thresholds, options.plots)


if __name__ == "__main__":
    main()
