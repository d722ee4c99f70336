"""Batches of sentences, what is done with each, and the outcomes that come back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TypeVar

from arts.data.schema import Instance, Sentence
from arts.generators.generator import GenerationOptions, Generator, Outcome
from arts.generators.running.checksum import generators_checksum
from arts.generators.strategies.aspectset import AspectSet

BATCH_SIZE = 200  # sentences a batch: the unit of work, of memory and of resuming
OutcomeBatch = list[tuple[Sentence, list[Outcome]]]
Item = TypeVar("Item")


@dataclass(frozen=True)
class GenerationJob:
    """What every process needs to perturb sentences: small, and the same for all batches.

    Args:
        aspect_set: what training sentences of the domain say.
        options: what to generate.
    """

    aspect_set: AspectSet
    options: GenerationOptions

    def load_generator(self) -> Generator:
        """The generator, with parser and lexicon loaded."""
        return Generator(self.aspect_set, self.options)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hexadecimal) of everything that the output depends on but the sentences."""
        content = json.dumps(
            [asdict(self.aspect_set), asdict(self.options), generators_checksum()],
            sort_keys=True,
            default=lambda value: sorted(value) if isinstance(value, frozenset) else str(value),
        )
        return hashlib.sha256(content.encode()).hexdigest()


def split_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of `size` items, the last one shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def best_rows(batch: OutcomeBatch) -> list[Instance]:
    """The rows of a batch: each original followed by the best variant of every strategy that has one."""
    rows = []
    for _, group in batch:
        last_id = None
        for outcome in group:
            if outcome.source.id != last_id:
                rows.append(outcome.source)
                last_id = outcome.source.id
            rows += outcome.candidates[:1]
    return rows
