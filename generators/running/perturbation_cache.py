"""The variants of a split, which are generated once and then read from the cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from arts.data.corpus import content_checksum
from arts.data.hf_dataset import write_instances
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.tables import read_table
from arts.data.schema import Instance, Sentence, original_instances
from arts.data.support.atomic import atomic_file, cache_home
from arts.data.support.spacy_parser import parser_name
from arts.generators.english import wordnet
from arts.generators.generator import GenerationOptions, Generator
from arts.generators.opinions.analysis import Analyst
from arts.generators.running.checksum import generators_checksum
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
    path = cache_home() / "perturbations" / f"{_cache_key(sentences, training, options)}.parquet"
    if not path.is_file():
        analyst = Analyst()
        generator = Generator(mine_aspect_set(training, analyst), options, analyst)
        variants = [
            outcome.candidates[0]
            for _, outcomes in generator.outcomes(sentences)
            for outcome in outcomes
            if outcome.candidates
        ]
        with atomic_file(path) as partial:
            write_instances(variants, partial)
    return list(read_table(path, ReadingNotes()))


def _cache_key(
    sentences: Sequence[Sentence], training: Sequence[Sentence], options: GenerationOptions
) -> str:
    """A hash of everything that the variants depend on, including the code and lexicons of the generators."""
    parts = [
        content_checksum(original_instances(sentences)),
        content_checksum(original_instances(training)),
        asdict(options),
        generators_checksum(),
        parser_name(),
        wordnet.available(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
