"""The values of the options of ``arts generate``, in a module that loads nothing else."""

from __future__ import annotations

from enum import StrEnum


class NeutralPolicy(StrEnum):
    """What REVTGT does with an original whose target is neutral.

    SKIP makes no variant: what is said of a neutral target seldom has an opposite. KEEP reverses its opinion
    words and leaves its label neutral, for comparison with the paper.
    """

    KEEP = "keep"
    SKIP = "skip"


class Ranking(StrEnum):
    """What chooses among several variants of the same original by the same strategy.

    NONE takes the generator's first variant. LM takes the variant that a language model finds likeliest.
    """

    NONE = "none"
    LM = "lm"


class Engine(StrEnum):
    """What runs the generator on the sentences.

    LOCAL is this process or, with several workers, processes on this machine. RAY is actors of Ray Data,
    which may be on other machines.
    """

    LOCAL = "local"
    RAY = "ray"


class OutputFormat(StrEnum):
    """The file format in which generated instances are written.

    HF is Parquet files with a dataset card, for ``datasets.load_dataset(FOLDER)``. ARTS is the JSON format of
    the ARTS release.
    """

    HF = "hf"
    ARTS = "arts"
