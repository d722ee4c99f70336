"""The papers of models and interventions."""

from __future__ import annotations

from arts.interventions.registry import intervention_names
from arts.leaderboard.analysis.entry_citations import entry_bibtex
from arts.models.registry import ZOO


def test_entry_citations_every_model_and_intervention_has_its_paper():
    assert len(ZOO) == 9
    assert {"adversarial", "merge", "unlearn"} < {*intervention_names()}
    for model in ZOO:
        assert len(entry_bibtex(model)) == 2
        assert len(entry_bibtex(model, "adversarial")) == 2  # its paper is the benchmark's
        for intervention in ("merge", "unlearn"):
            assert len(entry_bibtex(model, intervention)) == 3
    every = {entry for model in ZOO for name in intervention_names() for entry in entry_bibtex(model, name)}
    assert len({entry.splitlines()[0] for entry in every}) == len(every)
    for entry in every:
        assert entry.count("{") == entry.count("}")
    (benchmark,) = entry_bibtex("unheard of")
    assert benchmark.startswith("@inproceedings{xing-etal-2020-tasty,")
