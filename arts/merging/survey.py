"""Pass one: what the task vectors are like, measured span by span."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_128

from arts.merging.checkpoints.adapter import Adapter
from arts.merging.checkpoints.blocks import Raw, Values
from arts.merging.checkpoints.checkpoint import Checkpoint, Span
from arts.merging.methods import metagpt
from arts.merging.plan import MergeError, Part, Plan
from arts.merging.workers import SMALLEST, Workers, Workspace

Matrix = npt.NDArray[np.float64]
Progress = Callable[[int], None]  # told how many more numbers have been dealt with

_ROW = 1024  # numbers
_LAYER = re.compile(r"(.*?\.\d+)\.")


@dataclass
class Survey:
    """What pass one found.

    Args:
        grams: by tensor, (models, models) the inner products of the task vectors.
        squares: by tensor, the squared norm of the base.
        conflicts: numbers where two task vectors have opposite signs; None where nobody asked.
        checksums: of the base and the models: XXH3 over the tensors, whatever files they are in.
    """

    grams: dict[str, Matrix] = field(default_factory=dict)
    squares: dict[str, float] = field(default_factory=dict)
    conflicts: dict[str, int] | None = None
    checksums: tuple[str, ...] = ()

    @property
    def gram(self) -> Matrix:
        """(models, models) of the whole task vectors."""
        return sum(self.grams.values(), np.zeros((1, 1)))

    @property
    def layers(self) -> dict[str, Matrix]:
        """The Gram matrices by layer."""
        layers: dict[str, Matrix] = {}
        for name, gram in self.grams.items():
            layer = layer_of(name)
            layers[layer] = layers[layer] + gram if layer in layers else gram
        return layers


def layer_of(name: str) -> str:
    """The layer that a tensor is in, or the module where it is in none.

    Example:
        >>> layer_of("model.layers.11.mlp.up_proj.weight"), layer_of("model.embed_tokens.weight")
        ('model.layers.11', 'model.embed_tokens')
    """
    numbered = _LAYER.match(name)
    return numbered[1] if numbered else name.rpartition(".")[0] or name


def read_span(
    plan: Plan,
    part: Part,
    span: Span,
    space: Workspace,
    look: Callable[[Checkpoint, Raw], None] | None = None,
) -> tuple[Values, list[Values]]:
    """The blocks of the base and the task vectors at a place.

    Args:
        plan: whose models.
        part: the tensor.
        span: the part of it.
        space: to read to.
        look: shown each model with the bytes that are stored in it.
    """
    base, tasks = space.base[: span.count], [task[: span.count] for task in space.tasks]
    raw = plan.base.values(span, base, space.buffer)
    if look:
        look(plan.base, raw)
    for number, (model, task) in enumerate(zip(plan.models, tasks, strict=True)):
        raw = model.task(span, base, task, space.buffer)
        if look:
            look(model, raw)
        if part.foreign:
            _clear(part, part.foreign[number], span, task)
    return base, tasks


def _clear(part: Part, rows: npt.NDArray[np.int64], span: Span, task: Values) -> None:
    """Set the rows of foreign tokens to 0 that lie in a span."""
    width = part.tensor.count // part.tensor.shape[0]
    first, last = span.first // width, (span.first + span.count - 1) // width
    low, high = np.searchsorted(rows, [first, last + 1])
    for row in rows[low:high]:
        start = int(row) * width - span.first
        task[max(start, 0) : max(start + width, 0)] = 0


def _digest(raw: Raw, itemsize: int) -> bytes:
    """Of blocks of a fixed size, so that it does not depend on the size of spans."""
    step = SMALLEST * itemsize
    return b"".join(xxh3_128(raw[first : first + step].data).digest() for first in range(0, len(raw), step))


@dataclass(frozen=True)
class _Measured:
    part: Part
    span: Span
    gram: Matrix
    square: float
    digests: list[bytes]
    conflicts: int


def survey(plan: Plan, workers: Workers, *, signs: bool = False, progress: Progress | None = None) -> Survey:
    """Measure the task vectors.

    Args:
        plan: what to read.
        workers: to read with.
        signs: whether to count conflicts of sign, too.
        progress: called as it goes on.

    Raises:
        MergeError: when a model holds NaN or Inf, or does not differ from the base.
    """

    def measure(item: tuple[Part, Span], space: Workspace) -> _Measured:
        part, span = item
        digests: list[bytes] = []

        def look(model: Checkpoint, raw: Raw) -> None:
            digests.append(_digest(raw, model.tensors[span.name].itemsize) if len(raw) else b"")

        base, tasks = read_span(plan, part, span, space, look)
        conflicts = _conflicts(tasks) if signs else 0
        with np.errstate(invalid="ignore"):  # NaN and Inf are looked for when all is measured
            return _Measured(part, span, _gram(tasks), _dot(base, base), digests, conflicts)

    found = Survey(conflicts={} if signs else None)
    hashes = [xxh3_128() for _ in (plan.base, *plan.models)]
    for one in workers.map(measure, places(plan.merged, workers.size)):
        name = one.part.name
        first = name not in found.grams
        found.grams[name] = one.gram if first else found.grams[name] + one.gram
        found.squares[name] = one.square + found.squares.get(name, 0.0)
        if found.conflicts is not None:
            found.conflicts[name] = one.conflicts + found.conflicts.get(name, 0)
        for hashed, digest in zip(hashes, one.digests, strict=True):
            if first:
                hashed.update(name.encode())
            hashed.update(digest)
        if progress:
            progress(one.span.count)
    found.checksums = tuple(
        model.checksum if isinstance(model, Adapter) else hashed.hexdigest()
        for model, hashed in zip((plan.base, *plan.models), hashes, strict=True)
    )
    _check(plan, found)
    return found


def _gram(tasks: list[Values]) -> Matrix:
    gram = np.empty((len(tasks), len(tasks)))
    for i, one in enumerate(tasks):
        for j in range(i + 1):
            gram[i, j] = gram[j, i] = _dot(one, tasks[j])
    return gram


def _dot(one: Values, other: Values) -> float:
    """An inner product in fp64 over rows in the precision of the blocks, short enough to lose nothing."""
    even = len(one) // _ROW * _ROW
    rows = np.vecdot(one[:even].reshape(-1, _ROW), other[:even].reshape(-1, _ROW))
    rest = one[even:].astype(np.float64) @ other[even:].astype(np.float64)
    return float(rows.sum(dtype=np.float64) + rest)


def places(parts: list[Part], size: int) -> Iterator[tuple[Part, Span]]:
    """All spans of some parts."""
    for part in parts:
        for span in part.spans(size):
            yield part, span


def _conflicts(tasks: list[Values]) -> int:
    up, down = (
        np.logical_or.reduce([compare(task, 0) for task in tasks]) for compare in (np.greater, np.less)
    )
    return int(np.count_nonzero(up & down))


def _check(plan: Plan, found: Survey) -> None:
    for name, gram in found.grams.items():
        if not np.isfinite(found.squares[name]):
            raise MergeError(f"{plan.base.name}: {name} holds NaN or Inf")
        for model, square in zip(plan.models, np.diagonal(gram), strict=True):
            if not np.isfinite(square):
                raise MergeError(f"{model.name}: {name} holds NaN or Inf")
    for model, square in zip(plan.models, np.diagonal(found.gram), strict=True):
        if not square:
            raise MergeError(f"{model.name}: does not differ from the base {plan.base.name}")


def coefficients(found: Survey, *, by_layer: bool) -> dict[str, npt.NDArray[np.float64]]:
    """MetaGPT's lambda for each tensor, of the whole model or of the tensor's layer."""
    if not by_layer:
        whole = metagpt(found.gram)
        return dict.fromkeys(found.grams, whole)
    layers = {layer: metagpt(gram) for layer, gram in found.layers.items()}
    return {name: layers[layer_of(name)] for name in found.grams}
