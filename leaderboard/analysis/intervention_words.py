"""Interventions in words: their names, and the settings that are not the defaults."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from arts.data.schema import Strategy
from arts.interventions.composition import Composition
from arts.interventions.registry import MALFORMED, default_settings, find_intervention

TAUGHT = "taught"  # key of the settings of what a model was trained with before it unlearnt
MOST_LISTED = 3  # longer lists are told by their length: so, or with the name of the setting after it
LENGTH_WORDS = {"holdout": "{} templates held out"}
# What a setting says, with its value in the place of {}; other settings are told by their names.
WORDS = {
    "ratio": "{} of the variants",
    "holdout": "held out: {}",
    "templates": "templates: {}",
    "strategies": "by {}",
    "seed": "variants of seed {}",
    "min_acceptance": "acceptance from {}",
    "balance_places": "places balanced: {}",
    "granularity": "a coefficient per {}",
    "method": "by {}",
    "weight": "weight {}",
    "same_side": "same-side share {}",
    "bias": "by {}",
    "reading": "reads: {}",
    "rate": "learning rate {}",
}


def intervention_label(settings: Mapping[str, Any]) -> str:
    """A label of an intervention: its name and, in brackets, the settings that are not the defaults.

    Args:
        settings: The intervention's name and settings in a report. What training came to, which reports have
            beside the settings, is not shown.

    Example:
        >>> intervention_label({"name": "adversarial", "ratio": 1, "holdout": ["side", "before"]})
        'adversarial (1 of the variants; held out: side, before)'
    """
    if isinstance(parts := settings.get(Composition.PARTS), list):
        return " + ".join(intervention_label(part) for part in parts if isinstance(part, Mapping))
    words = "; ".join(_setting_words(settings))
    return str(settings.get("name", "unknown")) + (f" ({words})" if words else "")


def intervention_summaries(name: str) -> dict[str, str]:
    """What an intervention does, in a phrase for each of its parts, keyed by the name of the part.

    Args:
        name: Name of the intervention, such as "consistency + position"; empty for none. Parts that this
            version does not know are left out.
    """
    summaries = {}
    for part in filter(None, name.split(" + ")):
        with suppress(*MALFORMED):
            summaries[part] = find_intervention(part).card.summary
    return summaries


def _setting_words(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is said of each setting that is not the default."""
    defaults = default_settings(settings)
    for name, value in settings.items():
        given = defaults.get(name)
        is_setting = name in defaults or (not defaults and isinstance(value, bool | int | float | str))
        if name == "name" or not is_setting or _as_json(value) == _as_json(given):
            continue
        if name == "templates" and settings.get("holdout"):
            continue  # what is held out says which are not
        if name == TAUGHT and isinstance(value, Mapping):
            yield f"after {without_brackets(intervention_label(value))}"
        elif isinstance(value, list | tuple) and len(value) > MOST_LISTED:
            words = LENGTH_WORDS.get(name) or f"{{}} {name.replace('_', ' ')}"
            yield words.replace("{}", str(len(value)), 1)
        else:
            words = WORDS.get(name) or f"{name.replace('_', ' ')} {{}}"
            yield words.replace("{}", _value_words(value), 1)


def without_brackets(label: str) -> str:
    """A label of `intervention_label` as it stands inside other brackets.

    Example:
        >>> without_brackets("adversarial (1 of the variants)")
        'adversarial, 1 of the variants'
    """
    return label.replace(" (", ", ").replace(")", "")


def _value_words(value: Any) -> str:
    """The value of a setting as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if not isinstance(value, list | tuple):
        return "none" if value is None else str(value)
    texts = (str(item) for item in value)
    return ", ".join(text.upper() if text in [*Strategy] else text for text in texts) or "none"


def _as_json(value: Any) -> Any:
    """The value as it is read back from JSON: tuples become lists, and 1 is 1.0."""
    return json.loads(json.dumps(value, default=str))
