"""The progress bar of every command, on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class ProgressUpdate(Protocol):
    """A function that updates a progress bar."""

    def __call__(self, done: int, total: int | None = None, remark: str = "") -> None:
        """Show the number of steps done, the number in all if it is known, and a remark beside the bar."""


@contextmanager
def progress_bar(title: str) -> Iterator[ProgressUpdate]:
    """Show a progress bar inside a ``with`` block, on terminals only; yields the function that updates it."""
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
