"""The first pass of a merge: measure norms, inner products and sign conflicts of the task vectors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from xxhash import xxh3_128

from arts.data.support.arrays import FloatArray
from arts.merging.checkpoints.blocks import Raw, Values
from arts.merging.checkpoints.checkpoint import Checkpoint, TensorSpan
from arts.merging.checkpoints.lora_adapter import LoraAdapter
from arts.merging.plan import MergeError, MergePlan, PlannedTensor
from arts.merging.vocabulary import RowIndices
from arts.merging.workers import SMALLEST_SPAN, Workers, Workspace

AdvanceProgress = Callable[[int], None]  # called with the number of elements of a span
PlannedSpan = tuple[PlannedTensor, TensorSpan]

_ROW = 1024  # number of elements that are summed in the type of the blocks
_LAYER = re.compile(r"(.*?\.\d+)\.")


@dataclass
class TaskVectorSurvey:
    """What the first pass measured.

    Args:
        grams: inner products of the task vectors within each tensor, keyed by tensor name; each value is an
            array (models, models).
        squares: squared norm of each tensor of the base, keyed by tensor name.
        conflicts: number of elements that are positive in one task vector and negative in another, keyed by
            tensor name. None when they were not counted.
        checksums: XXH3 checksums of the base and of each model, in this order. They cover the merged tensors
            and do not depend on how these are split into files.
    """

    grams: dict[str, FloatArray] = field(default_factory=dict)
    squares: dict[str, float] = field(default_factory=dict)
    conflicts: dict[str, int] | None = None
    checksums: tuple[str, ...] = ()

    @property
    def gram(self) -> FloatArray:
        """The inner products of the whole task vectors, an array (models, models)."""
        return sum(self.grams.values(), np.zeros((1, 1)))

    @property
    def layer_grams(self) -> dict[str, FloatArray]:
        """The inner products of the task vectors within each layer, keyed by the layer's name.

        Each value is an array (models, models).
        """
        layers: dict[str, FloatArray] = {}
        for name, gram in self.grams.items():
            layer = layer_name(name)
            layers[layer] = layers[layer] + gram if layer in layers else gram
        return layers

    @property
    def base_square(self) -> float:
        """The squared norm of the whole base."""
        return sum(self.squares.values())


def layer_name(tensor: str) -> str:
    """The name of the layer that a tensor belongs to, or of its module when it belongs to no layer.

    Example:
        >>> layer_name("model.layers.11.mlp.up_proj.weight"), layer_name("model.embed_tokens.weight")
        ('model.layers.11', 'model.embed_tokens')
    """
    numbered = _LAYER.match(tensor)
    return numbered[1] if numbered else tensor.rpartition(".")[0] or tensor


def tensor_spans(tensors: Sequence[PlannedTensor], size: int) -> Iterator[PlannedSpan]:
    """Split tensors into spans, and yield pairs of a tensor and a span of it.

    Args:
        tensors: the tensors.
        size: number of elements of a span; the last span of a tensor may be shorter.
    """
    for tensor in tensors:
        for span in tensor.spans(size):
            yield tensor, span


def read_task_blocks(
    plan: MergePlan,
    planned: PlannedSpan,
    *,
    space: Workspace,
    on_read: Callable[[Checkpoint, Raw], None] | None = None,
) -> tuple[Values, list[Values]]:
    """Read a span of the base and of all task vectors.

    Args:
        plan: the plan whose models to read.
        planned: a tensor, and a span of it.
        space: the memory to read to.
        on_read: called for the base and each model with the checkpoint and its bytes of the span, as they are
            in the file.

    Returns:
        The elements of the base, an array (span.count,), and those of the task vectors, one array
        (span.count,) per model. A task vector is 0 in the rows of tokens that its model lacks.
    """
    tensor, span = planned
    base, tasks = space.base[: span.count], [task[: span.count] for task in space.tasks]
    raw = plan.base.read_values(span, out=base, buffer=space.buffer)
    if on_read:
        on_read(plan.base, raw)
    for number, (model, task) in enumerate(zip(plan.models, tasks, strict=True)):
        raw = model.read_task_vector(span, base=base, out=task, buffer=space.buffer)
        if on_read:
            on_read(model, raw)
        if tensor.missing_rows:
            _clear_rows(task, tensor.missing_rows[number], planned)
    return base, tasks


def _clear_rows(task: Values, rows: RowIndices, planned: PlannedSpan) -> None:
    """Set the elements of some rows of a tensor to 0, as far as they lie in a span.

    Args:
        task: the elements of the span, an array (span.count,), which is changed.
        rows: sorted indices of the rows.
        planned: the tensor and the span.
    """
    tensor, span = planned
    width = tensor.entry.count // tensor.entry.shape[0]
    first, last = span.first // width, (span.first + span.count - 1) // width
    low, high = np.searchsorted(rows, [first, last + 1])
    for row in rows[low:high]:
        start = int(row) * width - span.first
        task[max(start, 0) : max(start + width, 0)] = 0


@dataclass(frozen=True)
class _SpanMeasures:
    """What is measured on one span: inner products, the base's squared norm, checksums, conflicts."""

    span: TensorSpan
    gram: FloatArray
    square: float
    digests: list[bytes]
    conflicts: int


