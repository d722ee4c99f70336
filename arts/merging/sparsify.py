"""Sparsifying task vectors: TIES trims the smallest elements, DARE drops random ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
import numpy.typing as npt

from arts.data.support.arrays import BoolArray, FloatArray
from arts.merging.checkpoints.blocks import Values
from arts.merging.checkpoints.checkpoint import TensorSpan
from arts.merging.methods import MergeMethod, Sparsification, drop, trim
from arts.merging.plan import MergePlan
from arts.merging.survey import AdvanceProgress, PlannedSpan, read_task_blocks, tensor_spans
from arts.merging.workers import Workers, Workspace

Counts = npt.NDArray[np.int64]

_BINS = 1 << 16  # one for each value of 16 bits, which is half of an fp32
_ALL_TENSORS = "*"  # the group of all tensors, where a threshold is of the whole model


def sparsifier_passes(method: MergeMethod, *, by_tensor: bool) -> int:
    """Number of times that all models are read before the first element can be sparsified."""
    if method.sparsification is Sparsification.TRIM:
        return 2
    return int(method.sparsification is Sparsification.DROP and by_tensor)


@dataclass
class Sparsifier:
    """Sparsifies the task vectors for a method, with the same result in whatever order spans come.

    Args:
        method: the method whose sparsification it is.
        densities: by tensor, (models) the share of the elements to keep.
        checksums: checksum of each model; with the seed, they determine DARE's masks.
        seed: random seed of DARE's masks.
        by_tensor: whether TIES trims, and DARE rescales, tensor by tensor, as mergekit does: TIES to the
            largest magnitudes in the tensor, DARE to its L1 norm.
        thresholds: by group of tensors, (models) the smallest magnitude that trimming keeps.
        scales: by tensor, (models) the factor that restores the L1 norm.
    """

    method: MergeMethod
    densities: dict[str, FloatArray]
    checksums: Sequence[str]
    seed: int = 0
    by_tensor: bool = False
    thresholds: dict[str, list[float]] = field(default_factory=dict)
    scales: dict[str, FloatArray] = field(default_factory=dict)

    def prepare(self, plan: MergePlan, workers: Workers, *, progress: AdvanceProgress | None = None) -> None:
        """Calculate the thresholds or scales, which depend on all elements.

        Args:
            plan: the plan whose models to read.
            workers: the threads to read with.
            progress: called after each span.
        """
        if self.method.sparsification is Sparsification.TRIM:
            self.thresholds = self._find_thresholds(plan, workers, progress)
        elif self.method.sparsification is Sparsification.DROP and self.by_tensor:
            self.scales = self._find_scales(plan, workers, progress)

    def sparsify(self, span: TensorSpan, tasks: Sequence[Values]) -> list[Values]:
        """Sparsify a span of each task vector."""
        if self.method.sparsification is Sparsification.TRIM:
            thresholds = self.thresholds[self._group(span.name)]
            return [trim(task, threshold) for task, threshold in zip(tasks, thresholds, strict=True)]
        if self.method.sparsification is Sparsification.DROP:
            densities = self.densities[span.name]
            scales = self.scales.get(span.name, 1 / densities)
            return [
                drop(task, self.mask(number, span), scale=scale)
                for number, (task, scale) in enumerate(zip(tasks, scales, strict=True))
            ]
        return list(tasks)

    def mask(self, model: int, span: TensorSpan) -> BoolArray:
        """(span.count) which elements DARE keeps, random by seed, model, tensor and index.

        A mask is drawn from 16 random bits an element, so the density is rounded to 1/65,536.

        Args:
            model: index of the model.
            span: the elements.
        """
        key = f"{self.seed} {self.checksums[model]} {span.name}"
        source = np.random.PCG64(int.from_bytes(hashlib.sha256(key.encode()).digest()[:16], "little"))
        source.advance(span.first // 4)  # each draw serves four elements
        bits = source.random_raw(-(-span.count // 4)).astype("<u8", copy=False).view("<u2")[: span.count]
        mask: BoolArray = bits < round(self.densities[span.name][model] * _BINS)
        return mask

    def _group(self, tensor: str) -> str:
        """The group that shares a threshold with a tensor: itself, or all tensors."""
        return tensor if self.by_tensor else _ALL_TENSORS

    def _find_thresholds(
        self, plan: MergePlan, workers: Workers, progress: AdvanceProgress | None
    ) -> dict[str, list[float]]:
        """The k-th largest magnitudes, exactly: by the upper half of the bits, then by the lower half."""
        sizes: dict[str, int] = {}
        shares: dict[str, FloatArray] = {}
        for tensor in plan.merged_tensors:
            group = self._group(tensor.name)
            sizes[group] = sizes.get(group, 0) + tensor.entry.count
            shares[group] = self.densities[tensor.name]
        ranks = {g: [max(1, int(share * sizes[g])) for share in shares[g]] for g in sizes}

        def count_upper(group: str, model: int, task: Values) -> Counts:
            return np.bincount(_magnitude_bits(task) >> 16, minlength=_BINS)

        upper = {
            group: [
                _bin_of_rank(histogram, rank) for histogram, rank in zip(counts, ranks[group], strict=True)
            ]
            for group, counts in self._histograms(plan, workers, count=count_upper, progress=progress)
        }

        def count_lower(group: str, model: int, task: Values) -> Counts:
            bits = _magnitude_bits(task)
            in_bin = bits[np.flatnonzero(bits >> 16 == upper[group][model][0])]  # faster than by a mask
            return np.bincount(in_bin & 0xFFFF, minlength=_BINS)

        return {
            group: [
                _float_of_bits(upper_bin, _bin_of_rank(histogram, rank)[0])
                for histogram, (upper_bin, rank) in zip(counts, upper[group], strict=True)
            ]
            for group, counts in self._histograms(plan, workers, count=count_lower, progress=progress)
        }

    def _histograms(
        self,
        plan: MergePlan,
        workers: Workers,
        *,
        count: Callable[[str, int, Values], Counts],
        progress: AdvanceProgress | None,
    ) -> Iterator[tuple[str, Counts]]:
        """(models, bins) the counts over all spans of each group; few groups are in memory at a time."""
        totals: dict[str, Counts] = {}
        lock = Lock()

        def add_span(planned: PlannedSpan, space: Workspace) -> tuple[str, int]:
            tensor, span = planned
            group = self._group(tensor.name)
            _, tasks = read_task_blocks(plan, planned, space=space)
            for model, task in enumerate(tasks):
                counts = count(group, model, task)
                with lock:
                    totals.setdefault(group, np.zeros((len(tasks), _BINS), np.int64))[model] += counts
            return group, span.count

        current = None
        for group, elements in workers.map(add_span, tensor_spans(plan.merged_tensors, workers.size)):
            if current is not None and group != current:  # all its spans are done: they come in order
                yield current, totals.pop(current)
            current = group
            if progress:
                progress(elements)
        if current is not None:
            yield current, totals.pop(current)

    def _find_scales(
        self, plan: MergePlan, workers: Workers, progress: AdvanceProgress | None
    ) -> dict[str, FloatArray]:
        """By tensor, (models) the factor that restores the L1 norm after DARE has dropped elements."""

        def measure_norms(planned: PlannedSpan, space: Workspace) -> tuple[TensorSpan, FloatArray]:
            _, span = planned
            _, tasks = read_task_blocks(plan, planned, space=space)
            norms = [
                (np.abs(task).sum(dtype=np.float64), np.abs(task * self.mask(n, span)).sum(dtype=np.float64))
                for n, task in enumerate(tasks)
            ]
            return span, np.array(norms).T

        totals: dict[str, FloatArray] = {}
        for span, norms in workers.map(measure_norms, tensor_spans(plan.merged_tensors, workers.size)):
            totals[span.name] = totals.get(span.name, 0) + norms
            if progress:
                progress(span.count)
        return {
            name: np.divide(before, after, out=np.ones_like(before), where=after > 0)
            for name, (before, after) in totals.items()
        }


def _magnitude_bits(task: Values) -> npt.NDArray[np.int32]:
    """The bits of the absolute values as integers, which have the same order."""
    return task.astype(np.float32, copy=False).view(np.int32) & np.int32(0x7FFFFFFF)


def _float_of_bits(upper: int, lower: int) -> float:
    """The fp32 number of the upper and the lower 16 bits."""
    return float(np.array([(upper << 16) | lower], np.uint32).view(np.float32)[0])


def _bin_of_rank(histogram: Counts, rank: int) -> tuple[int, int]:
    """The bin with the element of a rank, counted from the largest, and its rank within the bin."""
    above = np.cumsum(histogram[::-1])
    position = int(np.searchsorted(above, rank))
    return len(histogram) - 1 - position, rank - (int(above[position - 1]) if position else 0)
