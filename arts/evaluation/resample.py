"""What a bootstrap draws and a paired test exchanges."""

from __future__ import annotations

from enum import StrEnum


class Resample(StrEnum):
    """What a bootstrap draws and a paired test exchanges: whole sentences, or single units.

    A sentence with several aspects has a unit for each, and a model that misreads the sentence tends to fail
    on all of them. So units of one sentence are not independent: sentences are, and they are the clusters.
    """

    SENTENCES = "sentences"
    UNITS = "units"
