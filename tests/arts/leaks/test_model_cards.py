"""Training sets that a model's card names and that hold ARTS test sets."""

from __future__ import annotations

import pytest

from arts.leaks.model_cards import known_sets, named_sets


@pytest.mark.parametrize(
    ("card", "names"),
    {
        "---\ndatasets:\n- NEUDM/arts\n- glue\n---\n# A model": ["NEUDM/arts"],
        "---\ndatasets: neudm/ARTS\n---\n": ["NEUDM/arts"],
        "---\ndatasets: [zhijing-jin/ARTS_TestSet]\n---\n": ["zhijing-jin/ARTS_TestSet"],
        "---\ndatasets: [laptop14, restaurant14, MAMS]\n---\nSee ABSADatasets.": [],
        "Trained on `111.arts_laptop14` of PyABSA.": ["111.ARTS_Laptop14"],
        "Trained on NEUDM/arts.": ["NEUDM/arts"],
        "Trained on NEUDM/arts-of-painting.": [],
        "Measured on ARTS_TestSet.": [],
        "---\ndatasets: {: }\n---\n": [],
        "---\n[1, 2]\n---\n": [],
        "": [],
    }.items(),
)
def test_model_cards_name_known_sets(tmp_path, card, names):
    (tmp_path / "README.md").write_text(card)
    assert list(named_sets(tmp_path)) == names


def test_model_cards_may_be_missing(tmp_path):
    assert named_sets(tmp_path) == {}


def test_model_cards_each_known_set_has_a_source():
    assert all(known["source"].startswith("https://") and known["holds"] for known in known_sets())
