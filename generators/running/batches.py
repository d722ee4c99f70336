"""Batches of sentences for the generator, and the outcomes that come back for them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TypeVar

from arts.data.schema import Instance, Sentence
from arts.generators.generator import GenerationOptions, Generator, Outcome
from arts.generators.running.checksum import generators_checksum, variant_sources
from arts.generators.strategies.aspectset import AspectSet

BATCH_SIZE = 200  # sentences per batch: the unit of work, of memory and of resuming
OutcomeBatch = list[tuple[Sentence, list[Outcome]]]
Item = TypeVar("Item")


@dataclass(frozen=True)
class GenerationJob:
    """What every worker process needs to perturb sentences; it is small and equal for all batches.

    Args:
        aspect_set: what training sentences of the same domain say of their aspects.
        options: which variants to generate.
    """

    aspect_set: AspectSet
    options: GenerationOptions

    def load_generator(self) -> Generator:
        """Create the generator of this job, which loads the parser and the lexicon."""
        return Generator(self.aspect_set, self.options)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 (hexadecimal) of everything that the output depends on, except the sentences."""
        content = json.dumps(
            [asdict(self.aspect_set), asdict(self.options), generators_checksum(), variant_sources()],
            sort_keys=True,
            default=lambda value: sorted(value) if isinstance(value, frozenset) else str(value),
        )
        return hashlib.sha256(content.encode()).hexdigest()


def split_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Stream lists of `size` items; the last list may be shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def best_rows(batch: OutcomeBatch) -> list[Instance]:
    """The instances of a batch to write: each original, followed by its first variant by each strategy."""
    rows = []
    for _, group in batch:
        last_id = None
        for outcome in group:
            if outcome.source.id != last_id:
                rows.append(outcome.source)
                last_id = outcome.source.id
            rows += outcome.candidates[:1]
    return rows
