"""What an intervention is: another way to train a model, with its card, options and reproduction."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Self

from arts.data.errors import ArtsError

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.recipe import TrainingRequest
    from arts.models.trained_models import TrainedModel

GENERIC_OPTION = "--intervention-option"  # of interventions without options of their own


@dataclass(frozen=True)
class InterventionCard:
    """What an intervention says of itself: read by the board, the command line and the docs.

    Args:
        summary: what it does, in a phrase.
        bibtex: a key of ``data/citations.bib``, or a whole BibTeX entry.
    """

    summary: str
    bibtex: str


class Intervention(ABC):
    """Something done to a model of the zoo to make it more robust: a frozen dataclass of its settings.

    A subclass that can be constructed with the values of `options` inherits everything else but `train`.
    """

    name: ClassVar[str]
    card: ClassVar[InterventionCard]
    options: ClassVar[Mapping[str, str]] = {}  # keyword of `from_options` to the option of `arts evaluate`

    @property
    def seen_templates(self) -> tuple[str, ...]:
        """ADDDIFF templates that were trained with."""
        return ()

    @property
    def holdout(self) -> tuple[str, ...]:
        """ADDDIFF templates that were left out, to measure the pattern gap on."""
        return ()

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """Everything that the intervention depends on, as it is recorded in reports."""

    @abstractmethod
    def train(self, request: TrainingRequest, corpus: Corpus) -> TrainedModel:
        """The model that is asked for, trained with the intervention; test data is not looked at.

        Raises:
            ArtsError: when it cannot be trained.
        """

    @classmethod
    def from_options(cls, **values: Any) -> Self:
        """The intervention that options of the command line ask for; the others are at their defaults.

        Raises:
            ArtsError: for an option that the intervention does not take, or a value that it refuses.
        """
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        for name in values:
            if name not in known:
                raise ArtsError(f'--intervention {cls.name} has no option "{name}"')
        return cls(**values)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """The intervention that comes nearest to recorded settings, of those that options can ask for.

        Raises:
            ArtsError, AttributeError, KeyError, TypeError, ValueError: when they are not settings of it.
        """
        known = [field.name for field in fields(cls)]  # type: ignore[arg-type]
        return cls(**{name: settings[name] for name in known if name in settings})

    def command_options(self) -> list[str]:
        """The options of `arts evaluate` that ask for it, beside its name; defaults are left out."""
        changed = (f for f in fields(self) if not _is_default(self, f))  # type: ignore[arg-type]
        values = (f"{field.name}={json.dumps(getattr(self, field.name))}" for field in changed)
        return repeat_option(GENERIC_OPTION, values)


def repeat_option(option: str, values: Iterable[object]) -> list[str]:
    """An option before each value, as a repeatable option is written.

    Example:
        >>> repeat_option("--domain", ["laptop", "mams"])
        ['--domain', 'laptop', '--domain', 'mams']
    """
    return [word for value in values for word in (option, str(value))]


def _is_default(intervention: Intervention, field: Any) -> bool:
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return bool(getattr(intervention, field.name) == default)
