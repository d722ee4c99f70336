"""Threads that share the work on spans, in constant memory and with results in order."""

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

SMALLEST = 1 << 16  # numbers in a span, at least
_NUMBERS = 1 << 21  # that a thread holds at a time: blocks of the base, of each model, and of results
_RESULTS = 3
_KEPT = 24 << 20  # bytes; otherwise each block of a few MB is mapped, zeroed and unmapped anew
_AHEAD = 4  # spans waiting, a thread


def span_size(models: int, *, wide: bool = False) -> int:
    """How many numbers a span has: 256Ki for up to four models, and so that memory is the same for more.

    Args:
        models: how many.
        wide: whether they are held as fp64.

    Example:
        >>> [span_size(models) for models in (1, 2, 3, 8)]
        [262144, 262144, 262144, 131072]
    """
    numbers = _NUMBERS // (2 if wide else 1) // (1 + models + _RESULTS)
    return max(SMALLEST, 1 << (numbers.bit_length() - 1))


class Workspace:
    """The blocks of a thread, used for span after span.

    Args:
        models: how many.
        size: numbers in a span.
        wide: whether to calculate in fp64.
    """

    def __init__(self, models: int, size: int, *, wide: bool = False) -> None:
        dtype = np.float64 if wide else np.float32
        self.base: Values = np.empty(size, dtype)
        self.tasks: list[Values] = [np.empty(size, dtype) for _ in range(models)]
        self.buffer: Raw = np.empty(4 * size, np.uint8)


class Workers:
    """A pool of threads, each with its workspace; numpy's own threads are kept still.

    Args:
        threads: how many.
        models, wide: of the workspaces.
    """

    def __init__(self, threads: int, models: int, *, wide: bool = False) -> None:
        self.threads, self.size = threads, span_size(models, wide=wide)
        np.empty(_KEPT, np.uint8)  # glibc keeps freed blocks up to the size of the largest that was freed
        self._spaces: SimpleQueue[Workspace] = SimpleQueue()
        for _ in range(threads):
            self._spaces.put(Workspace(models, self.size, wide=wide))
        self._pool = ThreadPoolExecutor(threads)
        self._limits = threadpool_limits(1)

    def map(self, function: Callable[[Item, Workspace], Result], items: Iterable[Item]) -> Iterator[Result]:
        """The function's results in the order of the items; a few are worked on ahead."""
        waiting: deque[Future[Result]] = deque()
        try:
            for item in items:
                waiting.append(self._pool.submit(self._run, function, item))
                if len(waiting) >= _AHEAD * self.threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def _run(self, function: Callable[[Item, Workspace], Result], item: Item) -> Result:
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
