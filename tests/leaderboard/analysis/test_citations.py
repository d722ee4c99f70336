"""Papers of models and interventions."""

from __future__ import annotations

import arts.evaluate
import arts.evaluation.benchmark
from arts.leaderboard.store.citations import INTERVENTIONS, MODELS, papers
from arts.leaderboard.store.entry import FAMILIES


def test_citations_every_model_and_intervention_has_its_paper():
    assert set(MODELS) == set(FAMILIES)
    assert set(INTERVENTIONS) == set(arts.evaluate.InterventionName)
    every = {paper for model in MODELS for way in INTERVENTIONS for paper in papers(model, way)}
    assert len({paper.key for paper in every}) == len(every)
    for paper in every:
        assert paper.bibtex.count("{") == paper.bibtex.count("}")
    assert [paper.key for paper in papers("unheard of")] == ["xing-etal-2020-tasty"]
