"""The variants of a split, which are generated once and then read from the cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from arts.data.hf_dataset import write_instances
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.tables import read_table
from arts.data.schema import Instance, Sentence
from arts.data.support.atomic import cache_home
from arts.data.support.cache import cached_file, reading_cache
from arts.data.support.code_checksum import code_checksum
from arts.generators.generator import GenerationOptions, Generator
from arts.generators.opinions.analysis import Analyst
from arts.generators.running.checksum import generators_checksum, variant_sources
from arts.generators.strategies.aspectset import mine_aspect_set


def perturbations(
    sentences: Sequence[Sentence], *, training: Sequence[Sentence], options: GenerationOptions
) -> list[Instance]:
    """The variants of sentences: the first one by each strategy for each aspect, where there is one.

    They are read from the cache, or generated when the cache does not have them.

    Args:
        sentences: the sentences to perturb.
        training: sentences of the same domain, from which the AspectSet is mined.
        options: which variants to generate.

    Returns:
        The variants, without their originals.
    """

    def generate(path: Path) -> None:
        analyst = Analyst()
        generator = Generator(mine_aspect_set(training, analyst), options, analyst)
        variants = [
            outcome.candidates[0]
            for _, outcomes in generator.outcomes(sentences)
            for outcome in outcomes
            if outcome.candidates
        ]
        write_instances(variants, path)

    path = cache_home() / "perturbations" / f"{_cache_key(sentences, training, options)}.parquet"
    cached_file(path, generate)
    with reading_cache(path):
        return list(read_table(path, ReadingNotes()))


def _cache_key(
    sentences: Sequence[Sentence], training: Sequence[Sentence], options: GenerationOptions
) -> str:
    """A hash of everything that the variants depend on, including the code and lexicons of the generators.

    Of the sentences, their order, all aspects and annotated opinion terms count.
    """
    parts = [
        [asdict(sentence) for sentence in sentences],
        [asdict(sentence) for sentence in training],
        asdict(options),
        generators_checksum(),
        variant_sources(),
        code_checksum(__name__),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
