"""The progress bar that commands show on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class ProgressUpdate(Protocol):
    """The type of a function that updates a progress bar."""

    def __call__(self, done: int, total: int | None = None, remark: str = "") -> None:
        """Update the progress bar.

        Args:
            done: number of steps done.
            total: number of all steps; None if it is not known.
            remark: status text that is shown beside the bar.
        """


@contextmanager
def progress_bar(title: str) -> Iterator[ProgressUpdate]:
    """Show a progress bar inside a ``with`` block; nothing is shown if standard error is not a terminal.

    Args:
        title: text that is shown before the bar.

    Yields:
        The function that updates the bar.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[remark]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(title, total=None, remark="")

        def update(done: int, total: int | None = None, remark: str = "") -> None:
            bar.update(task, completed=done, total=total, remark=remark)

        yield update
