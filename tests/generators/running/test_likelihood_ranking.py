"""Candidates ranked by a language model."""

from __future__ import annotations

from pathlib import Path

import pytest

from arts.data.schema import Sentence, Strategy
from arts.generators.generator import GenerationOptions, Generator
from arts.generators.running.likelihood_ranking import rank_by_likelihood
from arts.generators.strategies.variants import Reason
from arts.models.language_model import LanguageModel


def test_likelihood_ranking_the_most_fluent_candidate_is_kept_and_the_worst_refused(
    tiny_model: Path, sentences: list[Sentence]
) -> None:
    model = LanguageModel.load(str(tiny_model))
    generator = Generator(options=GenerationOptions((Strategy.REVTGT,), candidates=4))
    plain = [outcome for _, group in generator.outcomes(sentences[:20]) for outcome in group]
    for before, after in zip(plain, rank_by_likelihood(plain, model, limit=1000.0), strict=True):
        assert set(after.candidates) == set(before.candidates)
        nats = list(model.nats([candidate.text for candidate in after.candidates]))
        assert nats == sorted(nats)
        if nats:
            assert after.nll_increase == pytest.approx(nats[0] - model.nats([after.source.text])[0])
    refused = rank_by_likelihood(plain, model, limit=-1000.0)
    assert {o.reason for o, p in zip(refused, plain, strict=True) if p.candidates} == {Reason.FLUENCY}
