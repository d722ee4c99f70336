"""The vocabulary of polarity labels: the same for corpora, models, predictions and uploads."""

from __future__ import annotations

from collections.abc import Mapping

from arts.data.errors import LabelError
from arts.data.label_names import NO_NAMES, LabelNames, is_number, label_key, naming_example
from arts.data.schema import Polarity

CONFLICT = "conflict"  # the label of SemEval 2014 for an aspect with praise and blame in one sentence
_POLARITIES = {str(polarity): polarity for polarity in Polarity} | {
    "pos": Polarity.POSITIVE,
    "neg": Polarity.NEGATIVE,
    "neu": Polarity.NEUTRAL,
}
_EXAMPLE = (Polarity.NEGATIVE, Polarity.NEUTRAL, Polarity.POSITIVE)  # an order of many data sets


def parse_polarity(label: object, names: LabelNames = NO_NAMES) -> Polarity:
    """The polarity that a label stands for.

    A label is the name of a polarity or its abbreviation (``pos``, ``neg``, ``neu``), in any case and with
    any surrounding space. Anything else, numbers and truth values too, stands for nothing by itself.

    Args:
        label: the label, as it is stored or predicted.
        names: what other labels stand for.

    Raises:
        LabelError: when the label stands for no polarity; the message says how to name it.

    Example:
        >>> parse_polarity(" NEG ")
        <Polarity.NEGATIVE: 'negative'>
        >>> parse_polarity(2, LabelNames.of({0: "negative", 1: "neutral", 2: "positive"}))
        <Polarity.POSITIVE: 'positive'>
    """
    polarity = _POLARITIES.get(label) if type(label) is str else None  # most labels; given names change none
    polarity = polarity or names.meaning(label, _polarity_of)
    if polarity is None:
        raise LabelError(_fault(label, names))
    return polarity


def parse_gold_polarity(label: object, names: LabelNames = NO_NAMES) -> Polarity | None:
    """The polarity that an annotated label stands for; None for ``conflict``, which is no single polarity.

    Args:
        label: the label, as it is stored.
        names: what labels that do not name a polarity stand for.

    Raises:
        LabelError: when the label stands for neither.
    """
    if type(label) is str and label in _POLARITIES:  # most labels; names that are given change none of them
        return _POLARITIES[label]
    meaning = names.meaning(label, _annotation_of)
    if meaning is None:
        raise LabelError(_fault(label, names))
    return None if meaning == CONFLICT else Polarity(meaning)


def polarity_names(labels: LabelNames | Mapping[object, object] | None) -> LabelNames:
    """Label names whose names are polarities or ``conflict``.

    Args:
        labels: the names, keyed by label; None for none.

    Raises:
        LabelError: when a name is not one of them, or a label names another polarity by itself.

    Example:
        >>> str(polarity_names({0: "neg", 1: "pos"}))
        '0=neg,1=pos'
    """
    names = LabelNames.of(labels)
    for label, name in names.names.items():
        if _annotation_of(name) is None:
            raise LabelError(f'--labels: "{label}={name}"; expected {", ".join(Polarity)} or {CONFLICT}')
        own = _annotation_of(label)
        if own not in (None, _annotation_of(name)):
            raise LabelError(f'--labels: "{label}={name}"; expected a label that does not say {own} itself')
    return names


def _polarity_of(name: str) -> Polarity | None:
    return _POLARITIES.get(name.strip().lower())


def _annotation_of(name: str) -> str | None:
    """What the name of an annotated label means: a polarity or ``conflict``; None when it is neither."""
    return CONFLICT if name.strip().lower() == CONFLICT else _polarity_of(name)


def _fault(label: object, names: LabelNames) -> str:
    """The message for a label that stands for no polarity."""
    expected = ", ".join(Polarity)
    if label is None or not str(label).strip():
        return f"no label; expected one of: {expected}"
    if is_number(label_key(label)):
        message = f'label "{label}" is no polarity; expected {expected}. A number does not name a polarity'
        example = (
            f"say what each stands for: {naming_example(label, _EXAMPLE)} (in Python: labels={{0: ...}})"
        )
    else:
        message = f"unknown polarity {str(label)!r}; expected one of: {expected}"
        example = f"or say what it stands for: {naming_example(label, _EXAMPLE)}"
    return f"{message}; --labels names only {names}" if names.names else f"{message}; {example}"
