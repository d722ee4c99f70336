"""A file of a results folder that the board does not show."""

from __future__ import annotations

from pathlib import Path

from arts.data.support.record import Record
from arts.leaderboard.store.display_names import hide_folders


class ExcludedFile(Record):
    """A file of a results folder that the board does not show.

    Args:
        path: Path of the file.
        reason: Why the board does not show it, as a phrase.
    """

    path: str
    reason: str

    @property
    def statement(self) -> str:
        """The name of the file and the reason, without the folders that files lie in."""
        name, folder = Path(self.path).name, f"{Path(self.path).parent}/"
        return hide_folders(f"{name}: {self.reason.replace(folder, '').removeprefix(f'{name}: ')}")
