"""The progress bar of every command, on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class ProgressUpdate(Protocol):
    """Moves a progress bar."""

    def __call__(self, done: int, total: int | None = None, remark: str = "") -> None:
        """Show how much is done, of how much where that is known, and a remark beside it."""


@contextmanager
def progress_bar(title: str) -> Iterator[ProgressUpdate]:
    """A progress bar, shown on a terminal only and removed at the end."""
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
