"""The engine for corpora that outgrow one machine: the generator as a map over batches on Ray Data."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from arts.data.errors import MissingDependencyError

if TYPE_CHECKING:
    from arts.data.schema import Sentence
    from arts.generators.running.pipeline import Batch, Work

WINDOW = 64  # batches handed to Ray at a time


def mapped(groups: Iterable[list[Sentence]], work: Work, workers: int) -> Iterator[Batch]:
    """Stream the outcomes of groups of sentences, in order, computed by actors of Ray Data.

    Joins the cluster that Ray is connected or configured to; without one, starts a local one of `workers`
    processes.

    Raises:
        MissingDependencyError: when Ray is not installed.
    """
    try:
        import ray
    except ImportError as error:
        raise MissingDependencyError("Ray", "ray") from error
    from arts.generators.running.pipeline import batches

    if not ray.is_initialized():
        ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    for window in batches(groups, WINDOW):
        items = [{"group": pickle.dumps(group)} for group in window]
        dataset = ray.data.from_items(items, override_num_blocks=len(items)).map_batches(
            Perturb, fn_constructor_args=(work,), batch_size=1, concurrency=workers
        )
        for row in dataset.iter_rows():
            yield pickle.loads(row["outcomes"])


class Perturb:
    """An actor that holds a generator."""

    def __init__(self, work: Work) -> None:
        self.generator = work.generator()

    def __call__(self, rows: dict[str, Any]) -> dict[str, list[bytes]]:
        """The pickled outcomes of each row's pickled group of sentences."""
        groups = [pickle.loads(group) for group in rows["group"]]
        return {"outcomes": [pickle.dumps(list(self.generator.outcomes(group))) for group in groups]}
