"""The card of a model: the facts about it that the leaderboard, the command line and the docs show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelCard:
    """The facts about a model that are shown to users; it is the attribute `card` of the model's class.

    In a class body, write it with plain strings, ``card = ModelCard(family="recurrent", ...)``. Then
    `arts.models.registry.model_card` can read it from the source file, without importing the model, which
    would take seconds.

    Args:
        family: kind of architecture, in any words; the zoo has "recurrent", "memory network",
            "convolution", "graph" and "encoder".
        paper: authors and year of the paper.
        bibtex: key of an entry in ``data/citations.bib``, or a whole BibTeX entry.
        licence: licence of the implementation.
        reads: what the model gets as input, in a phrase.
    """

    family: str
    paper: str
    bibtex: str
    licence: str
    reads: str
