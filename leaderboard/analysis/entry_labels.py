"""Labels by which entries, and rows, can be told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from arts.leaderboard.analysis.intervention_words import intervention_label, without_brackets
from arts.leaderboard.analysis.rows import BoardRow
from arts.leaderboard.store.entry import BoardEntry

KEY_LENGTH = 6  # characters of an entry's key, where nothing else tells two entries apart

Labelled = TypeVar("Labelled", BoardEntry, BoardRow)


def distinct_labels(entries: Sequence[BoardEntry]) -> dict[str, str]:
    """Labels of entries that are all different, keyed by the key of the entry.

    A label that several entries share is followed by that in which their models differ, such as the settings
    of the intervention, the encoder or the recipe; or, if that is the same, by six characters of the key.
    """
    return _distinct_labels(entries, lambda entry: entry)


def distinct_row_labels(rows: Sequence[BoardRow]) -> dict[str, str]:
    """Labels of rows, without seeds, that are all different, keyed by the key of the row.

    They are made as those of `distinct_labels`.
    """
    return _distinct_labels(rows, lambda row: row.first)


def _distinct_labels(
    labelled: Sequence[Labelled], entry_of: Callable[[Labelled], BoardEntry]
) -> dict[str, str]:
    """Labels that are all different, keyed by the key of what is labelled.

    Args:
        labelled: Entries or rows.
        entry_of: The entry that has the facts about the model of one.
    """
    groups = defaultdict[str, list[Labelled]](list)
    for one in labelled:
        groups[one.label].append(one)
    labels = {one.key: one.label for one in labelled}
    for label, group in groups.items():
        if len(group) > 1:
            facts = {one.key: _facts(entry_of(one)) for one in group}
            labels |= {key: f"{label} ({remark})" for key, remark in _remarks(facts).items()}
    return labels


def _remarks(facts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """That in which the facts about some models differ, or the beginning of the key; keyed by key."""
    known = list(facts.values())
    every = dict.fromkeys(name for one in known for name in one)
    names = [name for name in every if len({one.get(name) for one in known}) > 1]
    remarks = {key: ", ".join(one[name] for name in names if one.get(name)) for key, one in facts.items()}
    texts = list(remarks.values())
    return {
        key: remark if remark and texts.count(remark) == 1 else key[:KEY_LENGTH]
        for key, remark in remarks.items()
    }


def _facts(entry: BoardEntry) -> dict[str, str]:
    """What is known of the model of an entry, as short texts keyed by what they are about."""
    settings: Mapping[str, Any] = entry.settings
    intervention = settings.get("intervention")
    recipe, extras = settings.get("recipe", {}), settings.get("extras", {})
    return {
        "model": entry.model,
        "kind": entry.kind,
        "encoder": entry.encoder.rpartition("/")[2],
        "intervention": without_brackets(intervention_label(intervention)) if intervention else "",
        **{
            f"recipe {name}": f"{name} {'none' if value is None else f'{value:g}'}"
            for name, value in recipe.items()
        },
        **{f"extra {name}": f"{name} {value}" for name, value in extras.items() if value},
    }
