"""Names of labels: a label that is stored as a number means what it is named, never what its number is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self, TypeVar

from arts.data.errors import LabelError

Meaning = TypeVar("Meaning")
_NUMBERED = "label_"  # the prefix of the names that transformers gives to classes without names


class NamedLabel(str):
    """A label that is stored as a number in a column that names its numbers (a ClassLabel of `datasets`).

    It is the name as text.

    Args:
        name: the name.
        number: the number that is stored.

    Example:
        >>> NamedLabel("negative", 0)
        'negative'
    """

    number: int

    def __new__(cls, name: str, number: int) -> Self:
        """Make a label of its name and number."""
        label = super().__new__(cls, name)
        label.number = number
        return label


@dataclass(frozen=True)
class LabelNames:
    """The names that a user gives to labels which do not name what they stand for, such as numbers.

    Args:
        names: the names, keyed by label in the spelling of `label_key`.
        used: those of these labels that have been read so far.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set, compare=False, repr=False)

    @classmethod
    def of(cls, labels: LabelNames | Mapping[object, object] | None) -> LabelNames:
        """Make label names of a mapping from labels to names.

        Raises:
            LabelError: when a label is empty, or named twice.

        Example:
            >>> LabelNames.of({0: "negative", 1.0: "positive"}).names
            {'0': 'negative', '1': 'positive'}
        """
        if isinstance(labels, LabelNames):
            return labels
        return cls._of_pairs((labels or {}).items())

    @classmethod
    def parse(cls, texts: Iterable[str]) -> LabelNames:
        """Make label names of texts such as ``0=negative,1=neutral,2=positive``.

        Raises:
            LabelError: when a part has no ``=``, no label or no name, or a label is named twice.

        Example:
            >>> LabelNames.parse(["-1=negative, 1=positive"]).names
            {'-1': 'negative', '1': 'positive'}
        """
        pairs: list[tuple[object, object]] = []
        for part in ",".join(texts).split(",") if texts else ():
            label, equals, name = part.rpartition("=")
            if not equals:
                raise LabelError(f'--labels: "{part}"; expected LABEL=NAME, e.g. 0=negative,1=positive')
            pairs.append((label, name))
        return cls._of_pairs(pairs)

    @classmethod
    def _of_pairs(cls, pairs: Iterable[tuple[object, object]]) -> LabelNames:
        names: dict[str, str] = {}
        for label, name in pairs:
            key, text = label_key(label), str(name).strip()
            if not key or not text:
                raise LabelError(f'--labels: "{label}={name}"; expected LABEL=NAME, e.g. 0=negative')
            if key in names:
                raise LabelError(f'--labels: "{label}" is named twice ({names[key]} and {text})')
            names[key] = text
        return cls(names)

    def __str__(self) -> str:
        return ",".join(f"{label}={name}" for label, name in self.names.items())

    def meaning(self, label: object, of: Callable[[str], Meaning | None]) -> Meaning | None:
        """What a label means: what its name means, or the name that is given for it.

        A number has no name by itself, whether it is a number or text.

        Args:
            label: the label, as it is stored.
            of: returns what a name means, and None for the name of nothing.

        Returns:
            The meaning. None when the label is a number without a name, or its name means nothing.

        Raises:
            LabelError: when the label's file names its number, and another name is given for that number.
        """
        key = label_key(label)
        if key in self.names:
            self.used.add(key)
            return of(self.names[key])
        if not isinstance(label, NamedLabel):
            return None if is_number(label) else of(str(label))
        own, given = of(str(label)), self.names.get(str(label.number))
        self.used.update({str(label.number)} & {*self.names})
        if given and (own is None or of(given) != own):
            raise LabelError(
                f'--labels says that {label.number} is "{given}", but the file names it "{label}"; '
                "expected the names of the file"
            )
        return own


NO_NAMES = LabelNames()


def label_key(label: object) -> str:
    """The spelling in which labels are compared: in lower case, without surrounding space.

    Whole numbers are spelled in one way, and the ``LABEL_2`` of transformers is the number 2.

    Example:
        >>> [label_key(label) for label in (" POS ", 2, "+2", 2.0, "LABEL_2", True)]
        ['pos', '2', '2', '2', '2', 'true']
    """
    text = str(label).strip().lower()
    number = text.removeprefix(_NUMBERED)
    try:
        value = float(number)
    except ValueError:
        return text
    return str(int(value)) if value.is_integer() else number


def is_number(label: object) -> bool:
    """Whether a label is a number or a truth value, or text of one, such as ``-1``, ``2.0`` or ``true``.

    Example:
        >>> [is_number(label) for label in (0, "1.0", True, "false", "LABEL_0", "negative")]
        [True, True, True, True, False, False]
    """
    text = str(label).strip().lower()
    if text in ("true", "false"):
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def naming_example(label: object, names: Iterable[str]) -> str:
    """How to say on the command line what labels like this one stand for.

    Args:
        label: a label that names nothing.
        names: the names that labels can stand for.

    Example:
        >>> naming_example("1", ["negative", "positive"])
        '--labels 0=negative,1=positive'
        >>> naming_example("happy", ["negative", "positive"])
        '--labels "happy=NAME"'
    """
    key = label_key(label)
    if key in ("true", "false"):
        names = list(names)
        return f"--labels false={names[0]},true={names[-1]}"
    if is_number(key):
        return "--labels " + ",".join(f"{number}={name}" for number, name in enumerate(names))
    return f'--labels "{label}=NAME"'
