"""The variants of a split, which are generated once and then read from the cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict

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
from arts.generators.strategies.masking import mask_aspects


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

    def generate() -> Iterator[Instance]:
        analyst = Analyst()
        generator = Generator(mine_aspect_set(training, analyst), options, analyst)
        for _, outcomes in generator.outcomes(sentences):
            yield from (outcome.candidates[0] for outcome in outcomes if outcome.candidates)

    return _cached_instances(_cache_key(sentences, training, options), generate)


def masked_originals(sentences: Sequence[Sentence]) -> list[Instance]:
    """The originals of sentences with their aspect masked, where it can be, read from the cache or made."""

    def mask() -> Iterator[Instance]:
        for analysis in Analyst().read(sentences):
            yield from (masked for _, masked in mask_aspects(analysis) if isinstance(masked, Instance))

    return _cached_instances(_cache_key(sentences, (), None), mask)


def _cached_instances(key: str, make: Callable[[], Iterable[Instance]]) -> list[Instance]:
    """The instances that the cache has by a key; they are made when it has none."""
    from pyarrow.parquet import read_metadata

    path = cache_home() / "perturbations" / f"{key}.parquet"
    cached_file(path, lambda partial: write_instances(make(), partial))
    with reading_cache(path):
        return list(read_table(path, ReadingNotes())) if read_metadata(path).num_rows else []


def _cache_key(
    sentences: Sequence[Sentence], training: Sequence[Sentence], options: GenerationOptions | None
) -> str:
    """A hash of everything that the variants depend on, including the code and lexicons of the generators.

    Of the sentences, their order, all aspects and annotated opinion terms count. Without options, it is that
    of the masked originals.
    """
    parts = [
        [asdict(sentence) for sentence in sentences],
        [asdict(sentence) for sentence in training],
        options and asdict(options),
        generators_checksum(),
        variant_sources(),
        code_checksum(__name__),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
