"""What to cite for an entry of the board: benchmark, model and intervention, as BibTeX."""

from __future__ import annotations

from arts.data.citations import BENCHMARK, bibtex
from arts.interventions.registry import find_intervention, intervention_names
from arts.models.registry import model_card


def entry_bibtex(model: str, intervention: str = "") -> list[str]:
    """The BibTeX entries to cite for a model and its intervention, each paper once.

    Args:
        model: Registered name of the model; an unregistered one adds nothing.
        intervention: Name of the intervention, or names joined by " + "; an empty or unregistered one adds
            nothing.

    Returns:
        BibTeX entries in this order: the benchmark's, the model's, the intervention's.

    Example:
        >>> [entry.splitlines()[0] for entry in entry_bibtex("td-lstm", "adversarial")]
        ['@inproceedings{xing-etal-2020-tasty,', '@inproceedings{tang-etal-2016-effective,']
    """
    keys = [BENCHMARK]
    if card := model_card(model):
        keys.append(card.bibtex)
    for name in intervention.split(" + "):
        if name in intervention_names():
            keys.append(find_intervention(name).card.bibtex)
    return [bibtex(key) for key in dict.fromkeys(keys)]
