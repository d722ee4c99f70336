"""The progress bar that commands show on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from arts.cli.messages import Verbosity, tell, verbosity

if TYPE_CHECKING:
    from rich.progress import Task


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
def progress_bar(title: str, *, announced: str = "") -> Iterator[ProgressUpdate]:
    """Show a progress bar inside a ``with`` block.

    Until the first step is done, only the time that has passed is shown. Nothing is shown if standard error
    is not a terminal, or with --quiet. Messages that are printed in the block appear above the bar.

    Args:
        title: text that is shown before the bar.
        announced: message that is printed at the first update where no bar can be shown.

    Yields:
        The function that updates the bar.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.table import Column

    class Remaining(TimeRemainingColumn):
        """The time that the rest will take; empty while it is not known."""

        def render(self, task: Task) -> object:  # type: ignore[override]
            return super().render(task) if task.time_remaining is not None else ""

    console = Console(stderr=True)
    untold = [] if console.is_terminal else [announced]
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[steps]}", markup=False),
        TextColumn("{task.fields[remark]}", markup=False, table_column=Column(no_wrap=True)),
        TimeElapsedColumn(),
        Remaining(),
        console=console,
        transient=True,
        disable=not console.is_terminal or verbosity() is Verbosity.QUIET,
    ) as bar:
        task = bar.add_task(title, total=None, remark="", steps="")

        def update(done: int, total: int | None = None, remark: str = "") -> None:
            if untold:
                tell(untold.pop())
            bar.update(task, completed=done, total=total, remark=remark, steps=_steps(done, total))

        yield update


def _steps(done: int, total: int | None) -> str:
    """How many steps are done, of how many; empty at the start if nobody knows of how many."""
    if total is None:
        return f"{done:,}" if done else ""
    return f"{done:,}/{total:,}"
