"""Entries of one model with several random seeds, and their scores over the seeds, computed once."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

from pydantic import ValidationError
from threadpoolctl import threadpool_limits

from arts.data.errors import ArtsError, DataError
from arts.data.support.text_cache import TextCache
from arts.evaluation.resample import Resample
from arts.evaluation.seed_summary import SeedSummary
from arts.evaluation.verification import Status
from arts.leaderboard.store.checked_files import checking_digest
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.published import is_packaged

logger = logging.getLogger(__name__)

CACHE = ("leaderboard", "seeds")  # kind and source of the summaries in the cache on disk
_KNOWN: dict[str, SeedSummary] = {}  # what this process has computed or found on disk, by `_cache_key`

SeedGroup = tuple[BoardEntry, ...]


def seed_groups(entries: Sequence[BoardEntry]) -> list[SeedGroup]:
    """The entries in groups, each of one model on one corpus with different seeds, sorted by seed.

    A group has entries of one `BoardEntry.configuration`, test split and status. An entry without a seed is
    one of its own, and so is a submission: who made another of the name is not known. If a seed was measured
    repeatedly, the last measurement is in the group, and each earlier one is a group of its own.

    Args:
        entries: The entries.
    """
    groups: dict[object, dict[int | None, BoardEntry]] = {}
    for entry in sorted(entries, key=_by_time, reverse=True):
        stands_alone = entry.seed is None or entry.submission is not None
        known = groups.setdefault(entry.key if stands_alone else _shared_facts(entry), {})
        if entry.seed in known:
            groups[entry.key] = {entry.seed: entry}
        else:
            known[entry.seed] = entry
    return [tuple(sorted(group.values(), key=lambda entry: entry.seed or 0)) for group in groups.values()]


def _by_time(entry: BoardEntry) -> tuple[float, str]:
    """Sort key that puts the entry first that was measured first."""
    return entry.started.timestamp() if entry.started else 0.0, entry.key


def _shared_facts(entry: BoardEntry) -> tuple[object, ...]:
    """What all entries of a group have in common: claims of others are not mixed with the package's."""
    kept = entry.has_predictions or is_packaged(entry)
    test_split = (entry.corpus, entry.checksum, entry.units, entry.sentences)
    return entry.configuration, *test_split, entry.status, kept


def can_be_summarized(group: SeedGroup) -> bool:
    """Whether a group has several seeds, and checked predictions from which their mean can be computed."""
    return len(group) > 1 and group[0].has_predictions and group[0].status is not Status.UNCHECKED


def known_summaries(groups: Sequence[SeedGroup]) -> dict[str, SeedSummary]:
    """The summaries of groups that were computed earlier, also by other processes; others are left out.

    Args:
        groups: Groups of `seed_groups`; only those that `can_be_summarized` have a summary.

    Returns:
        The summaries, keyed by the key of the group's first entry.
    """
    keys = _cache_keys(groups)
    missing = [key for key in keys.values() if key not in _KNOWN]
    if missing:
        _KNOWN.update(_stored_summaries(missing))
    return {first: _KNOWN[key] for first, key in keys.items() if key in _KNOWN}


def summaries(groups: Sequence[SeedGroup]) -> dict[str, SeedSummary]:
    """The summaries of groups, with the intervals over seeds and sentences that `SeedSummary` describes.

    They are computed where they are not known yet, and stored in the cache. A group of which a report has
    gone meanwhile is left out.

    Args:
        groups: Groups of `seed_groups`; only those that `can_be_summarized` have a summary.

    Returns:
        The summaries, keyed by the key of the group's first entry.
    """
    known, keys = known_summaries(groups), _cache_keys(groups)
    for group in groups:
        first = group[0].key
        if first in known or first not in keys:
            continue
        try:
            with threadpool_limits(1):  # the matrix products are too small for several threads
                known[first] = _summary(group)
        except ArtsError as error:
            logger.warning('no mean over the seeds of "%s": %s', group[0].name, error)
            continue
        _KNOWN[keys[first]] = known[first]
        _store_summary(keys[first], known[first])
    return known


def _summary(group: SeedGroup) -> SeedSummary:
    """Compute the summary of a group from the predictions on disk."""
    resample = Resample.SENTENCES if group[0].sentences else Resample.UNITS
    return SeedSummary.of([entry.report for entry in group], group[0].name, resample=resample)


def _cache_keys(groups: Sequence[SeedGroup]) -> dict[str, str]:
    """The key in the cache of each group of several entries, by the key of its first entry."""
    surroundings = checking_digest()
    return {group[0].key: _cache_key(group, surroundings) for group in groups if can_be_summarized(group)}


def _cache_key(group: SeedGroup, surroundings: str) -> str:
    """A digest of all that the summary of a group depends on.

    Args:
        group: The group.
        surroundings: The `checking_digest`.
    """
    members = [(entry.key, entry.predictions_checksum) for entry in group]
    facts = (group[0].name, members, group[0].checksum, group[0].sentences, surroundings)
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _stored_summaries(keys: Sequence[str]) -> dict[str, SeedSummary]:
    """The summaries in the cache on disk, by key; none, with a warning, if it cannot be read."""
    found = dict[str, SeedSummary]()
    try:
        stored = TextCache(*CACHE).get(keys)
    except DataError as error:
        logger.warning("%s; means over seeds are kept in memory only", error)
        return found
    for key, value in stored.items():
        try:
            found[key] = SeedSummary.model_validate(value)
        except ValidationError:
            logger.warning("a mean over seeds in the cache is damaged; it is computed anew")
    return found


def _store_summary(key: str, summary: SeedSummary) -> None:
    """Write a summary to the cache on disk; if it cannot be written, say so."""
    try:
        TextCache(*CACHE).put({key: summary.model_dump(mode="json")})
    except DataError as error:
        logger.warning("%s; means over seeds are kept in memory only", error)
