"""The base class of interventions: training, card, options, and the command that reproduces a report."""

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

GENERIC_OPTION = "--intervention-option"  # for settings that have no option of their own


@dataclass(frozen=True)
class InterventionCard:
    """The facts about an intervention that the leaderboard, the command line and the docs show.

    Args:
        summary: what the intervention does, in a phrase.
        bibtex: key of an entry in ``data/citations.bib``, or a whole BibTeX entry.
    """

    summary: str
    bibtex: str


class Intervention(ABC):
    """Base class of interventions, which train a model of the zoo so that it becomes more robust.

    A subclass is a frozen dataclass whose fields are the settings. It defines `name`, `card`, `settings` and
    `train`. The other methods work for any dataclass whose settings are JSON values; a subclass with options
    of its own on the command line overrides them.
    """

    name: ClassVar[str]
    card: ClassVar[InterventionCard]
    options: ClassVar[Mapping[str, str]] = {}  # options of `arts evaluate`, by keyword of `from_options`

    @property
    def seen_templates(self) -> tuple[str, ...]:
        """The ADDDIFF templates that the model is trained with."""
        return ()

    @property
    def holdout(self) -> tuple[str, ...]:
        """The ADDDIFF templates that are held out of training, to measure the pattern gap."""
        return ()

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """All settings of the intervention as JSON values, for reports."""

    @abstractmethod
    def train(self, request: TrainingRequest, corpus: Corpus) -> TrainedModel:
        """Train the requested model with the intervention, without using the test split.

        Args:
            request: model, seed and starting point.
            corpus: the corpus to train on.

        Raises:
            ArtsError: when the model cannot be trained.
        """

    @classmethod
    def from_options(cls, **values: Any) -> Self:
        """The intervention with the values of command-line options, and defaults for the other settings.

        Raises:
            ArtsError: when the intervention does not take an option, or refuses its value.
        """
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        for name in values:
            if name not in known:
                raise ArtsError(f'--intervention {cls.name} has no option "{name}"')
        return cls(**values)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """The intervention with recorded settings, as far as command-line options can express them.

        Args:
            settings: the settings in a report.

        Raises:
            ArtsError, AttributeError, KeyError, TypeError, ValueError: when the settings are not valid.
        """
        known = [field.name for field in fields(cls)]  # type: ignore[arg-type]
        return cls(**{name: settings[name] for name in known if name in settings})

    def command_options(self) -> list[str]:
        """The options of `arts evaluate` for these settings, but --intervention; defaults are left out."""
        changed = (field for field in fields(self) if not _is_default(self, field))  # type: ignore[arg-type]
        values = (f"{field.name}={json.dumps(getattr(self, field.name))}" for field in changed)
        return repeat_option(GENERIC_OPTION, values)


def repeat_option(option: str, values: Iterable[object]) -> list[str]:
    """The arguments of a repeatable option: the option before each of its values.

    Example:
        >>> repeat_option("--domain", ["laptop", "mams"])
        ['--domain', 'laptop', '--domain', 'mams']
    """
    return [argument for value in values for argument in (option, str(value))]


def _is_default(intervention: Intervention, field: Any) -> bool:
    """Whether a field of an intervention has its default value."""
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return bool(getattr(intervention, field.name) == default)
