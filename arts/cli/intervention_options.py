"""The options of interventions, and the intervention that their values ask for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arts.cli.number_types import number
from arts.cli.option_groups import OptionGroup
from arts.cli.options import MinAcceptance
from arts.cli.strategy_option import CHOICES, perturbation
from arts.data.errors import ArtsError
from arts.data.schema import Strategy
from arts.interventions.base import GENERIC_OPTION
from arts.interventions.position import PositionBias
from arts.interventions.registry import intervention_names

if TYPE_CHECKING:
    from arts.interventions.base import Intervention

_NOT_SETTINGS = ("intervention", "intervention_option")


@dataclass(frozen=True)
class InterventionOptions(OptionGroup):
    """The options of interventions, ways of training that are meant to make a model more robust.

    None and empty values count as not given. Each option goes to all of the interventions that have it.
    """

    heading = "Interventions"

    intervention: Annotated[
        list[str] | None,
        typer.Option(
            "--intervention",
            help=f"Way of training that is to make models more robust: {', '.join(intervention_names())}. "
            "Repeatable: several are one training, composed from left to right; merge makes the weights "
            "that the next ones start from, unlearn takes the model that those before it train. unlearn "
            "alone continues from the adversarially trained model or, when --merge-method is given, from "
            "the merged one. `arts evaluate` measures the model beside the plainly trained one.",
        ),
    ] = None
    strategy: Annotated[
        list[Strategy] | None,
        typer.Option(
            "--strategy",
            parser=perturbation,
            metavar=CHOICES,
            help="Strategy by which adversarial training perturbs the training data: revtgt, revnon or "
            "adddiff. Repeatable. Default: all three.",
        ),
    ] = None
    variant_ratio: Annotated[
        float | None,
        typer.Option(
            parser=number(over=0, most=1),
            help="Share of the generated variants that adversarial training uses, over 0 and up to 1. "
            "Default: 0.5.",
        ),
    ] = None
    min_acceptance: MinAcceptance = None
    template: Annotated[
        list[str] | None,
        typer.Option(
            "--template",
            help="ADDDIFF template that adversarial training uses, a way of joining the added aspects to "
            "the sentence. Repeatable. Default: those that `arts generate` uses by default; its help lists "
            "all.",
        ),
    ] = None
    holdout_templates: Annotated[
        list[str] | None,
        typer.Option(
            "--holdout-templates",
            help="Name of an ADDDIFF template to leave out of adversarial training; `arts generate --help` "
            "lists all. `arts evaluate` then reports the pattern gap: accuracy on variants made from the "
            "templates left out minus accuracy on those made from the templates trained on. Repeatable.",
        ),
    ] = None
    balance_places: Annotated[
        bool | None,
        typer.Option(
            "--balance-places",
            help="Let ADDDIFF add clauses first, inside and last equally often, as far as sentences allow. "
            "consistency does by default; --intervention-option balance_places=false turns it off.",
        ),
    ] = None
    consistency_weight: Annotated[
        float | None,
        typer.Option(
            "--consistency-weight",
            parser=number(least=0),
            help="Weight, in the loss of consistency, of the divergence between the predictions on an "
            "original and on its variants. Default: the best on dev of 0.3, 1 and 3.",
        ),
    ] = None
    same_side: Annotated[
        float | None,
        typer.Option(
            "--same-side",
            parser=number(least=0, most=1),
            help="Share of the epochs in which what is added to a unit in consistency agrees with the "
            "target. Default: 0.33.",
        ),
    ] = None
    position: Annotated[
        PositionBias | None,
        typer.Option(
            "--position",
            help="Whether position weights hidden states by their distance to the aspect, or drops them in "
            "training with a probability that grows with it. Default: weight.",
        ),
    ] = None
    noaspect_reading: Annotated[
        str | None,
        typer.Option(
            "--noaspect-reading",
            help="What a model trained by noaspect reads: the sentence, its template (in which a mask "
            "stands for the aspect), or both. Default: the best on dev.",
        ),
    ] = None
    noaspect_temperature: Annotated[
        float | None,
        typer.Option(
            "--noaspect-temperature",
            parser=number(over=0),
            help="Temperature of the contrast between sentences and templates, and of the predictions, in "
            "noaspect. Default: 0.1.",
        ),
    ] = None
    merge_method: Annotated[
        str | None,
        typer.Option(
            "--merge-method",
            help="Method that merges the specialists (models trained on one strategy or one domain each), "
            "such as metagpt or ties; `arts merge --help` lists all. Default: metagpt.",
        ),
    ] = None
    domain: Annotated[
        list[str] | None,
        typer.Option(
            "--domain",
            help="For --intervention merge: name or path of another corpus, to train a specialist on that "
            "is merged with a specialist of --dataset. Repeatable. Default: one specialist per strategy is "
            "merged, all trained on --dataset.",
        ),
    ] = None
    intervention_option: Annotated[
        list[str] | None,
        typer.Option(
            "--intervention-option",
            metavar="NAME=VALUE",
            help="Setting, as NAME=VALUE, of an --intervention that another package provides. VALUE is JSON "
            "or plain text. Repeatable.",
        ),
    ] = None

    def chosen(self, switch: str = "--intervention") -> Intervention | None:
        """The intervention that the options ask for; several are composed from left to right.

        Args:
            switch: the option that named them, which error messages show.

        Returns:
            The intervention, or None if none is named.

        Raises:
            UnknownNameError: when no intervention has one of the names.
            ArtsError: when none is named but another option is given; when one is given that none of the
                interventions has; or when these cannot be composed.
        """
        names = self.intervention or []
        further = dict(map(_parse_assignment, self.intervention_option or ()))
        if not names:
            options = [*self._settings, *([GENERIC_OPTION] if further else [])]
            if options:
                raise ArtsError(f"{', '.join(options)}: only with an intervention; add {switch}")
            return None
        from arts.interventions.composition import compose
        from arts.interventions.registry import find_intervention

        found = [find_intervention(name) for name in names]
        for option in self._settings:
            if not any(option in intervention.options.values() for intervention in found):
                raise ArtsError(f"{option} is not an option of {switch} {' + '.join(names)}")
        alone = len(found) == 1
        return compose(
            [_with_own(intervention, self._settings, further, alone=alone) for intervention in found]
        )

    @property
    def _settings(self) -> dict[str, Any]:
        """The values of the options that set an intervention, keyed by the option."""
        values = {name: getattr(self, name) for name in self.names() if name not in _NOT_SETTINGS}
        return {
            f"--{name.replace('_', '-')}": tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
            if value not in (None, [])
        }


def _with_own(
    intervention: type[Intervention], given: Mapping[str, Any], further: Mapping[str, Any], *, alone: bool
) -> Intervention:
    """Create one of the interventions with the options that it has, and with its own further settings.

    Args:
        intervention: its class.
        given: the values of options, keyed by the option.
        further: the settings without an option, keyed by name.
        alone: whether there is no other intervention that these may belong to.
    """
    own = {name: given[option] for name, option in intervention.options.items() if option in given}
    known = {field.name for field in fields(intervention)}  # type: ignore[arg-type]
    return intervention.from_options(
        **own, **{name: value for name, value in further.items() if alone or name in known}
    )


def _parse_assignment(text: str) -> tuple[str, Any]:
    """Split a text ``NAME=VALUE`` into the name and the value, which is JSON or else a text.

    Raises:
        ArtsError: when the text has no name or no ``=``.
    """
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ArtsError(f'"{text}" is no option of an intervention; expected NAME=VALUE')
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
