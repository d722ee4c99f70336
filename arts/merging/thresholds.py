"""Finding the thresholds of TIES: the smallest magnitude that is kept of each task vector."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt

from arts.data.support.arrays import FloatArray
from arts.merging.checkpoints.blocks import Values
from arts.merging.plan import MergePlan
from arts.merging.task_blocks import (
    AdvanceProgress,
    PlannedSpan,
    read_task_blocks,
    short_dtype,
    span_blocks,
    tensor_spans,
)
from arts.merging.workers import Workers, Workspace

Counts = npt.NDArray[np.int64]
Halves = npt.NDArray[np.uint16]  # upper or lower halves of the bits of fp32 numbers

_BINS = 1 << 16  # one bin for each value of 16 bits, which are half of an fp32 number


@dataclass(frozen=True)
class ThresholdSearch:
    """Finds thresholds by histograms: first the upper 16 bits of each, then the lower 16 bits.

    Args:
        plan: the plan whose models to read.
        workers: the threads to read with.
        densities: the shares of elements to keep, keyed by tensor name; each value is an array (models,).
        group: function from a tensor's name to the key of the tensors that share thresholds with it.
        progress: called after each span with its number of elements.
    """

    plan: MergePlan
    workers: Workers
    densities: Mapping[str, FloatArray]
    group: Callable[[str], str]
    progress: AdvanceProgress | None = None

    def find(self) -> tuple[dict[str, list[float]], int]:
        """Find the thresholds, exactly, in two passes over the task vectors.

        Returns:
            Lists with one threshold per model, keyed by group; and the number of elements that are kept
            beyond the densities, of all models together, because their magnitudes are equal to a threshold.
        """
        surplus = 0
        sizes: dict[str, int] = {}
        shares: dict[str, FloatArray] = {}
        for tensor in self.plan.merged_tensors:
            group = self.group(tensor.name)
            sizes[group] = sizes.get(group, 0) + tensor.entry.count
            shares[group] = self.densities[tensor.name]
        ranks = {g: [max(1, int(share * sizes[g])) for share in shares[g]] for g in sizes}

        def upper_halves(group: str, model: int, task: Values) -> Halves:
            return (_magnitude_bits(task) >> 16).astype(np.uint16)

        upper = {
            group: [
                _bin_of_rank(histogram, rank) for histogram, rank in zip(counts, ranks[group], strict=True)
            ]
            for group, counts in self._histograms(upper_halves)
        }

        def lower_halves(group: str, model: int, task: Values) -> Halves:
            bits = _magnitude_bits(task)
            in_bin = bits[np.flatnonzero(bits >> 16 == upper[group][model][0])]  # faster than by a mask
            return in_bin.astype(np.uint16)

        thresholds: dict[str, list[float]] = {}
        for group, counts in self._histograms(lower_halves):
            thresholds[group] = []
            for histogram, (upper_bin, rank), share in zip(counts, upper[group], shares[group], strict=True):
                lower_bin, rest = _bin_of_rank(histogram, rank)
                thresholds[group].append(_float_of_bits(upper_bin, lower_bin))
                if share and thresholds[group][-1]:
                    surplus += int(histogram[lower_bin]) - rest
        return thresholds, surplus

    def _histograms(
        self,
        select: Callable[[str, int, Values], Halves],
    ) -> Iterator[tuple[str, Counts]]:
        """Add up histograms over the spans of each group of tensors that shares thresholds.

        Args:
            select: function that is called with the key of a group, a model's index and elements of its task
                vector, and returns the 16 bits of each that are counted, or of some of them.

        Yields:
            The key of the group of tensors, and an array (models, 65536) of counts.
        """
        totals: dict[str, Counts] = {}
        lock = Lock()

        def add_span(planned: PlannedSpan, space: Workspace) -> tuple[str, int]:
            tensor, span = planned
            group = self.group(tensor.name)
            rows = space.narrow if short_dtype(self.plan, tensor) else space.wide
            halves: list[list[Halves]] = [[] for _ in self.plan.models]
            for block in span_blocks(planned, space.block):
                _, tasks = read_task_blocks(self.plan, block, rows=rows, space=space)
                for model, task in enumerate(tasks):
                    halves[model].append(select(group, model, task))
            for model, parts in enumerate(halves):
                counts = np.bincount(np.concatenate(parts), minlength=_BINS)
                with lock:
                    totals.setdefault(group, np.zeros((len(halves), _BINS), np.int64))[model] += counts
            return group, span.count

        current = None
        for group, elements in self.workers.map(
            add_span, tensor_spans(self.plan.merged_tensors, self.workers.span)
        ):
            if current is not None and group != current:  # all its spans are done: they come in order
                yield current, totals.pop(current)
            current = group
            if self.progress:
                self.progress(elements)
        if current is not None:
            yield current, totals.pop(current)


def _magnitude_bits(task: Values) -> npt.NDArray[np.int32]:
    """The bits of the absolute values (fp32), read as integers; a larger value has a larger integer."""
    return task.astype(np.float32, copy=False).view(np.int32) & np.int32(0x7FFFFFFF)


def _float_of_bits(upper: int, lower: int) -> float:
    """The fp32 number that has these upper and lower 16 bits."""
    return float(np.array([(upper << 16) | lower], np.uint32).view(np.float32)[0])


def _bin_of_rank(histogram: Counts, rank: int) -> tuple[int, int]:
    """Find the bin of a histogram that contains the element of a given rank.

    Args:
        histogram: number of elements in each bin, from the smallest values to the largest.
        rank: rank of the element; the largest element has rank 1.

    Returns:
        The index of the bin, and the rank of the element among the elements of this bin.
    """
    above = np.cumsum(histogram[::-1])
    position = int(np.searchsorted(above, rank))
    return len(histogram) - 1 - position, rank - (int(above[position - 1]) if position else 0)
