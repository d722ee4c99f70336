"""Diagnosis of pattern overfitting: how synthetic text differs from natural text, and how models score it.

It has the three views of Chen et al. (2024): embeddings, token frequencies, and perplexities.
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
from arts.data.support.display import Displayed
from arts.data.support.record import Count, Record
from arts.data.support.rounding import decimal_text, round_half_up
from arts.diagnosis.perplexity import ModelPerplexity, model_perplexities
from arts.diagnosis.texts import MIN_TEXTS

if TYPE_CHECKING:
    from arts.models.language_models.language_model import LanguageModel

MAX_PEAKS = 20
_FOLDS, _BATCH_SIZE = 5, 32
_MAX_LENGTH = 256  # number of tokens that a text is truncated to


class Separability(Record):
    """How well a classifier tells synthetic from natural text by their embeddings.

    Args:
        auc: area under the ROC curve of a logistic regression, the mean over five folds; 0.5 is chance level.
        low: the smallest area of a fold.
        high: the largest area of a fold.
    """

    auc: float
    low: float
    high: float


class TokenPeak(Record):
    """A token that is more frequent in synthetic text than in natural text.

    Args:
        token: the token.
        synthetic: its frequency in synthetic text, per thousand tokens.
        natural: its frequency in natural text, per thousand tokens.
        log_odds: z-score of the log-odds ratio of the two frequencies.
    """

    token: str
    synthetic: float
    natural: float
    log_odds: float = Field(description="z-score of the log-odds ratio (Monroe et al., 2008)")


class Diagnosis(Displayed, Record):
    """The result of a diagnosis.

    Args:
        synthetic: number of different synthetic texts.
        natural: number of different natural texts.
        separability: how well the two kinds can be told apart by their embeddings.
        tokens: up to 20 tokens that are more frequent in synthetic text; the largest z-score comes first.
        perplexity: quartiles of the texts' perplexities, for each language model.
        duplicates: number of texts of both kinds that were left out, because an equal text had gone before.
        truncated: number of texts that were truncated to 256 tokens, to be embedded and for their tokens to
            be counted.
    """

    synthetic: Count
    natural: Count
    separability: Separability
    tokens: tuple[TokenPeak, ...]
    perplexity: tuple[ModelPerplexity, ...] = ()
    duplicates: Count = 0
    truncated: Count = 0

    def headline(self) -> str:
        """The numbers of texts, and how well they can be told apart."""
        auc = decimal_text(self.separability.auc, 3)
        return f"{self.synthetic:,} synthetic and {self.natural:,} natural texts, AUC {auc}"

    def facts(self) -> dict[str, str]:
        """The tokens that peak, and the remarks."""
        remarks = {f"remark {n}": text for n, text in enumerate(self.remarks, 1)}
        return {"tokens": " ".join(peak.token for peak in self.tokens)} | remarks

    @property
    def remarks(self) -> list[str]:
        """What was left out or truncated, as sentences with the numbers of texts."""
        remarks = []
        if self.duplicates:
            remarks.append(f"{self.duplicates} texts are left out: each equals an earlier one of its kind")
        if self.truncated:
            remarks.append(f"{self.truncated} texts are truncated to {_MAX_LENGTH} tokens, to be embedded")
        for entry in self.perplexity:
            if entry.truncated:
                remarks.append(f"{entry.model}: {entry.truncated} texts are truncated to what it can read")
            if entry.unscored:
                remarks.append(f"{entry.model}: {entry.unscored} texts have no token that it predicts")
        return remarks


@dataclass(frozen=True)
class DiagnosisViews:
    """The data from which the plots of a diagnosis are drawn.

    Args:
        points: the embeddings in two dimensions by t-SNE, an array (texts, 2).
        synthetic: for each text, whether it is synthetic, an array (texts,).
        rates: under each of the keys ``synthetic`` and ``natural``, an array (tokens,): log10 of the
            frequency per thousand tokens, for each token that occurs in texts of this kind.
        perplexities: keyed by the name of the language model; each value is two arrays, the perplexities of
            the synthetic texts and those of the natural texts.
    """

    points: FloatArray
    synthetic: BoolArray
    rates: Mapping[str, FloatArray]
    perplexities: Mapping[str, tuple[FloatArray, FloatArray]]


def diagnose_texts(
    synthetic: Sequence[str],
    natural: Sequence[str],
    *,
    encoder: str,
    models: Sequence[LanguageModel] = (),
    seed: int = 1,
) -> tuple[Diagnosis, DiagnosisViews]:
    """Compare synthetic with natural text in three views; returns the result and the data for its plots.

    Args:
        synthetic: the synthetic texts; ten or more different ones.
        natural: the natural texts; ten or more different ones.
        encoder: folder or Hub id of the encoder that embeds the texts, and whose tokenizer counts tokens.
        models: language models to calculate perplexities with, such as a model before and after its training.
        seed: random seed of the cross-validation folds and of t-SNE.

    Raises:
        ArtsError: when there are too few texts, or the encoder cannot be loaded.
    """
    from arts.models.encoders import encoder_folder, load_tokenizer

    kinds = {"synthetic": list(dict.fromkeys(synthetic)), "natural": list(dict.fromkeys(natural))}
    _check_counts(kinds)
    labels = np.repeat([True, False], [len(texts) for texts in kinds.values()])
    vectors = mean_embeddings([*kinds["synthetic"], *kinds["natural"]], encoder)
    tokenizer = load_tokenizer(encoder_folder(encoder))
    counts = {kind: _count_tokens(texts, tokenizer) for kind, texts in kinds.items()}
    perplexities = {model.name: model_perplexities(model, kinds) for model in models}
    diagnosis = Diagnosis(
        synthetic=len(kinds["synthetic"]),
        natural=len(kinds["natural"]),
        separability=separability(vectors, labels, seed=seed),
        tokens=tuple(token_peaks(counts["synthetic"], counts["natural"])),
        perplexity=tuple(record for record, _ in perplexities.values()),
        duplicates=len(synthetic) + len(natural) - len(labels),
        truncated=_count_truncated([*kinds["synthetic"], *kinds["natural"]], tokenizer),
    )
    rates = {
        kind: np.log10([1000 * count / token_counts.total() for count in token_counts.values()])
        for kind, token_counts in counts.items()
    }
    curves = {name: pair for name, (_, pair) in perplexities.items()}
    return diagnosis, DiagnosisViews(_plane_points(vectors, seed), labels, rates, curves)


def _check_counts(kinds: Mapping[str, Sequence[str]]) -> None:
    """Raise `ArtsError` if `kinds` has fewer than ten texts under its key ``synthetic`` or ``natural``."""
    for kind, texts in kinds.items():
        if len(texts) < MIN_TEXTS:
            raise ArtsError(f"{len(texts)} different {kind} texts; expected {MIN_TEXTS} or more")


def mean_embeddings(texts: Sequence[str], encoder: str) -> FloatArray:
    """The embedding of each text: the mean of the encoder's last hidden states, scaled to length 1.

    Args:
        texts: the texts to embed; each is truncated to 256 tokens.
        encoder: folder or Hub id of the encoder.

    Returns:
        An array (texts, width).
    """
    import torch

    from arts.models.encoders import encoder_folder, load_encoder, load_tokenizer
    from arts.models.runtime import Device, device

    model, tokenizer = load_encoder(encoder).eval(), load_tokenizer(encoder_folder(encoder))
    model.to(device(otherwise=Device.CPU))
    embeddings = []
    for first in range(0, len(texts), _BATCH_SIZE):
        batch = tokenizer(
            list(texts[first : first + _BATCH_SIZE]),
            padding=True,
            truncation=True,
            max_length=_MAX_LENGTH,
            return_tensors="pt",
        ).to(model.device)
        with torch.inference_mode():
            states = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        mean = (states * mask).sum(1) / mask.sum(1)
        embeddings.append(torch.nn.functional.normalize(mean, dim=1).double().cpu().numpy())
    return np.concatenate(embeddings)


def separability(vectors: FloatArray, synthetic: BoolArray, *, seed: int = 1) -> Separability:
    """Cross-validate a logistic regression that tells synthetic from natural text.

    Args:
        vectors: the embeddings, an array (texts, width).
        synthetic: for each text, whether it is synthetic, an array (texts,).
        seed: random seed of the folds.

    Example:
        >>> points = np.array([[0.0], [0.1], [0.2], [0.3], [0.4], [5.0], [5.1], [5.2], [5.3], [5.4]])
        >>> separability(points, np.arange(10) > 4).auc
        1.0
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    scores = cross_val_score(classifier, vectors, synthetic, cv=folds, scoring="roc_auc")
    areas = {"low": scores.min(), "auc": scores.mean(), "high": scores.max()}
    return Separability(**{name: round_half_up(float(area), 4) for name, area in areas.items()})


