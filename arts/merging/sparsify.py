"""Thinning out task vectors: TIES trims, DARE drops."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
import numpy.typing as npt

from arts.merging.checkpoints.blocks import Values
from arts.merging.checkpoints.checkpoint import Span
from arts.merging.methods import Method, Thinning, dropped, trimmed
from arts.merging.plan import Part, Plan
from arts.merging.survey import Progress, places, read_span
from arts.merging.workers import Workers, Workspace

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_BINS = 1 << 16  # of each half of the bits of an fp32
_EVERYTHING = "*"  # the group of all tensors, where a threshold is of the whole model


def passes(method: Method, *, by_tensor: bool) -> int:
    """How often everything is read before the first number can be thinned out."""
    if method.thinning is Thinning.TRIM:
        return 2
    return int(method.thinning is Thinning.DROP and by_tensor)


@dataclass
class Thinner:
    """Thins out the task vectors of a method, the same way whatever the order of spans.

    Args:
        method: whose thinning it is.
        densities: by tensor, (models) the share of the numbers that is left.
        checksums: of the models; with the seed, what DARE's masks are drawn from.
        seed: of DARE's masks.
        by_tensor: whether TIES trims, and DARE rescales, tensor by tensor, as mergekit does: to the number of
            the largest magnitudes in the tensor, and to its L1 norm.
        thresholds: by group, (models) the magnitude that trimming leaves.
        scales: by tensor, (models) what brings the L1 norm back.
    """

    method: Method
    densities: dict[str, npt.NDArray[np.float64]]
    checksums: Sequence[str]
    seed: int = 0
    by_tensor: bool = False
    thresholds: dict[str, list[float]] = field(default_factory=dict)
    scales: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)

    def prepare(self, plan: Plan, workers: Workers, progress: Progress | None = None) -> None:
        """Find what has to be known of all numbers before the first is thinned out."""
        if self.method.thinning is Thinning.TRIM:
            self.thresholds = self._thresholds(plan, workers, progress)
        elif self.method.thinning is Thinning.DROP and self.by_tensor:
            self.scales = self._scales(plan, workers, progress)

    def __call__(self, span: Span, tasks: Sequence[Values]) -> list[Values]:
        """The blocks of the task vectors at a place, thinned out."""
        if self.method.thinning is Thinning.TRIM:
            limits = self.thresholds[self._group(span.name)]
            return [trimmed(task, limit) for task, limit in zip(tasks, limits, strict=True)]
        if self.method.thinning is Thinning.DROP:
            densities = self.densities[span.name]
            scales = self.scales.get(span.name, 1 / densities)
            return [
                dropped(task, self.mask(number, span), scale)
                for number, (task, scale) in enumerate(zip(tasks, scales, strict=True))
            ]
        return list(tasks)

    def mask(self, model: int, span: Span) -> Mask:
        """(span.count) which numbers of a model DARE keeps, at random, by seed, model, tensor and place.

        A mask is drawn from 16 random bits a number, so the density is kept to 1/65,536.
        """
        key = f"{self.seed} {self.checksums[model]} {span.name}"
        source = np.random.PCG64(int.from_bytes(hashlib.sha256(key.encode()).digest()[:16], "little"))
        source.advance(span.first // 4)  # each draw serves four numbers
        bits = source.random_raw(-(-span.count // 4)).astype("<u8", copy=False).view("<u2")[: span.count]
        kept: Mask = bits < round(self.densities[span.name][model] * _BINS)
        return kept

    def _group(self, tensor: str) -> str:
        return tensor if self.by_tensor else _EVERYTHING

    def _thresholds(self, plan: Plan, workers: Workers, progress: Progress | None) -> dict[str, list[float]]:
        """The k-th largest magnitudes, exactly: by the upper half of the bits, then the lower."""
        sizes: dict[str, int] = {}
        shares: dict[str, npt.NDArray[np.float64]] = {}
        for part in plan.merged:
            group = self._group(part.name)
            sizes[group] = sizes.get(group, 0) + part.tensor.count
            shares[group] = self.densities[part.name]
        ranks = {g: [max(1, int(share * sizes[g])) for share in shares[g]] for g in sizes}

        def upper(group: str, model: int, task: Values) -> Counts:
            return np.bincount(_magnitude(task) >> 16, minlength=_BINS)

        tops = {
            group: [_ranked(histogram, rank) for histogram, rank in zip(counts, ranks[group], strict=True)]
            for group, counts in self._counted(plan, workers, upper, progress)
        }

        def lower(group: str, model: int, task: Values) -> Counts:
            bits = _magnitude(task)
            there = bits[np.flatnonzero(bits >> 16 == tops[group][model][0])]  # faster than by a mask
            return np.bincount(there & 0xFFFF, minlength=_BINS)

        found: dict[str, list[float]] = {}
        for group, counts in self._counted(plan, workers, lower, progress):
            found[group] = [
                _number(bin_, _ranked(histogram, left)[0])
                for histogram, (bin_, left) in zip(counts, tops[group], strict=True)
            ]
        return found

    def _counted(
        self,
        plan: Plan,
        workers: Workers,
        count: Callable[[str, int, Values], Counts],
        progress: Progress | None,
    ) -> Iterator[tuple[str, Counts]]:
        """(models, bins) the counts of each group's spans, added up; few groups are held at a time."""
        totals: dict[str, Counts] = {}
        lock = Lock()

        def work(item: tuple[Part, Span], space: Workspace) -> tuple[str, int]:
            part, span = item
            group = self._group(part.name)
            _, tasks = read_span(plan, part, span, space)
            for model, task in enumerate(tasks):
                counts = count(group, model, task)
                with lock:
                    totals.setdefault(group, np.zeros((len(tasks), _BINS), np.int64))[model] += counts
            return group, span.count

        current = None
        for group, numbers in workers.map(work, places(plan.merged, workers.size)):
            if current is not None and group != current:  # all its spans are done: they come in order
                yield current, totals.pop(current)
            current = group
            if progress:
                progress(numbers)
        if current is not None:
            yield current, totals.pop(current)

    def _scales(
        self, plan: Plan, workers: Workers, progress: Progress | None
    ) -> dict[str, npt.NDArray[np.float64]]:
        """What brings a tensor that DARE has thinned out back to its L1 norm."""

        def work(item: tuple[Part, Span], space: Workspace) -> tuple[Span, npt.NDArray[np.float64]]:
            part, span = item
            _, tasks = read_span(plan, part, span, space)
            norms = [
                (np.abs(task).sum(dtype=np.float64), np.abs(task * self.mask(n, span)).sum(dtype=np.float64))
                for n, task in enumerate(tasks)
            ]
            return span, np.array(norms).T

        totals: dict[str, npt.NDArray[np.float64]] = {}
        for span, norms in workers.map(work, places(plan.merged, workers.size)):
            totals[span.name] = totals.get(span.name, 0) + norms
            if progress:
                progress(span.count)
        return {
            name: np.divide(before, after, out=np.ones_like(before), where=after > 0)
            for name, (before, after) in totals.items()
        }


def _magnitude(task: Values) -> npt.NDArray[np.int32]:
    """The bits of the absolute values, which are ordered as they are."""
    return task.astype(np.float32, copy=False).view(np.int32) & np.int32(0x7FFFFFFF)


def _number(upper: int, lower: int) -> float:
    return float(np.array([(upper << 16) | lower], np.uint32).view(np.float32)[0])


def _ranked(histogram: Counts, rank: int) -> tuple[int, int]:
    """The bin that the number of a rank is in, counted from the largest, and its rank within the bin."""
    above = np.cumsum(histogram[::-1])
    place = int(np.searchsorted(above, rank))
    return len(histogram) - 1 - place, rank - (int(above[place - 1]) if place else 0)
