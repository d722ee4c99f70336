"""The values of the options of ``arts generate``, in a module that loads nothing else."""

from __future__ import annotations

from enum import StrEnum


class NeutralPolicy(StrEnum):
    """What REVTGT does with an original whose target is neutral."""

    KEEP = "keep"  # reverses its opinion words and leaves its label neutral, as in the paper
    SKIP = "skip"  # makes no variant of it


class Ranking(StrEnum):
    """What chooses among several variants of the same original by the same strategy."""

    NONE = "none"  # the generator's own order: its first variant
    LM = "lm"  # a language model: the variant that it finds likeliest


class Engine(StrEnum):
    """What distributes the sentences to worker processes."""

    LOCAL = "local"  # this process, or worker processes on this machine
    RAY = "ray"  # actors of Ray Data, also on a cluster


class OutputFormat(StrEnum):
    """The file format in which generated instances are written."""

    HF = "hf"  # Parquet files with a card, for datasets.load_dataset(FOLDER)
    ARTS = "arts"  # JSON, as in the ARTS release
