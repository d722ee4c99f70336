"""Merging from end to end: survey, thin out, combine, write."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from arts.merging.checkpoints.adapter import Adapter
from arts.merging.checkpoints.blocks import SIZES, Raw, Values, encode
from arts.merging.checkpoints.checkpoint import Span
from arts.merging.checkpoints.output import Output
from arts.merging.methods import Coefficients, Method
from arts.merging.plan import MergeError, Part, Plan
from arts.merging.sparsify import Thinner
from arts.merging.survey import Progress, Survey, coefficients, places, read_span
from arts.merging.workers import Workers, Workspace

Floats = npt.NDArray[np.float64]
Setting = Callable[[str, int, float], float]  # of a tensor's name, a model's place, and the depth
_NUMBERED = re.compile(r"\.(\d+)\.")
_SAMPLED = 16  # every so many numbers, kept and agreeing ones are counted


@dataclass(frozen=True)
class Options:
    """How to merge, beside the method.

    Args:
        by_layer: whether MetaGPT's coefficients are of each layer, not of the whole model.
        weights: the coefficient of a tensor of a model, by its depth; by default the method's.
        densities: likewise.
        scale: times the joined task vectors.
        normalize: whether given weights are divided by their sum.
        by_tensor: whether thinning goes by tensor, as mergekit does.
        seed: of DARE.
    """

    by_layer: bool = False
    weights: Setting | None = None
    densities: Setting | None = None
    scale: float = 1.0
    normalize: bool = False
    by_tensor: bool = False
    seed: int = 0


@dataclass
class Counted:
    """What thinning left, and what agreed with the elected sign, of the numbers that were sampled."""

    sampled: int = 0
    kept: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    agreeing: int = 0


@dataclass(frozen=True)
class Merged:
    """What a merge was.

    Args:
        weights, densities: by tensor, (models) the coefficients, and the shares that thinning was to leave.
        counted: what thinning did, for the methods that thin out.
        baseless: whether the base was left aside in the last pass.
    """

    weights: dict[str, Floats]
    densities: dict[str, Floats]
    counted: Counted
    baseless: bool


def resolved(method: Method, options: Options, plan: Plan, found: Survey) -> dict[str, Floats]:
    """By tensor, (models) the coefficients of a method, without the scale.

    Raises:
        MergeError: when given weights sum to 0 and are to be normalised.
    """
    count = len(plan.models)
    if method.coefficients is Coefficients.METAGPT:
        return coefficients(found, by_layer=options.by_layer)
    if method.coefficients is Coefficients.AVERAGE:
        return dict.fromkeys(found.grams, np.full(count, 1 / count))
    weights = _settings(plan, options.weights, method.weight)
    if options.normalize:
        for name, row in weights.items():
            if not row.sum():
                raise MergeError(f"the weights of {name} sum to 0, and cannot be normalised")
            weights[name] = row / row.sum()
    return weights


def _settings(plan: Plan, setting: Setting | None, default: float) -> dict[str, Floats]:
    models, depths = range(len(plan.models)), _depths([part.name for part in plan.merged])
    return {
        name: np.array([setting(name, n, depth) if setting else default for n in models])
        for name, depth in depths.items()
    }


def _depths(names: Sequence[str]) -> dict[str, float]:
    """Where each tensor lies: 0 in the first layer, 1 in the last, and 0 in none, as in mergekit.

    Example:
        >>> _depths(["embed.weight", "layers.0.w", "layers.1.w", "layers.2.w"])
        {'embed.weight': 0.0, 'layers.0.w': 0.0, 'layers.1.w': 0.5, 'layers.2.w': 1.0}
    """
    found = {name: _NUMBERED.search(name) for name in names}
    numbers = {name: int(match[1]) if match else 0 for name, match in found.items()}
    last = max(numbers.values(), default=0)
    return {name: number / last if last else 0.0 for name, number in numbers.items()}


def merge(
    plan: Plan,
    found: Survey,
    method: Method,
    options: Options,
    output: Output,
    workers: Workers,
    progress: Progress | None = None,
) -> Merged:
    """Pass two: combine, and write to an output that has been entered.

    Raises:
        MergeError: when a number is too large for the type it is stored in.
    """
    weights = resolved(method, options, plan, found)
    densities = _settings(plan, options.densities, method.density)
    thinner = Thinner(method, densities, found.checksums[1:], options.seed, options.by_tensor)
    thinner.prepare(plan, workers, progress)
    whole = not any(isinstance(model, Adapter) for model in plan.models)
    baseless = method.convex and options.scale == 1 and whole

    def work(item: tuple[Part, Span], space: Workspace) -> tuple[Span, Counted | None]:
        part, span = item
        stored = output.tensors[span.name].dtype
        if not part.merged:
            output.write(span, _copied(plan, part, span, stored, space))
            return span, None
        row = weights[span.name].tolist()
        counted = None
        if baseless and not part.foreign:
            base, tasks = _anchored(plan, span, space)
            row = row[1:]
        else:
            base, tasks = read_span(plan, part, span, space)
            if method.thins:
                tasks = thinner(span, tasks)
                counted = _count(tasks, row)

        def combined(base: Values, tasks: Sequence[Values]) -> Values:
            return method.combine(base, tasks, row, options.scale)

        output.write(span, _stored(combined, base, tasks, stored, part.name, space))
        return span, counted

    total = Counted(kept=np.zeros(len(plan.models), np.int64))
    for span, counted in workers.map(work, places(list(plan.parts.values()), workers.size)):
        if counted:
            total.sampled += counted.sampled
            total.kept += counted.kept
            total.agreeing += counted.agreeing
        if progress:
            progress(span.count)
    return Merged(weights, densities, total, baseless)


def _anchored(plan: Plan, span: Span, space: Workspace) -> tuple[Values, list[Values]]:
    """The first model, and what the others differ from it by: it stands in for a base that cancels."""
    first, *others = plan.models
    anchor = space.base[: span.count]
    first.values(span, anchor, space.buffer)
    tasks = [task[: span.count] for task in space.tasks[1:]]
    for model, task in zip(others, tasks, strict=True):
        model.task(span, anchor, task, space.buffer)
    return anchor, tasks


def _stored(
    combined: Callable[[Values, Sequence[Values]], Values],
    base: Values,
    tasks: Sequence[Values],
    dtype: str,
    name: str,
    space: Workspace,
) -> Raw:
    """The merged block as it is stored: where fp32 could misround a bf16, calculated again in fp64."""
    raw = space.buffer[: len(base) * SIZES[dtype]]
    near = encode(combined(base, tasks), dtype, raw)
    if len(near):
        wide = [block[near].astype(np.float64) for block in (base, *tasks)]
        patch = np.empty(2 * len(near), np.uint8)
        encode(combined(wide[0], wide[1:]), dtype, patch)
        raw.view(np.uint16)[near] = patch.view(np.uint16)
    if dtype == "F16" and not np.isfinite(raw.view(np.float16)).all():
        raise MergeError(
            f"{name}: a merged number is too large for F16; --dtype bfloat16 or float32 holds it"
        )
    return raw


def _copied(plan: Plan, part: Part, span: Span, dtype: str, space: Workspace) -> Raw:
    """A span of the base, in the type of the output."""
    if part.tensor.dtype == dtype:
        raw = np.empty(span.count * part.tensor.itemsize, np.uint8)  # 8 bytes a number, if they are integers
        plan.base.raw(part.tensor, span.first, raw)
        return raw
    values = space.base[: span.count]
    plan.base.values(span, values, space.buffer)
    raw = space.buffer[: span.count * SIZES[dtype]]
    encode(values.astype(np.float64), dtype, raw)
    return raw


def _count(tasks: Sequence[Values], weights: Sequence[float]) -> Counted:
    """Count in every so many numbers what was kept, and what has the sign of the weighted sum."""
    few = np.array([task[::_SAMPLED] * weight for task, weight in zip(tasks, weights, strict=True)])
    kept = np.count_nonzero(few, axis=1)
    agreeing = int(np.count_nonzero(few * few.sum(axis=0) > 0))
    return Counted(few.shape[1], kept, agreeing)
