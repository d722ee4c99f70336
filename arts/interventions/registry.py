"""The registry of interventions by name: those of this package and those of other packages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from arts.data.errors import ArtsError, lookup
from arts.interventions.base import Intervention
from arts.interventions.composition import Composition, compose
from arts.models.registry import load_object, with_plugins

INTERVENTIONS = {
    "adversarial": "arts.interventions.adversarial:Adversarial",
    "consistency": "arts.interventions.consistency:Consistency",
    "merge": "arts.interventions.merge:Merge",
    "noaspect": "arts.interventions.noaspect:NoAspect",
    "position": "arts.interventions.position:Position",
    "unlearn": "arts.interventions.unlearn:Unlearn",
}

# What `find_intervention` and `intervention_from` raise when they do not know the name or the settings.
MALFORMED = (ArtsError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def intervention_names() -> list[str]:
    """The names of all registered interventions; those of this package come first."""
    return list(_addresses())


def find_intervention(name: str) -> type[Intervention]:
    """The class of a registered intervention.

    Raises:
        UnknownNameError: when no intervention has this name. The message names the most similar one.
        ArtsError: when the object that is registered is not a subclass of `Intervention`.
    """
    address = lookup(name, _addresses(), kind="intervention")
    intervention = load_object(address)
    if not (isinstance(intervention, type) and issubclass(intervention, Intervention)):
        raise ArtsError(f"{address} is no intervention; expected a subclass of {Intervention.__qualname__}")
    return intervention


def intervention_from(settings: Mapping[str, Any]) -> Intervention:
    """Create the intervention that a report describes.

    Some interventions ignore the report's values of settings that no command-line option can set, and use the
    defaults.

    Args:
        settings: the field ``model.intervention`` of the report: the ``name`` of the intervention, and its
            settings, keyed by name. Those of a composition are a list, under ``parts``.

    Raises:
        ArtsError, AttributeError, KeyError, TypeError, ValueError: when the settings are not valid.
    """
    if Composition.PARTS in settings:
        return compose([intervention_from(part) for part in settings[Composition.PARTS]])
    return find_intervention(settings["name"]).from_settings(settings)


def default_settings(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that an intervention of a report has by default.

    Args:
        recorded: the field ``model.intervention`` of the report.

    Returns:
        The settings, keyed by name; none if this version does not know the intervention.
    """
    return _settings(lambda: find_intervention(recorded["name"])()) or {}


def settings_without_outcome(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """What a report has of an intervention, without what came of its training, which differs by seed.

    Args:
        recorded: the field ``model.intervention`` of the report.

    Returns:
        The name and the settings. Everything, if this version does not know the intervention.
    """
    settings = _settings(lambda: intervention_from(recorded))
    if settings is None:
        return dict(recorded)
    return {name: value for name, value in recorded.items() if name == "name" or name in settings}


def _settings(create: Callable[[], Intervention]) -> dict[str, Any] | None:
    """The settings of the intervention that a function creates; None if this version does not know it."""
    try:
        return create().settings()
    except MALFORMED:
        return None


def _addresses() -> dict[str, str]:
    """The import paths ``package.module:Class`` of all interventions, keyed by the intervention's name."""
    return with_plugins(INTERVENTIONS, "arts.interventions")
