"""The last pass of a merge: sparsify, combine, round and write the weights, one span after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from arts.data.support.arrays import BoolArray, FloatArray, IntArray
from arts.merging.checkpoints.blocks import (
    OVERFLOW,
    SIZES,
    Raw,
    Values,
    decode,
    encode,
    encode_bf16_estimates,
)
from arts.merging.checkpoints.checkpoint import TensorEntry, TensorSpan
from arts.merging.checkpoints.checkpoint_writer import CheckpointOutput
from arts.merging.formula import MergeFormula
from arts.merging.methods import MergeMethod
from arts.merging.options import MergeOptions, densities_by_tensor, weights_by_tensor
from arts.merging.plan import MergeError, MergePlan, PlannedTensor
from arts.merging.sparsify import Sparsifier
from arts.merging.survey import TaskVectorSurvey
from arts.merging.task_blocks import (
    AdvanceProgress,
    PlannedSpan,
    read_task_blocks,
    short_dtype,
    span_blocks,
    tensor_spans,
)
from arts.merging.workers import Workers, Workspace

_SAMPLING_STEP = 16  # every 16th element is counted, for the shares in the report
_LARGEST_DOUBT = 8  # at most one element in so many is merged again


@dataclass
class SparsifiedCounts:
    """Counts over a sample of the sparsified task vectors: every 16th element.

    Args:
        sampled: number of elements of one task vector that are in the sample.
        kept: for each model, number of sampled elements that are not 0; an integer array (models,).
        agreeing: number of sampled elements, of all models together, with the elected sign: that of the
            weighted sum of the task vectors.
    """

    sampled: int = 0
    kept: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    agreeing: int = 0

    def add(self, counts: SparsifiedCounts) -> None:
        """Add the counts of another span to these."""
        self.sampled += counts.sampled
        self.kept += counts.kept
        self.agreeing += counts.agreeing


@dataclass(frozen=True)
class MergeOutcome:
    """What a merge used and did, for the report.

    Args:
        weights: the coefficients, keyed by tensor name; each value is an array (models,), not multiplied by
            the scale.
        densities: the shares of elements to keep, keyed by tensor name; each value is an array (models,).
        counts: counts of kept elements; all 0 when the method does not sparsify.
        surplus: number of elements that TIES kept beyond the densities, because of equal magnitudes.
    """

    weights: dict[str, FloatArray]
    densities: dict[str, FloatArray]
    counts: SparsifiedCounts
    surplus: int


def merge(
    plan: MergePlan,
    survey: TaskVectorSurvey,
    *,
    method: MergeMethod,
    options: MergeOptions,
    output: CheckpointOutput,
    workers: Workers,
    progress: AdvanceProgress | None = None,
) -> MergeOutcome:
    """Merge or copy all tensors of a plan, and write them to the output.

    Args:
        plan: the models and tensors.
        survey: what the first pass measured: inner products and checksums.
        method: the merge method.
        options: its options.
        output: the checkpoint to write; `CheckpointOutput.open` has been called.
        workers: the threads to work with.
        progress: called after each span with its number of elements.

    Raises:
        MergeError: when a merged number is NaN or Inf, or too large for the type that it is to be stored in.
    """
    weights = weights_by_tensor(method, options, plan=plan, survey=survey)
    densities = densities_by_tensor(method, options, plan=plan)
    sparsifier = Sparsifier(method, densities, survey.checksums[1:], options.seed, options.by_tensor)
    sparsifier.prepare(plan, workers, progress=progress)
    merger = _SpanMerger(plan, method, weights, sparsifier, output, options.scale)
    total = SparsifiedCounts(kept=np.zeros(len(plan.models), np.int64))
    for span, counts in workers.map(merger.process, tensor_spans(list(plan.tensors.values()), workers.span)):
        total.add(counts)
        if progress:
            progress(span.count)
    return MergeOutcome(weights, densities, total, sparsifier.surplus)


@dataclass(frozen=True)
class _SpanMerger:
    """Merges spans, or copies them from the base, and writes them; all threads share one object.

    `weights` is keyed by tensor name, and each value is an array (models,).
    """

    plan: MergePlan
    method: MergeMethod
    weights: dict[str, FloatArray]
    sparsifier: Sparsifier
    output: CheckpointOutput
    scale: float

    def process(self, planned: PlannedSpan, space: Workspace) -> tuple[TensorSpan, SparsifiedCounts]:
        """Merge a span or copy it from the base, and write it.

        Returns:
            The span, and the counts of its kept elements, which are 0 when it was not sparsified.
        """
        tensor, span = planned
        counts = SparsifiedCounts(kept=np.zeros(len(self.plan.models), np.int64))
        formula = self._formula(tensor) if tensor.is_merged else None
        for block in span_blocks(planned, space.block):
            if formula:
                raw = self._merged_bytes(block, formula, space=space, counts=counts)
            else:
                raw = self._copied_bytes(block, space)
            self.output.write(block[1], raw)
        return span, counts

    def _formula(self, tensor: PlannedTensor) -> MergeFormula:
        """The formula that a tensor is merged by."""
        weights = self.weights[tensor.name].tolist()
        dtype = short_dtype(self.plan, tensor)
        return MergeFormula(tensor.name, self.method, self.sparsifier, weights, self.scale, dtype)

    def _merged_bytes(
        self, block: PlannedSpan, formula: MergeFormula, *, space: Workspace, counts: SparsifiedCounts
    ) -> Raw:
        """Merge a block, and add the counts of its kept elements to `counts`."""
        tensor, span = block
        entry = self.output.tensors[span.name]
        raw = space.output[: span.count * entry.itemsize]
        masks = self.sparsifier.masks(span)
        may_estimate = entry.dtype == "BF16" and formula.can_estimate and not tensor.missing_rows
        tasks = self._merge_by_estimates(span, formula, masks, space=space, out=raw) if may_estimate else None
        if tasks is None:
            base, tasks = read_task_blocks(self.plan, block, rows=space.wide, space=space)
            merged, tasks = formula.exact(base, tasks, masks)
            _encode_finite(merged, entry, out=raw)
        if self.method.sparsifies:
            counts.add(_sample_counts(tasks, formula.weights))
        return raw

    def _merge_by_estimates(
        self,
        span: TensorSpan,
        formula: MergeFormula,
        masks: Sequence[BoolArray],
        *,
        space: Workspace,
        out: Raw,
    ) -> Sequence[Values] | None:
        """Merge a block in fp32, and again in fp64 where that could have been rounded to the wrong BF16.

        Returns:
            The sparsified task vectors, one array (n,) per model; empty if the method does not sparsify. None
            where this cannot be done: when too many elements would have to be merged again, or one could be
            too large for BF16.
        """
        stored = space.raw.view("<u2")[:, : span.count]
        for checkpoint, row in zip((self.plan.base, *self.plan.models), stored, strict=True):
            checkpoint.read_raw(checkpoint.tensors[span.name], row.view(np.uint8), first=span.first)
        merged = space.merged[:, : span.count]
        estimates = formula.estimate(stored, masks, rows=space.narrow[:, : span.count], out=merged[0])
        if estimates is None:
            return None
        doubtful = encode_bf16_estimates(estimates.values, estimates.error, out=out, space=merged[1:])
        if estimates.undecided is not None:
            doubtful = np.concatenate([doubtful, np.flatnonzero(estimates.undecided)])
        if len(doubtful) > 1 + span.count // _LARGEST_DOUBT:
            return None
        if len(doubtful):
            patch = np.empty(2 * len(doubtful), np.uint8)
            encode(formula.exact_at(stored, masks, doubtful), "BF16", out=patch)
            out.view("<u2")[doubtful] = patch.view("<u2")
        return estimates.tasks

    def _copied_bytes(self, block: PlannedSpan, space: Workspace) -> Raw:
        """The bytes of a block of a tensor that is copied, converted to the type of the output."""
        tensor, span = block
        entry = self.output.tensors[span.name]
        stored = np.empty(span.count * tensor.entry.itemsize, np.uint8)  # up to 8 bytes an element
        self.plan.base.read_raw(tensor.entry, stored, first=span.first)
        if tensor.entry.dtype not in SIZES:
            return stored
        values = space.wide[0, : span.count]
        decode(stored, tensor.entry.dtype, out=values)
        raw = space.output[: span.count * entry.itemsize]
        _encode_finite(values, entry, out=raw)
        return raw


def _encode_finite(exact: Values, entry: TensorEntry, *, out: Raw) -> None:
    """Convert elements to the bytes of a tensor of the output.

    Raises:
        MergeError: when one is NaN or Inf, or too large for the tensor's type.
    """
    if encode(exact, entry.dtype, out=out):
        return
    largest = float(np.abs(exact).max())  # NaN when an element is
    wider = (
        "; --dtype bfloat16 or float32 holds it"
        if entry.dtype == "F16" and largest < OVERFLOW["BF16"]
        else ""
    )
    what = f"too large for {entry.dtype} ({largest:.3g}){wider}" if largest < np.inf else "NaN or Inf"
    raise MergeError(f"{entry.name}: a merged number is {what}")


def _sample_counts(tasks: Sequence[Values], weights: Sequence[float]) -> SparsifiedCounts:
    """Count, among every 16th element, those that are not 0 and those with the weighted sum's sign."""
    sample = np.array([task[::_SAMPLING_STEP] * weight for task, weight in zip(tasks, weights, strict=True)])
    nonzero = np.count_nonzero(sample, axis=1)
    agreeing = int(np.count_nonzero(np.sign(sample) * np.sign(sample.sum(axis=0)) > 0))
    return SparsifiedCounts(sample.shape[1], nonzero, agreeing)
