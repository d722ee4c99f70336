"""The last pass of a merge: sparsify, combine, round and write the weights, one span after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from arts.data.support.arrays import FloatArray, IntArray
from arts.merging.checkpoints.blocks import SIZES, Raw, Values, encode
from arts.merging.checkpoints.checkpoint import TensorSpan
from arts.merging.checkpoints.checkpoint_writer import CheckpointOutput
from arts.merging.checkpoints.lora_adapter import LoraAdapter
from arts.merging.methods import MergeMethod
from arts.merging.options import MergeOptions, densities_by_tensor, weights_by_tensor
from arts.merging.plan import MergeError, MergePlan
from arts.merging.sparsify import Sparsifier
from arts.merging.survey import AdvanceProgress, PlannedSpan, TaskVectorSurvey, read_task_blocks, tensor_spans
from arts.merging.workers import Workers, Workspace

_SAMPLING_STEP = 16  # every 16th element is counted, for the shares in the report


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
        baseless: whether the base was left unread because its weight in the result is 0. Even then it is read
            for tensors with rows of tokens that a model lacks.
    """

    weights: dict[str, FloatArray]
    densities: dict[str, FloatArray]
    counts: SparsifiedCounts
    surplus: int
    baseless: bool


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
        MergeError: when a merged number is too large for the type that it is to be stored in.
    """
    weights = weights_by_tensor(method, options, plan=plan, survey=survey)
    densities = densities_by_tensor(method, options, plan=plan)
    sparsifier = Sparsifier(method, densities, survey.checksums[1:], options.seed, options.by_tensor)
    sparsifier.prepare(plan, workers, progress=progress)
    is_full = not any(isinstance(model, LoraAdapter) for model in plan.models)
    baseless = method.convex and options.scale == 1 and is_full
    merger = _SpanMerger(plan, method, weights, sparsifier, output, options.scale, baseless)
    total = SparsifiedCounts(kept=np.zeros(len(plan.models), np.int64))
    for span, counts in workers.map(merger.process, tensor_spans(list(plan.tensors.values()), workers.size)):
        if counts:
            total.add(counts)
        if progress:
            progress(span.count)
    return MergeOutcome(weights, densities, total, sparsifier.surplus, baseless)


@dataclass(frozen=True)
class _SpanMerger:
    """Merges spans, or copies them from the base, and writes them; all threads share one object.

    `weights` is keyed by tensor name, and each value is an array (models,). `baseless` is true when the base
    has weight 0; then it is read only for tensors with rows of tokens that a model lacks.
    """

    plan: MergePlan
    method: MergeMethod
    weights: dict[str, FloatArray]
    sparsifier: Sparsifier
    output: CheckpointOutput
    scale: float
    baseless: bool

    def process(self, planned: PlannedSpan, space: Workspace) -> tuple[TensorSpan, SparsifiedCounts | None]:
        """Merge a span or copy it from the base, and write it.

        Returns:
            The span, and the counts of its kept elements, which are None when it was not sparsified.
        """
        tensor, span = planned
        if not tensor.is_merged:
            self.output.write(span, self._base_bytes(planned, space))
            return span, None
        weights = self.weights[span.name].tolist()
        counts = None
        if self.baseless and not tensor.missing_rows:
            base, tasks = self._read_from_first_model(span, space)
            weights = weights[1:]
        else:
            base, tasks = read_task_blocks(self.plan, planned, space=space)
            if self.method.sparsifies:
                tasks = self.sparsifier.sparsify(span, tasks)
                counts = _sample_counts(tasks, weights)
        self.output.write(span, self._merged_bytes(base, tasks, weights=weights, span=span, space=space))
        return span, counts

    def _read_from_first_model(self, span: TensorSpan, space: Workspace) -> tuple[Values, list[Values]]:
        """Read a span of the first model, in place of the base when that has weight 0 in the result.

        Returns:
            Its elements, an array (span.count,), and the differences of the other models to it, one array
            (span.count,) per other model.
        """
        first_model, *models = self.plan.models
        anchor = space.base[: span.count]
        first_model.read_values(span, out=anchor, buffer=space.buffer)
        tasks = [task[: span.count] for task in space.tasks[1:]]
        for model, task in zip(models, tasks, strict=True):
            model.read_task_vector(span, base=anchor, out=task, buffer=space.buffer)
        return anchor, tasks

    def _merged_bytes(
        self,
        base: Values,
        tasks: Sequence[Values],
        *,
        weights: Sequence[float],
        span: TensorSpan,
        space: Workspace,
    ) -> Raw:
        """Merge a span and convert it to bytes; in fp64 where an fp32 value could round to the wrong BF16."""

        def combine(base: Values, tasks: Sequence[Values]) -> Values:
            return self.method.combine(base, tasks, weights=weights, scale=self.scale)

        dtype = self.output.tensors[span.name].dtype
        raw = space.buffer[: len(base) * SIZES[dtype]]
        doubtful = encode(combine(base, tasks), dtype, out=raw)
        if len(doubtful):
            base, *tasks = (block[doubtful].astype(np.float64) for block in (base, *tasks))
            patch = np.empty(2 * len(doubtful), np.uint8)
            encode(combine(base, tasks), dtype, out=patch)
            raw.view(np.uint16)[doubtful] = patch.view(np.uint16)
        if dtype == "F16" and not np.isfinite(raw.view(np.float16)).all():
            raise MergeError(
                f"{span.name}: a merged number is too large for F16; --dtype bfloat16 or float32 holds it"
            )
        return raw

    def _base_bytes(self, planned: PlannedSpan, space: Workspace) -> Raw:
        """The bytes of a span of the base, converted to the type of the output."""
        tensor, span = planned
        dtype = self.output.tensors[span.name].dtype
        if tensor.entry.dtype == dtype:
            raw = np.empty(span.count * tensor.entry.itemsize, np.uint8)  # up to 8 bytes an integer
            self.plan.base.read_raw(tensor.entry, raw, first=span.first)
            return raw
        values = space.base[: span.count]
        self.plan.base.read_values(span, out=values, buffer=space.buffer)
        raw = space.buffer[: span.count * SIZES[dtype]]
        encode(values.astype(np.float64), dtype, out=raw)
        return raw


def _sample_counts(tasks: Sequence[Values], weights: Sequence[float]) -> SparsifiedCounts:
    """Count, among every 16th element, those that are not 0 and those with the weighted sum's sign."""
    sample = np.array([task[::_SAMPLING_STEP] * weight for task, weight in zip(tasks, weights, strict=True)])
    nonzero = np.count_nonzero(sample, axis=1)
    agreeing = int(np.count_nonzero(sample * sample.sum(axis=0) > 0))
    return SparsifiedCounts(sample.shape[1], nonzero, agreeing)
