"""The engine for corpora that outgrow one machine, which runs the generator on Ray Data."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from typing import Any

from arts.data.errors import MissingDependencyError
from arts.data.schema import Sentence
from arts.generators.running.batches import GenerationJob, OutcomeBatch, split_batches

WINDOW = 64  # number of batches that are handed to Ray at a time


def map_on_ray(
    batches: Iterable[list[Sentence]], job: GenerationJob, *, workers: int
) -> Iterator[OutcomeBatch]:
    """Stream the outcomes of batches of sentences, in order, computed by actors of Ray Data.

    It uses the cluster that Ray is connected to or configured for. When there is none, it starts a local one.

    Args:
        batches: the batches of sentences.
        job: the AspectSet and the options of the generator.
        workers: the number of actors to use, and of processes of a local cluster.

    Yields:
        Lists of (sentence, outcomes) pairs, one list per batch.

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
    """An actor of Ray that holds a generator and runs it on batches of sentences.

    Args:
        job: the AspectSet and the options of the generator.
    """

    def __init__(self, job: GenerationJob) -> None:
        self.generator = job.load_generator()

    def __call__(self, rows: dict[str, Any]) -> dict[str, list[bytes]]:
        """Run the generator on batches of sentences.

        Args:
            rows: a dictionary with the key ``sentences``, whose value has one pickled list of sentences per
                batch.

        Returns:
            A dictionary with the key ``outcomes``, whose value has one pickled list of (sentence, outcomes)
            pairs per batch.
        """
        batches = [pickle.loads(batch) for batch in rows["sentences"]]
        return {"outcomes": [pickle.dumps(list(self.generator.outcomes(batch))) for batch in batches]}
