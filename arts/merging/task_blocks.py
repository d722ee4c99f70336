"""Reading the base and all task vectors, one block of elements after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from arts.merging.checkpoints.blocks import Raw, Values
from arts.merging.checkpoints.checkpoint import Checkpoint, TensorSpan
from arts.merging.checkpoints.lora_adapter import LoraAdapter
from arts.merging.plan import MergePlan, PlannedTensor
from arts.merging.vocabulary import RowIndices
from arts.merging.workers import Workspace

AdvanceProgress = Callable[[int], None]  # called with the number of elements of a span
PlannedSpan = tuple[PlannedTensor, TensorSpan]


def tensor_spans(tensors: Sequence[PlannedTensor], size: int) -> Iterator[PlannedSpan]:
    """Split tensors into spans, and yield pairs of a tensor and a span of it.

    Args:
        tensors: the tensors.
        size: number of elements of a span; the last span of a tensor may be shorter.
    """
    for tensor in tensors:
        for span in tensor.spans(size):
            yield tensor, span


def span_blocks(planned: PlannedSpan, size: int) -> Iterator[PlannedSpan]:
    """Split a span into blocks, and yield pairs of the tensor and a block, which is a short span of it.

    Args:
        planned: the tensor and the span.
        size: number of elements of a block; the last one may be shorter.
    """
    tensor, span = planned
    for first in range(0, span.count, size):
        yield tensor, TensorSpan(span.name, span.first + first, min(size, span.count - first))


def short_dtype(plan: MergePlan, tensor: PlannedTensor) -> str | None:
    """The type of a tensor's elements, if it is the same in all models, and one of 16 bits: BF16 or F16.

    Their differences have so few digits that fp32 holds them, but for elements that are 2**13 times as large
    in one model as in another. None where types differ, and for adapters, whose task vectors are products.
    """
    checkpoints = (plan.base, *plan.models)
    if any(isinstance(checkpoint, LoraAdapter) for checkpoint in checkpoints):
        return None
    dtypes = {checkpoint.tensors[tensor.name].dtype for checkpoint in checkpoints}
    return dtypes.pop() if len(dtypes) == 1 and dtypes <= {"BF16", "F16"} else None


def read_task_blocks(
    plan: MergePlan,
    block: PlannedSpan,
    *,
    rows: Values,
    space: Workspace,
    on_read: Callable[[Checkpoint, Raw], None] | None = None,
) -> tuple[Values, list[Values]]:
    """Read a block of the base and of all task vectors.

    Args:
        plan: the plan whose models to read.
        block: a tensor, and a span of it that is a block.
        rows: the memory to read to, an array (1 + models, n or more) in fp32 or fp64.
        space: the memory of the thread, of which the bytes are used.
        on_read: called for the base and each model with the checkpoint and its bytes of the block, as they
            are in the file.

    Returns:
        The elements of the base, an array (n,), and those of the task vectors, one array (n,) per model, all
        of them in `rows`. A task vector is 0 in the rows of tokens that its model lacks.
    """
    tensor, span = block
    base, *tasks = (row[: span.count] for row in rows)
    raw = plan.base.read_values(span, out=base, buffer=space.raw[0])
    if on_read:
        on_read(plan.base, raw)
    for number, (model, task) in enumerate(zip(plan.models, tasks, strict=True)):
        raw = model.read_task_vector(span, base=base, out=task, buffer=space.raw[number + 1])
        if on_read:
            on_read(model, raw)
        if tensor.missing_rows:
            _clear_rows(task, tensor.missing_rows[number], block)
    return base, tasks


def _clear_rows(task: Values, rows: RowIndices, block: PlannedSpan) -> None:
    """Set the elements of some rows of a tensor to 0, as far as they lie in a block.

    Args:
        task: the elements of the block, an array (n,), which is changed.
        rows: sorted indices of the rows.
        block: the tensor and the block.
    """
    tensor, span = block
    width = tensor.entry.count // tensor.entry.shape[0]
    first, last = span.first // width, (span.first + span.count - 1) // width
    low, high = np.searchsorted(rows, [first, last + 1])
    for row in rows[low:high]:
        start = int(row) * width - span.first
        task[max(start, 0) : max(start + width, 0)] = 0
