"""Threads that process the spans of a merge in constant memory and return the results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from arts.merging.checkpoints.blocks import Raw, Values

Item = TypeVar("Item")
Result = TypeVar("Result")

SMALLEST_SPAN = 1 << 16  # number of elements
_ELEMENTS_PER_THREAD = 1 << 21  # in the blocks of the base, of all models and of the results
_RESULT_BLOCKS = 3
_REUSED_BYTES = 24 << 20  # largest freed block that the C library keeps; else it maps and zeroes each anew
_SPANS_AHEAD = 4  # number of spans per thread that are submitted ahead


def span_size(models: int, *, wide: bool = False) -> int:
    """Number of elements of a span that a thread processes at once.

    It is the largest power of 2 for which a block of this size for the base, one for each model and three for
    results fit into 8 MiB together; but at least 65,536.

    Args:
        models: number of models, without the base.
        wide: whether elements are held in fp64, not fp32.

    Example:
        >>> [span_size(models) for models in (1, 2, 3, 8)]
        [262144, 262144, 262144, 131072]
    """
    elements = _ELEMENTS_PER_THREAD // (2 if wide else 1) // (1 + models + _RESULT_BLOCKS)
    return max(SMALLEST_SPAN, 1 << (elements.bit_length() - 1))


class Workspace:
    """The memory that one thread works in, reused for every span.

    Its attributes are `base`, an array (size,); `tasks`, one array (size,) per model; and `buffer`, an array
    of bytes that has room for a span in BF16, F16 or F32.

    Args:
        models: number of models, without the base.
        size: number of elements in a span.
        wide: whether to calculate in fp64, not fp32.
    """

    def __init__(self, models: int, size: int, *, wide: bool = False) -> None:
        dtype = np.float64 if wide else np.float32
        self.base: Values = np.empty(size, dtype)
        self.tasks: list[Values] = [np.empty(size, dtype) for _ in range(models)]
        self.buffer: Raw = np.empty(4 * size, np.uint8)


class Workers:
    """A pool of threads, each with memory of its own; the threads that numpy would start are switched off.

    Args:
        threads: number of threads.
        models: number of models, without the base.
        wide: whether to calculate in fp64, not fp32.
    """

    def __init__(self, threads: int, models: int, *, wide: bool = False) -> None:
        self.threads, self.size = threads, span_size(models, wide=wide)
        np.empty(_REUSED_BYTES, np.uint8)  # glibc keeps freed blocks up to the largest size that was freed
        self._spaces: SimpleQueue[Workspace] = SimpleQueue()
        for _ in range(threads):
            self._spaces.put(Workspace(models, self.size, wide=wide))
        self._pool = ThreadPoolExecutor(threads)
        self._limits = threadpool_limits(1)

    def map(self, function: Callable[[Item, Workspace], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Apply a function to all items in the threads, and yield its results in the order of the items.

        Up to 4 items per thread are processed ahead of the result that the caller has asked for.

        Args:
            function: called with an item and the memory to work in.
            items: the items, such as spans.
        """
        waiting: deque[Future[Result]] = deque()
        try:
            for item in items:
                waiting.append(self._pool.submit(self._run, function, item))
                if len(waiting) >= _SPANS_AHEAD * self.threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def _run(self, function: Callable[[Item, Workspace], Result], item: Item) -> Result:
        """Call the function with an item and with memory that no other thread uses now."""
        space = self._spaces.get()
        try:
            return function(item, space)
        finally:
            self._spaces.put(space)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._limits.restore_original_limits()