def token_peaks(synthetic: Counter[str], natural: Counter[str], *, most: int = MAX_PEAKS) -> list[TokenPeak]:
    """The tokens that are more frequent in synthetic than in natural text; the largest z-score comes first.

    The z-score of a token is that of its log-odds ratio between the two texts, with the counts of both
    together as the prior (Monroe et al., 2008, equations 16, 20 and 22). Tokens whose z-score is 0 or
    negative are left out.

    Args:
        synthetic: number of occurrences of each token in the synthetic text.
        natural: number of occurrences of each token in the natural text.
        most: largest number of tokens to return.

    Example:
        >>> [peak.token for peak in token_peaks(Counter(but=9, good=5), Counter(but=1, good=9))]
        ['but']
    """
    prior = synthetic + natural
    totals = synthetic.total(), natural.total(), prior.total()
    peaks = []
    for token, prior_count in prior.items():
        in_synthetic, in_natural = synthetic[token] + prior_count, natural[token] + prior_count
        odds = [
            np.log(count / (total + totals[2] - count))
            for count, total in zip((in_synthetic, in_natural), totals, strict=False)
        ]
        score = float((odds[0] - odds[1]) / np.sqrt(1 / in_synthetic + 1 / in_natural))
        if score > 0:
            peaks.append(
                TokenPeak(
                    token=token,
                    synthetic=round_half_up(1000 * synthetic[token] / totals[0], 3),
                    natural=round_half_up(1000 * natural[token] / totals[1], 3),
                    log_odds=round_half_up(score),
                )
            )
    return sorted(peaks, key=lambda peak: (-peak.log_odds, peak.token))[:most]


def _count_tokens(texts: Sequence[str], tokenizer: Any) -> Counter[str]:
    """Number of occurrences of each token in texts, each of which is truncated to 256 tokens."""
    encoded = tokenizer(list(texts), add_special_tokens=False, truncation=True, max_length=_MAX_LENGTH)
    return Counter(token for ids in encoded["input_ids"] for token in tokenizer.convert_ids_to_tokens(ids))


def _count_truncated(texts: Sequence[str], tokenizer: Any) -> int:
    """The number of texts of more than 256 tokens, special tokens included."""
    from arts.models.encoders import quiet_transformers

    with quiet_transformers():  # the tokenizer warns of texts that are too long for the encoder
        return sum(len(ids) > _MAX_LENGTH for ids in tokenizer(list(texts))["input_ids"])


def _plane_points(vectors: FloatArray, seed: int) -> FloatArray:
    """Project embeddings to two dimensions by t-SNE; returns an array (texts, 2)."""
    from sklearn.manifold import TSNE

    neighbours = min(30, (len(vectors) - 1) / 3)  # what t-SNE calls perplexity
    points: FloatArray = TSNE(perplexity=neighbours, random_state=seed, init="pca").fit_transform(vectors)
    return points
