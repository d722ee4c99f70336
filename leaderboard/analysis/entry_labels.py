"""Labels by which entries, and rows, can be told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
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

    They are made as those of `distinct_labels`; models of the family "encoder" are followed by their encoder
    in any case, if these have several.
    """
    trained = [row.first for row in rows if row.first.family == "encoder" and not row.is_published]
    named = {entry.key for entry in trained} if len({entry.encoder for entry in trained}) > 1 else set()
    return _distinct_labels(rows, lambda row: row.first, named=named)


def _distinct_labels(
    labelled: Sequence[Labelled], entry_of: Callable[[Labelled], BoardEntry], *, named: Collection[str] = ()
) -> dict[str, str]:
    """Labels that are all different, keyed by the key of what is labelled.

    Args:
        labelled: Entries or rows.
        entry_of: The entry that has the facts about the model of one.
        named: Keys of entries whose encoder is in the label in any case.
    """
    groups = defaultdict[str, list[Labelled]](list)
    for one in labelled:
        groups[one.label].append(one)
    labels = dict[str, str]()
    for label, group in groups.items():
        entries = {one.key: entry_of(one) for one in group}
        remarks = _remarks(entries, named) if len(group) > 1 or named else dict.fromkeys(entries, "")
        labels |= {key: f"{label} ({remark})" if remark else label for key, remark in remarks.items()}
    return {one.key: labels[one.key] for one in labelled}


def _remarks(entries: Mapping[str, BoardEntry], named: Collection[str]) -> dict[str, str]:
    """That in which some models differ, or the beginning of the key; keyed by key.

    Args:
        entries: The entry of each model, keyed by what is labelled.
        named: Keys of entries whose encoder is told in any case.
    """
    facts = {key: _facts(entry) for key, entry in entries.items()}
    every = dict.fromkeys(name for known in facts.values() for name in known)
    different = [name for name in every if len({known.get(name) for known in facts.values()}) > 1]
    remarks = {
        key: ", ".join(
            known[name]
            for name in every
            if known.get(name) and (name in different or (name == "encoder" and entries[key].key in named))
        )
        for key, known in facts.items()
    }
    texts = list(remarks.values())
    return {key: remark if texts.count(remark) == 1 else key[:KEY_LENGTH] for key, remark in remarks.items()}


def _facts(entry: BoardEntry) -> dict[str, str]:
    """What is known of the model of an entry, as short texts keyed by what they are about."""
    settings: Mapping[str, Any] = entry.settings
    intervention = settings.get("intervention")
    recipe, extras = settings.get("recipe", {}), settings.get("extras", {})
    return {
        "model": entry.model,
        "kind": entry.kind,
        "encoder": entry.encoder.rpartition("/")[2],
        "intervention": _settings_text(entry.intervention, intervention) if intervention else "",
        **{
            f"recipe {name}": f"{name} {'none' if value is None else f'{value:g}'}"
            for name, value in recipe.items()
        },
        **{f"extra {name}": f"{name} {value}" for name, value in extras.items() if value},
    }


def _settings_text(name: str, intervention: Mapping[str, Any]) -> str:
    """The settings of an intervention that are not the defaults, without its name, which is in the label."""
    return without_brackets(intervention_label(intervention)).removeprefix(name).strip(" ,")
