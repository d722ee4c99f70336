"""Diagnosing pattern overfitting: how synthetic text differs from natural text, and what a model makes of it.

The three views of Chen et al. (2024): embeddings, the density of token frequency, and perplexity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from arts.data.errors import ArtsError
from arts.data.support.arrays import BoolArray, FloatArray
from arts.data.support.record import Count, Record

if TYPE_CHECKING:
    from arts.models.language_model import LanguageModel

FEWEST = 10  # texts of each kind
FOLDS, PEAKS, BATCH, LONGEST = 5, 20, 32, 256


class Separability(Record):
    """How well embeddings tell synthetic from natural text.

    `auc` is the area under the ROC curve of a logistic regression on the embeddings, the mean over five
    folds, 0.5 where they cannot be told apart; `low` and `high` are the least and the largest of a fold.
    """

    auc: float
    low: float
    high: float


class Peak(Record):
    """A token that synthetic text has far more often than natural text; rates are per thousand tokens."""

    token: str
    synthetic: float
    natural: float
    log_odds: float = Field(description="z-score of the log-odds ratio (Monroe et al., 2008)")


class Spread(Record):
    """Quartiles of the perplexity of texts."""

    low: float
    median: float
    high: float


class Perplexity(Record):
    """What a model makes of the texts, a token at a time."""

    model: str
    synthetic: Spread
    natural: Spread


class Diagnosis(Record):
    """The three views. `tokens` are the largest peaks, first; `perplexity` is of each model asked."""

    synthetic: Count
    natural: Count
    separability: Separability
    tokens: tuple[Peak, ...]
    perplexity: tuple[Perplexity, ...] = ()


@dataclass(frozen=True)
class Views:
    """What the pictures are drawn from.

    Args:
        points: (texts, 2) the embeddings in two dimensions, by t-SNE.
        synthetic: (texts) which of them are synthetic.
        rates: by kind, the log10 rates per thousand of the tokens that the kind has.
        perplexities: by model, those of the synthetic and of the natural texts.
    """

    points: FloatArray
    synthetic: BoolArray
    rates: Mapping[str, FloatArray]
    perplexities: Mapping[str, tuple[FloatArray, FloatArray]]


def diagnose(
    synthetic: Sequence[str],
    natural: Sequence[str],
    *,
    encoder: str,
    models: Sequence[LanguageModel] = (),
    seed: int = 1,
) -> tuple[Diagnosis, Views]:
    """Compare synthetic with natural text.

    Args:
        synthetic: texts; ten or more that differ.
        natural: texts; likewise.
        encoder: embeds them, and its tokenizer counts tokens: a folder or Hub id.
        models: to ask for perplexities, such as one before and one after training on the synthetic text.
        seed: of folds and of t-SNE.

    Raises:
        ArtsError: when there are too few texts, or the encoder cannot be loaded.
    """
    from arts.models.encoders import load_tokenizer, resolve_encoder

    kinds = {"synthetic": list(dict.fromkeys(synthetic)), "natural": list(dict.fromkeys(natural))}
    for kind, texts in kinds.items():
        if len(texts) < FEWEST:
            raise ArtsError(f"{len(texts)} different {kind} texts; expected {FEWEST} or more")
    labels = np.repeat([True, False], [len(texts) for texts in kinds.values()])
    vectors = embeddings([*kinds["synthetic"], *kinds["natural"]], encoder)
    tokenizer = load_tokenizer(resolve_encoder(encoder))
    counts = {kind: _counts(texts, tokenizer) for kind, texts in kinds.items()}
    perplexities = {
        model.name: (perplexity(model, kinds["synthetic"]), perplexity(model, kinds["natural"]))
        for model in models
    }
    found = Diagnosis(
        synthetic=len(kinds["synthetic"]),
        natural=len(kinds["natural"]),
        separability=separability(vectors, labels, seed=seed),
        tokens=tuple(peaks(counts["synthetic"], counts["natural"])),
        perplexity=tuple(
            Perplexity(model=name, synthetic=_spread(ours), natural=_spread(theirs))
            for name, (ours, theirs) in perplexities.items()
        ),
    )
    rates = {
        kind: np.log10([1000 * count / known.total() for count in known.values()])
        for kind, known in counts.items()
    }
    return found, Views(_plane(vectors, seed), labels, rates, perplexities)


def embeddings(texts: Sequence[str], encoder: str) -> FloatArray:
    """(texts, width) the mean of an encoder's last hidden states over each text, of length 1."""
    import torch

    from arts.models.encoders import load_encoder, load_tokenizer, resolve_encoder

    model, tokenizer = load_encoder(encoder).eval(), load_tokenizer(resolve_encoder(encoder))
    made = []
    for first in range(0, len(texts), BATCH):
        batch = tokenizer(
            list(texts[first : first + BATCH]),
            padding=True,
            truncation=True,
            max_length=LONGEST,
            return_tensors="pt",
        )
        with torch.inference_mode():
            states = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        mean = (states * mask).sum(1) / mask.sum(1)
        made.append(torch.nn.functional.normalize(mean, dim=1).double().numpy())
    return np.concatenate(made)


