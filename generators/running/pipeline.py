"""Running the generator over a stream of sentences in batches, in parallel and in constant memory."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread

from arts.data.schema import Sentence
from arts.generators.choices import Engine
from arts.generators.generator import Generator
from arts.generators.running.batches import BATCH_SIZE, GenerationJob, OutcomeBatch, split_batches


def stream_outcomes(
    sentences: Iterable[Sentence], job: GenerationJob, *, workers: int = 1, engine: Engine = Engine.LOCAL
) -> Iterator[OutcomeBatch]:
    """Stream the outcomes of sentences in batches, in the order of the sentences.

    Args:
        sentences: the sentences to perturb.
        job: the AspectSet and the options of the generator.
        workers: the number of worker processes (or actors of Ray) to use.
        engine: what distributes the batches to the workers; the outcomes are equal with all engines.

    Yields:
        Lists of (sentence, outcomes) pairs, one list per batch.

    Raises:
        MissingDependencyError: when the engine is Ray and Ray is not installed.
    """
    batches = split_batches(sentences, BATCH_SIZE)
    if engine is Engine.RAY:
        from arts.generators.running.ray_engine import map_on_ray

        yield from map_on_ray(batches, job, workers=workers)
    elif workers > 1:
        yield from _map_in_processes(batches, job, workers)
    else:
        generator = job.load_generator()
        for batch in batches:
            yield list(generator.outcomes(batch))


def _map_in_processes(
    batches: Iterable[list[Sentence]], job: GenerationJob, workers: int
) -> Iterator[OutcomeBatch]:
    """Stream the outcomes of batches in order, computed by worker processes.

    At most two batches per process are read ahead of the one whose outcomes come next.
    """
    with ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (job,)) as executor:
        waiting: deque[Callable[[], OutcomeBatch]] = deque()
        for batch in batches:
            waiting.append(executor.submit(_perturb, batch).result)
            if len(waiting) >= 2 * workers:
                yield waiting.popleft()()
        while waiting:
            yield waiting.popleft()()


_generator: Generator  # the generator of this worker process


def _start_worker(job: GenerationJob) -> None:
    """Load the generator of a worker process, which ends when its parent does, in whatever way."""
    global _generator
    Thread(target=_end_with_parent, daemon=True).start()
    _generator = job.load_generator()


def _end_with_parent() -> None:
    """Wait for the end of the parent process, and end this process: it would wait for batches for ever."""
    parent = parent_process()
    assert parent
    parent.join()
    os._exit(1)


def _perturb(batch: list[Sentence]) -> OutcomeBatch:
    """The outcomes of a batch, in a worker process."""
    return list(_generator.outcomes(batch))
