"""The registry of interventions: those of this package, and those that other packages add as entry points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arts.data.errors import ArtsError, lookup
from arts.interventions.base import Intervention
from arts.models.registry import load_object, with_plugins

INTERVENTIONS = {
    "adversarial": "arts.interventions.adversarial:Adversarial",
    "merge": "arts.interventions.merge:Merge",
    "unlearn": "arts.interventions.unlearn:Unlearn",
}


def intervention_names() -> list[str]:
    """The names of all registered interventions, this package's first."""
    return list(_addresses())


def find_intervention(name: str) -> type[Intervention]:
    """The class of a registered intervention.

    Raises:
        UnknownNameError: names the most similar intervention.
        ArtsError: when another package registers something else under the name.
    """
    address = lookup(name, _addresses(), kind="intervention")
    intervention = load_object(address)
    if not (isinstance(intervention, type) and issubclass(intervention, Intervention)):
        raise ArtsError(f"{address} is no intervention; expected a subclass of {Intervention.__qualname__}")
    return intervention


def intervention_from(settings: Mapping[str, Any]) -> Intervention:
    """The intervention with the settings of a report, as far as command-line options can express them.

    Args:
        settings: the report's ``model.intervention``: the name and the recorded settings.

    Raises:
        ArtsError, AttributeError, KeyError, TypeError, ValueError: when the settings are not valid.
    """
    return find_intervention(settings["name"]).from_settings(settings)


def _addresses() -> dict[str, str]:
    """The address of each registered intervention, by name."""
    return with_plugins(INTERVENTIONS, "arts.interventions")
