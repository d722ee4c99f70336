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

_SMALLEST_BLOCK = 1 << 16  # number of elements
_ELEMENTS_PER_THREAD = 1 << 19  # in the blocks of the base and of all models
_BLOCKS_PER_SPAN = 4
_REUSED_BYTES = 24 << 20  # largest freed block that the C library keeps; else it maps and zeroes each anew
_SPANS_AHEAD = 4  # number of spans per thread that are submitted ahead


def block_size(models: int) -> int:
    """Number of elements that are calculated with at once; what they need stays in the caches.

    It is the largest power of 2 for which the base and all models together have up to 524,288 elements; but
    at least 65,536.

    Args:
        models: number of models, without the base.

    Example:
        >>> [block_size(models) for models in (1, 3, 8, 40)]
        [262144, 131072, 65536, 65536]
    """
    return max(_SMALLEST_BLOCK, 1 << ((_ELEMENTS_PER_THREAD // (1 + models)).bit_length() - 1))


class Workspace:
    """The memory that one thread works in, reused for every block.

    Args:
        models: number of models, without the base.

    Attributes:
        block: number of elements of a block.
        raw: bytes as they are in the files, an array (1 + models, 4 * block): of the base and of each model.
        narrow: elements of the base and of each model in fp32, an array (1 + models, block).
        wide: the same in fp64.
        merged: elements of the merged model in fp32, an array (3, block): estimates, and two more rows.
        output: bytes of the merged model, an array (4 * block,).
    """

    def __init__(self, models: int) -> None:
        self.block = block_size(models)
        self.raw: Raw = np.empty((1 + models, 4 * self.block), np.uint8)
        self.narrow: Values = np.empty((1 + models, self.block), np.float32)
        self.wide: Values = np.empty((1 + models, self.block), np.float64)
        self.merged: Values = np.empty((3, self.block), np.float32)
        self.output: Raw = np.empty(4 * self.block, np.uint8)


class Workers:
    """A pool of threads, each with memory of its own; the threads that numpy would start are switched off.

    Args:
        threads: number of threads.
        models: number of models, without the base.
    """

    def __init__(self, threads: int, models: int) -> None:
        self.threads, self.span = threads, _BLOCKS_PER_SPAN * block_size(models)
        np.empty(_REUSED_BYTES, np.uint8)  # glibc keeps freed blocks up to the largest size that was freed
        self._spaces: SimpleQueue[Workspace] = SimpleQueue()
        for _ in range(threads):
            self._spaces.put(Workspace(models))
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
