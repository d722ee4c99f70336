"""Candidates ranked by a language model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from arts.data.schema import Sentence, Strategy
from arts.generators.generator import GenerationOptions, Generator
from arts.generators.running.likelihood_ranking import rank_by_likelihood
from arts.generators.strategies.variants import Reason
from arts.models.language_models.language_model import LanguageModel


def test_likelihood_ranking_the_most_fluent_candidate_is_kept_and_the_worst_refused(
    tiny_model: Path, sentences: list[Sentence]
) -> None:
    model = LanguageModel.load(str(tiny_model))
    generator = Generator(options=GenerationOptions((Strategy.REVTGT,), candidates=4))
    plain = [outcome for _, group in generator.outcomes(sentences[:20]) for outcome in group]
    for before, after in zip(plain, rank_by_likelihood(plain, model, limit=1000.0), strict=True):
        assert set(after.candidates) == set(before.candidates)
        nats = model.nats([candidate.text for candidate in after.candidates]).round(2).tolist()
        assert nats == sorted(nats)
        if nats:
            source = model.nats([after.source.text])[0]
            assert after.nll_increase == pytest.approx(nats[0] - source, abs=0.01)
    refused = rank_by_likelihood(plain, model, limit=-1000.0)
    assert {o.reason for o, p in zip(refused, plain, strict=True) if p.candidates} == {Reason.FLUENCY}


class NoisyScorer:
    """Finds every text equally likely, but for the last digits, which depend on what is scored together."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)

    def nats(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        return 50 + self.random.normal(scale=1e-4, size=len(texts))


def test_likelihood_ranking_does_not_depend_on_the_last_digits(sentences: list[Sentence]) -> None:
    generator = Generator(options=GenerationOptions((Strategy.REVTGT,), candidates=4))
    plain = [outcome for _, group in generator.outcomes(sentences[:20]) for outcome in group]
    first, second = (rank_by_likelihood(plain, NoisyScorer(seed)) for seed in (1, 2))
    assert first == second
    for outcome in first:
        texts = [candidate.text for candidate in outcome.candidates]
        assert texts == sorted(texts)
    assert max(len(outcome.candidates) for outcome in first) > 1
