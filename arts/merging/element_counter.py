"""Counting the elements that a merge has processed, for its progress bar."""

from __future__ import annotations

from collections.abc import Callable

from arts.merging.plan import MergePlan

MergeProgress = Callable[[int, int], None]  # called with the elements done and all elements, in all passes


class ElementCounter:
    """Counts the elements that a merge has processed, and calls the progress function.

    Args:
        plan: the plan, which knows how many elements the merged model has.
        passes: number of times that all elements are processed.
        progress: called after each span with the number of elements done and the number of all elements.
    """

    def __init__(self, plan: MergePlan, passes: int, progress: MergeProgress | None) -> None:
        self.total = passes * plan.parameters
        self.done = 0
        self.progress = progress

    def advance(self, elements: int) -> None:
        """Count further elements as done."""
        self.done += elements
        if self.progress:
            self.progress(min(self.done, self.total), self.total)
