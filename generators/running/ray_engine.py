"""The engine for corpora that outgrow one machine: the generator as a map over batches on Ray Data."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from typing import Any

from arts.data.errors import MissingDependencyError
from arts.data.schema import Sentence
from arts.generators.running.batches import GenerationJob, OutcomeBatch, split_batches

WINDOW = 64  # batches handed to Ray at a time


def map_on_ray(
    batches: Iterable[list[Sentence]], job: GenerationJob, *, workers: int
) -> Iterator[OutcomeBatch]:
    """Stream the outcomes of batches of sentences, in order, computed by actors of Ray Data.

    Joins the cluster that Ray is connected or configured to; without one, starts a local one.

    Args:
        batches: the sentences.
        job: what to generate.
        workers: how many actors to use, and processes of a local cluster to start.

    Raises:
        MissingDependencyError: when Ray is not installed.
    """
    try:
        import ray
    except ImportError as error:
        raise MissingDependencyError("Ray", "ray") from error

    if not ray.is_initialized():
        ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    for window in split_batches(batches, WINDOW):
        items = [{"sentences": pickle.dumps(batch)} for batch in window]
        dataset = ray.data.from_items(items, override_num_blocks=len(items)).map_batches(
            PerturbingActor, fn_constructor_args=(job,), batch_size=1, concurrency=workers
        )
        for row in dataset.iter_rows():
            yield pickle.loads(row["outcomes"])


class PerturbingActor:
    """An actor of Ray that holds a generator.

    Args:
        job: what to generate.
    """

    def __init__(self, job: GenerationJob) -> None:
        self.generator = job.load_generator()

    def __call__(self, rows: dict[str, Any]) -> dict[str, list[bytes]]:
        """The pickled outcomes of each row's pickled batch of sentences."""
        batches = [pickle.loads(batch) for batch in rows["sentences"]]
        return {"outcomes": [pickle.dumps(list(self.generator.outcomes(batch))) for batch in batches]}
