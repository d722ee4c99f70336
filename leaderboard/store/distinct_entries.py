"""What keeps entries apart: corpora of one name, and files that repeat an entry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arts.evaluation.verification import Status
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.excluded_file import ExcludedFile
from arts.leaderboard.store.published import PACKAGED_RESULTS


def with_distinct_corpora(entries: Sequence[BoardEntry]) -> Sequence[BoardEntry]:
    """Tell corpora apart that have one name but not one test split, since they are not to be compared.

    The name stays with the test split of the entries that come with the package, if there are any, and the
    others get their number of units and the beginning of their checksum.
    """
    known = {entry.corpus: entry.checksum for entry in entries if entry.checksum and _is_packaged(entry)}
    checksums: dict[str, set[str]] = {}
    for entry in entries:
        checksums.setdefault(entry.corpus, set()).update([entry.checksum] if entry.checksum else [])

    def distinct(entry: BoardEntry) -> BoardEntry:
        if len(checksums[entry.corpus]) < 2 or entry.checksum in ("", known.get(entry.corpus)):
            return entry
        name = f"{entry.corpus} ({entry.units:,} units, {entry.checksum[:6]})"
        return entry.model_copy(update={"corpus": name})

    return [distinct(entry) for entry in entries]


def _is_packaged(entry: BoardEntry) -> bool:
    """Whether an entry comes with the package."""
    return entry.path is not None and Path(entry.path).parent == PACKAGED_RESULTS


def split_duplicates(entries: Sequence[BoardEntry]) -> tuple[Sequence[BoardEntry], Sequence[ExcludedFile]]:
    """Separate the entries that repeat another one from the others.

    Among entries that repeat each other, a verified one is kept, and then one that was trained here, which
    says the most of itself; or else the first. So nobody's run gives way to a copy of its labels.

    Returns:
        The distinct entries; and one excluded file per repetition, whose reason names the entry that is kept.
    """
    kept: dict[tuple[str, str], BoardEntry] = {}
    repeated: dict[int, BoardEntry] = {}  # the entry that is kept, by the position of one that repeats it
    preferred = sorted(
        enumerate(entries), key=lambda pair: (pair[1].status is not Status.VERIFIED, pair[1].kind != "zoo")
    )
    for position, entry in preferred:
        earlier = next((kept[identity] for identity in entry.identities if identity in kept), None)
        if earlier is None:
            kept |= dict.fromkeys(entry.identities, entry)
        else:
            repeated[position] = earlier
    unique = [entry for position, entry in enumerate(entries) if position not in repeated]
    duplicates = [
        ExcludedFile(path=str(entry.path), reason=f'repeats "{other.label}", {other.path}')
        for position, entry in enumerate(entries)
        if (other := repeated.get(position))
    ]
    return unique, duplicates
