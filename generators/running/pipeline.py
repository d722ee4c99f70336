"""From a stream of sentences to a stream of outcomes: in batches, in parallel, in constant memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from arts.data.schema import Sentence
from arts.generators.choices import Engine
from arts.generators.generator import Generator
from arts.generators.running.batches import BATCH_SIZE, GenerationJob, OutcomeBatch, split_batches


def stream_outcomes(
    sentences: Iterable[Sentence], job: GenerationJob, *, workers: int = 1, engine: Engine = Engine.LOCAL
) -> Iterator[OutcomeBatch]:
    """Stream the outcomes batch by batch, in the order of the sentences, whoever computes them.

    Args:
        sentences: the sentences to perturb.
        job: what to generate.
        workers: how many processes, or actors of Ray, to use.
        engine: what runs them.

    Raises:
        MissingDependencyError: for Ray, when it is not installed.
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
    """Stream the outcomes from worker processes, never more than two batches a process ahead."""
    with ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (job,)) as executor:
        waiting: deque[Callable[[], OutcomeBatch]] = deque()
        for batch in batches:
            waiting.append(executor.submit(_perturb, batch).result)
            if len(waiting) >= 2 * workers:
                yield waiting.popleft()()
        while waiting:
            yield waiting.popleft()()


_generator: Generator  # of a worker process


def _start_worker(job: GenerationJob) -> None:
    global _generator
    _generator = job.load_generator()


def _perturb(batch: list[Sentence]) -> OutcomeBatch:
    return list(_generator.outcomes(batch))
