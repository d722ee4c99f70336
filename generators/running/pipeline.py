"""From a stream of sentences to a folder: in batches, in parallel, resumable, in constant memory."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from arts.data.schema import Instance, Sentence
from arts.data.support.atomic import atomic_file
from arts.generators.generator import Generator, Options, Outcome
from arts.generators.running.likelihood_ranking import Scorer, ranked
from arts.generators.running.quality_report import Tally
from arts.generators.strategies.aspectset import Pool

BATCH = 200  # sentences a batch: the unit of work, of memory and of resuming
Batch = list[tuple[Sentence, list[Outcome]]]
T = TypeVar("T")


class Engine(StrEnum):
    """What maps the generator over batches."""

    LOCAL = "local"
    RAY = "ray"


@dataclass(frozen=True)
class Work:
    """What every process needs to perturb sentences: small, and the same for all batches."""

    pool: Pool
    options: Options

    def generator(self) -> Generator:
        """The generator, with parser and lexicon loaded."""
        return Generator(self.pool, self.options)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that the output depends on but the sentences."""
        content = json.dumps(
            [asdict(self.pool), asdict(self.options)],
            sort_keys=True,
            default=lambda value: sorted(value) if isinstance(value, frozenset) else str(value),
        )
        return hashlib.sha256(content.encode()).hexdigest()


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` items, the last one shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def outcomes(
    sentences: Iterable[Sentence], work: Work, *, workers: int = 1, engine: Engine = Engine.LOCAL
) -> Iterator[Batch]:
    """Stream the outcomes batch by batch, in the order of the sentences, whoever computes them."""
    groups = batches(sentences, BATCH)
    if engine is Engine.RAY:
        from arts.generators.running.ray_engine import mapped

        yield from mapped(groups, work, workers)
    elif workers > 1:
        yield from _in_processes(groups, work, workers)
    else:
        generator = work.generator()
        for group in groups:
            yield list(generator.outcomes(group))


def _in_processes(groups: Iterable[list[Sentence]], work: Work, workers: int) -> Iterator[Batch]:
    """As a map over processes that is never more than two batches a process ahead."""
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, (work,)) as executor:
        waiting: deque[Callable[[], Batch]] = deque()
        for group in groups:
            waiting.append(executor.submit(_perturb, group).result)
            if len(waiting) >= 2 * workers:
                yield waiting.popleft()()
        while waiting:
            yield waiting.popleft()()


_generator: Generator  # of a worker process


def _start(work: Work) -> None:
    global _generator
    _generator = work.generator()


def _perturb(group: list[Sentence]) -> Batch:
    return list(_generator.outcomes(group))


class Staging:
    """The finished batches of a run, kept in its work folder until all are there.

    Args:
        folder: the work folder, as `arts.data.support.atomic.resumable_folder` gives it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done = 0
        while self._tally(self.done).is_file():
            self.done += 1

    def add(self, batch: Batch, kept: Sequence[Instance]) -> None:
        """Keep the instances and the counts of a finished batch."""
        from arts.data.hf_dataset import write_instances

        with atomic_file(self._rows(self.done)) as path:
            write_instances(kept, path)
        tally = Tally.of(outcome for _, group in batch for outcome in group)
        with atomic_file(self._tally(self.done)) as path:
            path.write_text(tally.model_dump_json())
        self.done += 1

    @property
    def shards(self) -> list[Path]:
        """The Parquet files of the finished batches, in order."""
        return [self._rows(number) for number in range(self.done)]

    def tally(self) -> Tally:
        """The counts of all finished batches."""
        total = Tally()
        for number in range(self.done):
            total.merge(Tally.model_validate_json(self._tally(number).read_bytes()))
        return total

    def _rows(self, number: int) -> Path:
        return self.folder / f"{number:06}.parquet"

    def _tally(self, number: int) -> Path:
        return self.folder / f"{number:06}.json"


def chosen(batch: Batch) -> list[Instance]:
    """The rows of a batch: each original followed by the best variant of every strategy that has one."""
    rows = []
    for _, group in batch:
        seen = None
        for outcome in group:
            if outcome.source.id != seen:
                rows.append(outcome.source)
                seen = outcome.source.id
            rows += outcome.candidates[:1]
    return rows


def judged(batch: Batch, scorer: Scorer) -> Batch:
    """The batch with its candidates ranked by a language model."""
    everything = ranked([outcome for _, group in batch for outcome in group], scorer)
    remaining = iter(everything)
    return [(sentence, [next(remaining) for _ in group]) for sentence, group in batch]
