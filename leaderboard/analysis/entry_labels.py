"""Labels by which entries can be told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from arts.data.errors import ArtsError
from arts.evaluation.report import Report
from arts.leaderboard.analysis.reproduction import intervention_label
from arts.leaderboard.store.entry import BoardEntry

KEY_LENGTH = 6  # characters of an entry's key, where nothing else tells two entries apart


def distinct_labels(entries: Sequence[BoardEntry]) -> dict[str, str]:
    """Labels of entries that are all different, keyed by the key of the entry.

    A label that several entries share is followed by that in which their models differ, such as the settings
    of the intervention, the encoder or the recipe; or, if that is the same, by six characters of the key.
    """
    groups = defaultdict[str, list[BoardEntry]](list)
    for entry in entries:
        groups[entry.label].append(entry)
    labels = {entry.key: entry.label for entry in entries}
    for group in groups.values():
        if len(group) > 1:
            labels |= _labels_of_group(group)
    return labels


def _labels_of_group(entries: Sequence[BoardEntry]) -> dict[str, str]:
    """Labels of entries that have one label, keyed by the key of the entry."""
    facts = [_facts(entry) for entry in entries]
    names = [name for name in facts[0] if len({known.get(name) for known in facts}) > 1]
    remarks = [", ".join(known[name] for name in names if known.get(name)) for known in facts]
    return {
        entry.key: f"{entry.label} ({remark})"
        if remark and remarks.count(remark) == 1
        else f"{entry.label} ({entry.key[:KEY_LENGTH]})"
        for entry, remark in zip(entries, remarks, strict=True)
    }


def _facts(entry: BoardEntry) -> Mapping[str, str]:
    """What the report of an entry says of its model, as short texts keyed by what they are about."""
    try:
        model = Report.load_without_predictions(Path(entry.path)).model if entry.path else None
    except ArtsError:  # gone since the board was read; the board leaves it out next time
        model = None
    facts = {"model": entry.model, "kind": entry.kind, "encoder": entry.encoder}
    if model is None:
        return facts
    recipe = {
        f"recipe {name}": f"{name} {'none' if value is None else f'{value:g}'}"
        for name, value in sorted(model.recipe.items())
    }
    extras = {f"extra {name}": f"{name} {value}" for name, value in sorted(model.extras.items()) if value}
    intervention = intervention_label(model.intervention) if model.intervention else ""
    return facts | {"intervention": intervention, **recipe, **extras}
