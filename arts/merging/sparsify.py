"""Sparsifying task vectors: TIES trims (sets to 0) the smallest elements, DARE drops random ones."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from arts.data.support.arrays import BoolArray, FloatArray
from arts.merging.checkpoints.blocks import Values
from arts.merging.checkpoints.checkpoint import TensorSpan
from arts.merging.methods import MergeMethod, Sparsification, drop, trim
from arts.merging.plan import MergePlan
from arts.merging.task_blocks import (
    AdvanceProgress,
    PlannedSpan,
    read_task_blocks,
    short_dtype,
    span_blocks,
    tensor_spans,
)
from arts.merging.thresholds import ThresholdSearch
from arts.merging.workers import Workers, Workspace

_BINS = 1 << 16  # one bin for each value of 16 bits, which are half of an fp32 number
_ALL_TENSORS = "*"  # key of thresholds that hold for the whole model


def sparsifier_passes(method: MergeMethod, *, by_tensor: bool) -> int:
    """Number of times that all models have to be read before the first element can be sparsified."""
    if method.sparsification is Sparsification.TRIM:
        return 2
    return int(method.sparsification is Sparsification.DROP and by_tensor)


def kept_share(method: MergeMethod, density: float) -> float:
    """The share of elements that a method keeps by a density, which DARE rounds to a multiple of 1/65,536."""
    return round(density * _BINS) / _BINS if method.sparsification is Sparsification.DROP else density


def differ_by_tensor(values: Mapping[str, FloatArray]) -> bool:
    """Whether densities or coefficients are not the same for all tensors.

    Where densities differ, TIES trims each tensor by itself.

    Args:
        values: the densities or coefficients, keyed by tensor name; each value is an array (models,).
    """
    rows = list(values.values())
    return any((row != rows[0]).any() for row in rows)


@dataclass
class Sparsifier:
    """Sparsifies task vectors span by span; the order of the spans does not change the result.

    Args:
        method: the merge method, which says how to sparsify.
        densities: the shares of elements to keep, keyed by tensor name; each value is an array (models,).
        checksums: one checksum per model; DARE's random masks depend on them and on the seed.
        seed: random seed of DARE's masks.
        by_tensor: whether each tensor is treated separately, as in mergekit. TIES then keeps the largest
            elements of each tensor, not of the whole model; it also does so when densities differ between
            tensors. DARE then scales each tensor back to its L1 norm, not by 1 / density.
        thresholds: the smallest magnitudes that TIES keeps, keyed by tensor name; each value is a list with
            one magnitude per model. The only key is ``*`` when they hold for the whole model. `prepare` sets
            them.
        scales: the factors by which DARE restores the L1 norm, keyed by tensor name; each value is an array
            (models,). Empty when it scales by 1 / density. `prepare` sets them.
        surplus: number of elements that TIES keeps beyond the densities, of all models together, because
            their magnitudes are equal to the smallest that is kept. `prepare` sets it.
    """

    method: MergeMethod
    densities: dict[str, FloatArray]
    checksums: Sequence[str]
    seed: int = 0
    by_tensor: bool = False
    thresholds: dict[str, list[float]] = field(default_factory=dict)
    scales: dict[str, FloatArray] = field(default_factory=dict)
    surplus: int = 0

    def prepare(self, plan: MergePlan, workers: Workers, *, progress: AdvanceProgress | None = None) -> None:
        """Calculate and set what `sparsify` needs: `thresholds` for TIES, `scales` for DARE with `by_tensor`.

        All elements are read for this. DARE without `by_tensor` needs neither, and nothing is read.

        Args:
            plan: the plan whose models to read.
            workers: the threads to read with.
            progress: called after each span with its number of elements.
        """
        if self.method.sparsification is Sparsification.TRIM:
            search = ThresholdSearch(plan, workers, self.densities, self._group, progress)
            self.thresholds, self.surplus = search.find()
        elif self.method.sparsification is Sparsification.DROP and self.by_tensor:
            self.scales = self._find_scales(plan, workers, progress)

    def masks(self, span: TensorSpan) -> list[BoolArray]:
        """DARE's masks of a span, one array (span.count,) per model; empty for other methods."""
        if self.method.sparsification is not Sparsification.DROP:
            return []
        return [self.mask(model, span) for model in range(len(self.checksums))]

    def sparsify(self, tensor: str, tasks: Sequence[Values], *, masks: Sequence[BoolArray]) -> list[Values]:
        """Sparsify some elements of each task vector.

        Args:
            tensor: name of the tensor that the elements are of.
            tasks: the elements of each task vector, one array (n,) per model.
            masks: DARE's masks of the same elements, one array (n,) per model; empty for other methods.

        Returns:
            The sparsified elements, one array (n,) per model.
        """
        densities = self.densities[tensor]
        if self.method.sparsification is Sparsification.TRIM:
            thresholds = self.thresholds[self._group(tensor)]
            return [
                trim(task, threshold if density else np.inf)
                for task, threshold, density in zip(tasks, thresholds, densities, strict=True)
            ]
        if self.method.sparsification is Sparsification.DROP:
            scales = self.scales.get(tensor, 1 / np.where(densities > 0, densities, 1))
            return [
                drop(task, mask, scale=scale) for task, mask, scale in zip(tasks, masks, scales, strict=True)
            ]
        return list(tasks)

    def mask(self, model: int, span: TensorSpan) -> BoolArray:
        """The random mask of DARE: which elements of a span are kept.

        The mask depends only on the seed, the model's checksum, the tensor's name and the elements' indices.
        It is drawn from 16 random bits per element, so the density is rounded to a multiple of 1/65,536.

        Args:
            model: index of the model.
            span: the elements.

        Returns:
            An array (span.count,) of booleans; true for the elements that are kept.
        """
        key = f"{self.seed} {self.checksums[model]} {span.name}"
        source = np.random.PCG64(int.from_bytes(hashlib.sha256(key.encode()).digest()[:16], "little"))
        source.advance(span.first // 4)  # each draw serves four elements
        bits = source.random_raw(-(-span.count // 4)).astype("<u8", copy=False).view("<u2")[: span.count]
        mask: BoolArray = bits < round(self.densities[span.name][model] * _BINS)
        return mask

    @cached_property
    def _has_groups(self) -> bool:
        """Whether TIES trims each tensor separately."""
        return self.by_tensor or differ_by_tensor(self.densities)

    def _group(self, tensor: str) -> str:
        """The key of the tensor's thresholds: its name, or ``*`` when thresholds hold for the whole model."""
        return tensor if self._has_groups else _ALL_TENSORS

    def _find_scales(
        self, plan: MergePlan, workers: Workers, progress: AdvanceProgress | None
    ) -> dict[str, FloatArray]:
        """Calculate the factors that restore the L1 norm of task vectors after DARE has dropped elements.

        Returns:
            The factors, keyed by tensor name; each value is an array (models,).
        """

        def measure_norms(planned: PlannedSpan, space: Workspace) -> tuple[TensorSpan, FloatArray]:
            tensor, span = planned
            rows = space.narrow if short_dtype(plan, tensor) else space.wide
            norms = np.zeros((2, len(plan.models)))
            for block in span_blocks(planned, space.block):
                _, tasks = read_task_blocks(plan, block, rows=rows, space=space)
                for number, (task, mask) in enumerate(zip(tasks, self.masks(block[1]), strict=True)):
                    magnitudes = np.abs(task).astype(np.float64, copy=False)
                    norms[:, number] += magnitudes.sum(), magnitudes @ mask
            return span, norms

        totals: dict[str, FloatArray] = {}
        for span, norms in workers.map(measure_norms, tensor_spans(plan.merged_tensors, workers.span)):
            totals[span.name] = totals.get(span.name, 0) + norms
            if progress:
                progress(span.count)
        return {
            name: np.divide(before, after, out=np.ones_like(before), where=after > 0)
            for name, (before, after) in totals.items()
        }