def separability(vectors: FloatArray, synthetic: BoolArray, *, seed: int = 1) -> Separability:
    """Cross-validated AUC of a logistic regression.

    Args:
        vectors: (texts, width).
        synthetic: (texts) which are.
        seed: of the folds.

    Example:
        >>> points = np.array([[0.0], [0.1], [0.2], [0.3], [0.4], [5.0], [5.1], [5.2], [5.3], [5.4]])
        >>> separability(points, np.arange(10) > 4).auc
        1.0
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    scores = cross_val_score(classifier, vectors, synthetic, cv=folds, scoring="roc_auc")
    low, mean, high = (round(float(value), 4) for value in (scores.min(), scores.mean(), scores.max()))
    return Separability(auc=mean, low=low, high=high)


def peaks(synthetic: Counter[str], natural: Counter[str], most: int = PEAKS) -> list[Peak]:
    """The tokens whose log-odds in synthetic over natural text are the most certain to be positive.

    The prior is the counts of both together (Monroe et al., 2008, equations 16, 20 and 22).

    Example:
        >>> [peak.token for peak in peaks(Counter(but=9, good=5), Counter(but=1, good=9))]
        ['but']
    """
    prior = synthetic + natural
    totals = synthetic.total(), natural.total(), prior.total()
    found = []
    for token, known in prior.items():
        ours, theirs = synthetic[token] + known, natural[token] + known
        odds = [
            np.log(count / (total + totals[2] - count))
            for count, total in zip((ours, theirs), totals, strict=False)
        ]
        score = float((odds[0] - odds[1]) / np.sqrt(1 / ours + 1 / theirs))
        if score > 0:
            found.append(
                Peak(
                    token=token,
                    synthetic=round(1000 * synthetic[token] / totals[0], 3),
                    natural=round(1000 * natural[token] / totals[1], 3),
                    log_odds=round(score, 2),
                )
            )
    return sorted(found, key=lambda peak: (-peak.log_odds, peak.token))[:most]


def perplexity(model: LanguageModel, texts: Sequence[str]) -> FloatArray:
    """(texts) exp of the mean negative log-likelihood of a token."""
    counts = [len(ids) for ids in model.tokenizer(list(texts))["input_ids"]]
    return np.exp(model.nats(texts) / np.maximum(counts, 1))


def _counts(texts: Sequence[str], tokenizer: Any) -> Counter[str]:
    encoded = tokenizer(list(texts), add_special_tokens=False, truncation=True, max_length=LONGEST)
    return Counter(token for ids in encoded["input_ids"] for token in tokenizer.convert_ids_to_tokens(ids))


def _spread(values: FloatArray) -> Spread:
    low, median, high = (round(float(v), 2) for v in np.quantile(values, [0.25, 0.5, 0.75]))
    return Spread(low=low, median=median, high=high)


def _plane(vectors: FloatArray, seed: int) -> FloatArray:
    from sklearn.manifold import TSNE

    perplexity = min(30, (len(vectors) - 1) / 3)
    made: FloatArray = TSNE(perplexity=perplexity, random_state=seed, init="pca").fit_transform(vectors)
    return made
