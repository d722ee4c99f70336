"""The base class of interventions: how they train a model, and how they are set by options."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from arts.data.errors import ArtsError
from arts.data.support.code_checksum import code_checksum

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.data.schema import Instance, Strategy
    from arts.models.recipe import TrainingRequest
    from arts.models.trained_models import TrainedModel

GENERIC_OPTION = "--intervention-option"  # for settings that have no option of their own


class Stage(StrEnum):
    """When an intervention acts: BEFORE a training, to make its initial weights; DURING it; or AFTER it."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True)
class InterventionCard:
    """The facts about an intervention that the leaderboard, the command line and the docs show.

    Args:
        summary: what the intervention does, in a phrase.
        bibtex: key of an entry in ``data/citations.bib``, or a whole BibTeX entry.
    """

    summary: str
    bibtex: str


class VariantSettings(Protocol):
    """What is asked of the adversarial training whose variants a model has learnt from."""

    @property
    def strategies(self) -> tuple[Strategy, ...]:
        """The strategies by which the variants are made."""

    @property
    def seen_templates(self) -> tuple[str, ...]:
        """The names of the ADDDIFF templates."""

    @property
    def seed(self) -> int:
        """The random seed of generating the variants."""

    def splits(self, corpus: Corpus) -> tuple[list[Instance], list[Instance]]:
        """The instances of the training split and of the dev split."""


class Intervention(ABC):
    """Base class of interventions, ways of training a model of the zoo that are to make it more robust.

    A subclass is a frozen dataclass whose fields are its settings. It defines `name`, `card`, `settings` and
    `train`. The other methods work for all dataclasses whose fields are JSON values. A subclass overrides
    them if it has command-line options of its own, or uses ADDDIFF templates.
    """

    name: ClassVar[str]
    card: ClassVar[InterventionCard]
    stage: ClassVar[Stage | None] = None  # None: it cannot be composed with others
    options: ClassVar[Mapping[str, str]] = {}  # the option that sets each keyword of `from_options`

    @property
    def variants(self) -> VariantSettings | None:
        """The adversarial training whose variants the model learns from; None where it learns from none."""
        return None

    @property
    def seen_templates(self) -> tuple[str, ...]:
        """The names of the ADDDIFF templates that the model is trained with; empty by default."""
        return ()

    @property
    def holdout(self) -> tuple[str, ...]:
        """The names of the ADDDIFF templates held out of training, to measure the pattern gap."""
        return ()

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """All settings of the intervention as JSON values, keyed by name, for reports."""

    @abstractmethod
    def train(self, request: TrainingRequest, corpus: Corpus) -> TrainedModel:
        """Train the requested model with the intervention, without using the test split.

        Args:
            request: the model's name and seed, and the pretrained weights that it starts from.
            corpus: the corpus to train on.

        Raises:
            ArtsError: when the model cannot be trained.
        """

    def check_model(self, name: str) -> None:  # noqa: B027, most interventions take every model
        """Refuse a model that the intervention is not defined for.

        Args:
            name: name of the model in the registry.

        Raises:
            ArtsError: when it is not defined for this model.
        """

    def following(self, training: Intervention) -> Intervention:
        """This intervention, on models that another one has trained; defined where `stage` is AFTER.

        Args:
            training: the other intervention.

        Raises:
            ArtsError: when it cannot follow that one.
        """
        raise NotImplementedError

    def cache_key(self, request: TrainingRequest, *parts: object) -> str:
        """The name of the cache folder of a model that is trained with this intervention.

        It changes with the settings and the source code of the intervention, with what that imports, and with
        the libraries, threads and precision. An intervention that saves models by
        `arts.models.trained_models.cached_model` takes the name from here.

        Args:
            request: the model's name and seed.
            parts: what else the weights depend on, as JSON values, such as keys of other models, and
                `content_checksum` of the instances that are trained on.
        """
        from arts.models.cache_keys import cache_key
        from arts.models.runtime import numerical_environment

        modules = {c.__module__ for c in type(self).__mro__ if issubclass(c, Intervention)}
        return cache_key(
            request.model,
            {
                "intervention": [type(self).__qualname__, repr(self)],
                "code": code_checksum(*sorted(modules)),
                "environment": numerical_environment(),
                "seed": request.seed,
                "parts": parts,
            },
        )

    @classmethod
    def from_options(cls, **values: Any) -> Self:
        """Create the intervention from values of command-line options; other settings have their defaults.

        Args:
            values: the values that are given, keyed by the names of settings.

        Raises:
            ArtsError: when the intervention has no such setting, or a value is not valid.
        """
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        for name in values:
            if name not in known:
                raise ArtsError(f'--intervention {cls.name} has no option "{name}"')
        return cls(**values)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Create the intervention that has the settings in a report.

        The result is used to find the command that measures the model again. So a subclass may ignore the
        report's values of settings that no command-line option can set, and use the defaults.

        Args:
            settings: the settings, as the method `settings` returned them, keyed by name.

        Raises:
            ArtsError, AttributeError, KeyError, TypeError, ValueError: when the settings are not valid.
        """
        known = [field.name for field in fields(cls)]  # type: ignore[arg-type]
        return cls(**{name: settings[name] for name in known if name in settings})

    def command_options(self) -> list[str]:
        """The arguments of `arts evaluate` that set these settings, as a list of texts.

        Settings with default values, and the option --intervention itself, are left out.
        """
        changed = (field for field in fields(self) if not _is_default(self, field))  # type: ignore[arg-type]
        values = (f"{field.name}={json.dumps(getattr(self, field.name))}" for field in changed)
        return repeat_option(GENERIC_OPTION, values)

    def arguments(self) -> list[str]:
        """The arguments of `arts evaluate` that ask for it: --intervention, and its options."""
        return ["--intervention", self.name, *self.command_options()]


def repeat_option(option: str, values: Iterable[object]) -> list[str]:
    """The command-line arguments of an option that is given once per value.

    Example:
        >>> repeat_option("--domain", ["laptop", "mams"])
        ['--domain', 'laptop', '--domain', 'mams']
    """
    return [argument for value in values for argument in (option, str(value))]


def _is_default(intervention: Intervention, field: Any) -> bool:
    """Whether a field of an intervention has its default value."""
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return bool(getattr(intervention, field.name) == default)
