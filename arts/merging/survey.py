"""The first pass of a merge: measure norms, inner products and sign conflicts of the task vectors."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from xxhash import xxh3_128

from arts.data.support.arrays import FloatArray
from arts.merging.checkpoints.blocks import Raw, Values
from arts.merging.checkpoints.checkpoint import Checkpoint, TensorSpan
from arts.merging.checkpoints.lora_adapter import LoraAdapter
from arts.merging.plan import MergeError, MergePlan
from arts.merging.task_blocks import (
    AdvanceProgress,
    PlannedSpan,
    read_task_blocks,
    short_dtype,
    span_blocks,
    tensor_spans,
)
from arts.merging.workers import Workers, Workspace

_ROW = 1024  # number of elements that are summed in the type of the blocks
_DIGEST_RUN = 1 << 16  # number of elements that have a digest
_SMALLEST_PRODUCT = 1e-20  # below it, terms could be too small for fp32
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


def cosines(gram: FloatArray) -> FloatArray:
    """The cosines of all pairs of task vectors.

    Args:
        gram: inner products of the task vectors, an array (models, models).

    Returns:
        An array (models, models); 0 where one of the two vectors is 0.
    """
    norms = np.sqrt(np.diagonal(gram))
    products = np.outer(norms, norms)
    similarities: FloatArray = np.zeros_like(gram)
    np.divide(gram, products, out=similarities, where=products > 0)
    return similarities


@dataclass
class _SpanMeasures:
    """What is measured on one span: inner products, the base's squared norm, checksums, conflicts."""

    span: TensorSpan
    gram: FloatArray
    digests: list[list[bytes]]
    square: float = 0.0
    conflicts: int = 0


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
        return _measure_span(plan, planned, space=space, signs=signs)

    survey = TaskVectorSurvey(conflicts={} if signs else None)
    checkpoints = (plan.base, *plan.models)
    hashes = [xxh3_128() for _ in checkpoints]
    for measures in workers.map(measure, tensor_spans(plan.merged_tensors, workers.span)):
        name = measures.span.name
        is_first = name not in survey.grams
        survey.grams[name] = measures.gram if is_first else survey.grams[name] + measures.gram
        survey.squares[name] = measures.square + survey.squares.get(name, 0.0)
        if survey.conflicts is not None:
            survey.conflicts[name] = measures.conflicts + survey.conflicts.get(name, 0)
        for model_hash, digests in zip(hashes, measures.digests, strict=True):
            if is_first:
                model_hash.update(name.encode())
            model_hash.update(b"".join(digests))
        if progress:
            progress(measures.span.count)
    survey.checksums = tuple(
        checkpoint.checksum if isinstance(checkpoint, LoraAdapter) else model_hash.hexdigest()
        for checkpoint, model_hash in zip(checkpoints, hashes, strict=True)
    )
    _check_survey(plan, survey)
    return survey


def _measure_span(plan: MergePlan, planned: PlannedSpan, *, space: Workspace, signs: bool) -> _SpanMeasures:
    """Measure the task vectors on a span; `signs` says whether conflicts of sign are counted."""
    tensor, span = planned
    checkpoints = (plan.base, *plan.models)
    gram = np.zeros((len(plan.models), len(plan.models)))
    measures = _SpanMeasures(span, gram, [[] for _ in checkpoints])
    digests = dict(zip(map(id, checkpoints), measures.digests, strict=True))

    def add_digest(model: Checkpoint, raw: Raw) -> None:
        if len(raw):
            digests[id(model)].append(_block_digests(raw, model.tensors[span.name].itemsize))

    rows = space.narrow if short_dtype(plan, tensor) else space.wide
    with np.errstate(invalid="ignore", over="ignore"):  # NaN and Inf are reported when all is measured
        for block in span_blocks(planned, space.block):
            base, tasks = read_task_blocks(plan, block, rows=rows, space=space, on_read=add_digest)
            measures.conflicts += _count_conflicts(tasks) if signs else 0
            measures.square += _dot(base, base)
            _add_gram_matrix(tasks, gram, wide=space.wide[0, : len(base)])
    return measures


def _block_digests(raw: Raw, itemsize: int) -> bytes:
    """The XXH3 digests of consecutive runs of 65,536 elements, joined.

    A checksum over them does not depend on the size of the blocks in which a tensor is read.
    """
    step = _DIGEST_RUN * itemsize
    return b"".join(xxh3_128(raw[first : first + step].data).digest() for first in range(0, len(raw), step))


def _add_gram_matrix(tasks: list[Values], gram: FloatArray, *, wide: Values) -> None:
    """Add the inner products of one block of each task vector to a matrix (models, models).

    The squared norms, which decide on MetaGPT's coefficients, are calculated in fp64.

    Args:
        tasks: the block of each task vector, one array (n,) per model, in fp32 or fp64.
        gram: the matrix.
        wide: an fp64 array (n,) to work in, if the task vectors are in fp32.
    """
    for i, task in enumerate(tasks):
        exact = task
        if task.dtype != wide.dtype:
            exact = wide
            exact[:] = task
        gram[i, i] += np.dot(exact, exact)
        for j in range(i):
            product = _dot(task, tasks[j])
            gram[i, j] += product
            gram[j, i] += product


def _dot(a: Values, b: Values) -> float:
    """The inner product of two blocks.

    Runs of 1,024 elements are summed in the blocks' own type: they are so short that rounding errors stay
    small. The sums of the runs are added up in fp64. Products that fp32 does not hold are summed in fp64.
    """
    whole = len(a) // _ROW * _ROW
    rows = np.vecdot(a[:whole].reshape(-1, _ROW), b[:whole].reshape(-1, _ROW))
    product = float(rows.sum(dtype=np.float64))
    if whole < len(a):
        product += float(a[whole:].astype(np.float64) @ b[whole:].astype(np.float64))
    if not _SMALLEST_PRODUCT < abs(product) < np.inf:
        product = float(a.astype(np.float64) @ b.astype(np.float64))
    return product


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
