"""The variants of a split, for training and for curves: generated once, and kept in the cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from arts.data.corpus import content_checksum
from arts.data.hf_dataset import write_instances
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.tables import read_table
from arts.data.schema import Instance, Sentence, original_instances
from arts.data.support.atomic import atomic_file, cache_home
from arts.data.support.download import sha256
from arts.data.support.spacy_parser import parser_name
from arts.generators.english import wordnet
from arts.generators.generator import GenerationOptions, Generator
from arts.generators.opinions.analysis import Analyst
from arts.generators.opinions.lexicon import OPINIONS
from arts.generators.strategies.aspectset import mine_aspect_set


def perturbations(
    sentences: Sequence[Sentence], training: Sequence[Sentence], options: GenerationOptions
) -> list[Instance]:
    """The best variant of each instance and strategy that has one.

    Args:
        sentences: to perturb.
        training: of the same domain, to mine the AspectSet from.
        options: what to generate.
    """
    path = cache_home() / "perturbations" / f"{_key(sentences, training, options)}.parquet"
    if not path.is_file():
        analyst = Analyst()
        generator = Generator(mine_aspect_set(training, analyst), options, analyst)
        made = [
            outcome.candidates[0]
            for _, outcomes in generator.outcomes(sentences)
            for outcome in outcomes
            if outcome.candidates
        ]
        with atomic_file(path) as partial:
            write_instances(made, partial)
    return list(read_table(path, ReadingNotes()))


def _key(sentences: Sequence[Sentence], training: Sequence[Sentence], options: GenerationOptions) -> str:
    """Of everything that the variants depend on, the generators' code among it."""
    code = [sha256(file) for file in (*sorted(Path(__file__).parent.glob("*.py")), OPINIONS)]
    parts = [
        content_checksum(original_instances(sentences)),
        content_checksum(original_instances(training)),
        asdict(options),
        code,
        parser_name(),
        wordnet.available(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
