"""A pool of threads that make requests, as many at once as the server is to have."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Generic, TypeVar

Task = TypeVar("Task")
Reply = TypeVar("Reply")
GRACE = 5.0  # seconds for requests under way, after another has failed


@dataclass
class RequestPool(Generic[Task, Reply]):
    """Threads that make requests. They are daemons, which do not hold up the end of the process.

    Args:
        request: makes the request of a task and returns its reply.
        concurrency: requests at once.
        admits: is given the number of requests under way, and says whether another may begin. After a false,
            those under way are waited for, and no other is made.
        stop: is set when a request has failed, or nobody waits for replies any more.
    """

    request: Callable[[Task], Reply]
    concurrency: int
    admits: Callable[[int], bool]
    stop: Event
    _tasks: SimpleQueue[Task | None] = field(default_factory=SimpleQueue)
    _ends: SimpleQueue[tuple[Task, Reply | Exception]] = field(default_factory=SimpleQueue)

    def replies(self, tasks: Iterable[Task]) -> Iterator[dict[Task, Reply]]:
        """Make requests, and yield the replies by task, in batches, as they come.

        No request is begun while a batch is used: at most `concurrency` replies are not known to the caller.

        Raises:
            Exception: the first that `request` has raised. Requests under way have a few seconds to end.
        """
        todo, under_way = deque(tasks), 0
        threads = min(self.concurrency, len(todo))
        for _ in range(threads):
            Thread(target=self._work, daemon=True).start()
        try:
            while todo or under_way:
                while todo and under_way < threads and self.admits(under_way):
                    self._tasks.put(todo.popleft())
                    under_way += 1
                if not under_way:
                    return
                ends = self._next_ends(None)
                failure = next((end for _, end in ends if isinstance(end, Exception)), None)
                if failure is not None:
                    self.stop.set()
                    ends += self._last_ends(under_way - len(ends))
                yield {task: end for task, end in ends if not isinstance(end, Exception)}
                if failure is not None:
                    raise failure
                under_way -= len(ends)
        finally:
            self.stop.set()
            for _ in range(threads):
                self._tasks.put(None)

    def _work(self) -> None:
        """Make requests until there are no more."""
        while (task := self._tasks.get()) is not None:
            try:
                self._ends.put((task, self.request(task)))
            except Exception as error:
                self._ends.put((task, error))

    def _next_ends(self, timeout: float | None) -> list[tuple[Task, Reply | Exception]]:
        """Wait for a request to end; all that have ended, none after the time in seconds."""
        ends: list[tuple[Task, Reply | Exception]] = []
        try:
            ends.append(self._ends.get(timeout=timeout))
            while True:
                ends.append(self._ends.get_nowait())
        except Empty:
            return ends

    def _last_ends(self, under_way: int) -> list[tuple[Task, Reply | Exception]]:
        """Those of the requests under way that end within the grace."""
        deadline, ends = time.monotonic() + GRACE, list[tuple[Task, Reply | Exception]]()
        while len(ends) < under_way and (left := deadline - time.monotonic()) > 0:
            ends += self._next_ends(left)
        return ends
