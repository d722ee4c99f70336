"""What to cite for an entry: the benchmark, the model and the intervention, as BibTeX."""

from __future__ import annotations

from arts.data.citations import BENCHMARK, bibtex
from arts.interventions.registry import find_intervention, intervention_names
from arts.models.registry import model_card


def entry_bibtex(model: str, intervention: str = "") -> list[str]:
    """The BibTeX entries behind a model and an intervention, each paper once; the benchmark's first.

    Example:
        >>> [entry.splitlines()[0] for entry in entry_bibtex("td-lstm", "adversarial")]
        ['@inproceedings{xing-etal-2020-tasty,', '@inproceedings{tang-etal-2016-effective,']
    """
    keys = [BENCHMARK]
    if card := model_card(model):
        keys.append(card.bibtex)
    if intervention in intervention_names():
        keys.append(find_intervention(intervention).card.bibtex)
    return [bibtex(key) for key in dict.fromkeys(keys)]