def survey_task_vectors(
    plan: MergePlan, workers: Workers, *, signs: bool = False, progress: AdvanceProgress | None = None
) -> TaskVectorSurvey:
    """Read all models once, and measure their task vectors.

    Args:
        plan: the plan whose models to read.
        workers: the threads to read with.
        signs: whether elements in which task vectors have opposite signs are counted.
        progress: called after each span with its number of elements.

    Raises:
        MergeError: when a model holds NaN or Inf, or does not differ from the base.
    """

    def measure(planned: PlannedSpan, space: Workspace) -> _SpanMeasures:
        _, span = planned
        digests: list[bytes] = []

        def add_digest(model: Checkpoint, raw: Raw) -> None:
            digests.append(_block_digests(raw, model.tensors[span.name].itemsize) if len(raw) else b"")

        base, tasks = read_task_blocks(plan, planned, space=space, on_read=add_digest)
        conflicts = _count_conflicts(tasks) if signs else 0
        with np.errstate(invalid="ignore"):  # NaN and Inf are reported when everything is measured
            return _SpanMeasures(span, _gram_matrix(tasks), _dot(base, base), digests, conflicts)

    survey = TaskVectorSurvey(conflicts={} if signs else None)
    checkpoints = (plan.base, *plan.models)
    hashes = [xxh3_128() for _ in checkpoints]
    for measures in workers.map(measure, tensor_spans(plan.merged_tensors, workers.size)):
        name = measures.span.name
        is_first = name not in survey.grams
        survey.grams[name] = measures.gram if is_first else survey.grams[name] + measures.gram
        survey.squares[name] = measures.square + survey.squares.get(name, 0.0)
        if survey.conflicts is not None:
            survey.conflicts[name] = measures.conflicts + survey.conflicts.get(name, 0)
        for model_hash, digest in zip(hashes, measures.digests, strict=True):
            if is_first:
                model_hash.update(name.encode())
            model_hash.update(digest)
        if progress:
            progress(measures.span.count)
    survey.checksums = tuple(
        checkpoint.checksum if isinstance(checkpoint, LoraAdapter) else model_hash.hexdigest()
        for checkpoint, model_hash in zip(checkpoints, hashes, strict=True)
    )
    _check_survey(plan, survey)
    return survey


def _block_digests(raw: Raw, itemsize: int) -> bytes:
    """The XXH3 digests of consecutive blocks of 65,536 elements, joined.

    A checksum over them does not depend on the size of the spans in which a tensor is read.
    """
    step = SMALLEST_SPAN * itemsize
    return b"".join(xxh3_128(raw[first : first + step].data).digest() for first in range(0, len(raw), step))


def _gram_matrix(tasks: list[Values]) -> FloatArray:
    """The inner products of one block of each task vector, an array (models, models)."""
    gram = np.empty((len(tasks), len(tasks)))
    for i, task in enumerate(tasks):
        for j in range(i + 1):
            gram[i, j] = gram[j, i] = _dot(task, tasks[j])
    return gram


def _dot(a: Values, b: Values) -> float:
    """The inner product of two blocks.

    Runs of 1,024 elements are summed in the blocks' own type: they are so short that rounding errors stay
    small. The sums of the runs are added up in fp64.
    """
    whole = len(a) // _ROW * _ROW
    rows = np.vecdot(a[:whole].reshape(-1, _ROW), b[:whole].reshape(-1, _ROW))
    rest = a[whole:].astype(np.float64) @ b[whole:].astype(np.float64)
    return float(rows.sum(dtype=np.float64) + rest)


def _count_conflicts(tasks: list[Values]) -> int:
    """Number of elements that are positive in one task vector and negative in another."""
    positive, negative = (
        np.logical_or.reduce([compare(task, 0) for task in tasks]) for compare in (np.greater, np.less)
    )
    return int(np.count_nonzero(positive & negative))


def _check_survey(plan: MergePlan, survey: TaskVectorSurvey) -> None:
    """Raise `MergeError` when a model holds NaN or Inf, or does not differ from the base."""
    for name, gram in survey.grams.items():
        if not np.isfinite(survey.squares[name]):
            raise MergeError(f"{plan.base.name}: {name} holds NaN or Inf")
        for model, square in zip(plan.models, np.diagonal(gram), strict=True):
            if not np.isfinite(square):
                raise MergeError(f"{model.name}: {name} holds NaN or Inf")
    for model, square in zip(plan.models, np.diagonal(survey.gram), strict=True):
        if not square:
            raise MergeError(f"{model.name}: does not differ from the base {plan.base.name}")
