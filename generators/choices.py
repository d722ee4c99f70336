"""The choices that ``arts generate`` offers; importing this loads nothing else."""

from __future__ import annotations

from enum import StrEnum


class NeutralPolicy(StrEnum):
    """What REVTGT does with a neutral target."""

    KEEP = "keep"  # its opinion words are reversed and its label stays neutral, as in the paper
    SKIP = "skip"  # no variant


class Ranking(StrEnum):
    """What chooses among the candidates of an instance."""

    NONE = "none"
    LM = "lm"  # a language model: the likeliest


class Engine(StrEnum):
    """What runs the generator over batches."""

    LOCAL = "local"
    RAY = "ray"


class OutputFormat(StrEnum):
    """The file format of the generated instances."""

    HF = "hf"  # Parquet, with a card: datasets.load_dataset(FOLDER)
    ARTS = "arts"  # the JSON of the ARTS release
