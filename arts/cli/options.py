"""The options that several commands share, and functions that convert their values to objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arts.data.errors import ArtsError
from arts.data.schema import Strategy
from arts.models.recipe import Start

if TYPE_CHECKING:
    from arts.interventions.base import Intervention


class ReportFormat(StrEnum):
    """The formats in which a report can be printed on standard output."""

    TABLE = "table"
    JSON = "json"


Encoder = Annotated[
    str,
    typer.Option(
        help="Pretrained encoder (a BERT-like network) that the models start from: a folder or Hub id."
    ),
]
Embeddings = Annotated[
    Path | None,
    typer.Option(
        help="File of word vectors in GloVe's text format, for the models that read words. Default: the "
        "vector of a word is the mean of the input embeddings of its tokens in the encoder."
    ),
]
PostTrainingText = Annotated[
    Path | None,
    typer.Option(
        help="Text file on which bert-pt is post-trained, one passage per line. Default: the training "
        "sentences."
    ),
]
PostTrained = Annotated[
    bool,
    typer.Option(
        "--post-trained",
        help="Say that the encoder is post-trained already, so that bert-pt does not post-train it.",
    ),
]
Strategies = Annotated[
    list[Strategy] | None,
    typer.Option(
        "--strategy",
        help="Strategy by which adversarial training perturbs the training data: revtgt, revnon or "
        "adddiff. Repeatable. Default: all three.",
    ),
]
VariantRatio = Annotated[
    float | None,
    typer.Option(
        help="Share of the generated variants that adversarial training uses, over 0 and up to 1. Default: "
        "0.5."
    ),
]
Templates = Annotated[
    list[str] | None,
    typer.Option(
        "--template",
        help="ADDDIFF template that adversarial training uses. A template is a way of joining the added "
        "aspects to the sentence; `arts generate --help` lists them. Repeatable. Default: all templates.",
    ),
]
HoldoutTemplates = Annotated[
    list[str] | None,
    typer.Option(
        "--holdout-templates",
        help="Name of an ADDDIFF template to leave out of adversarial training; `arts generate --help` "
        "lists all. `arts evaluate` then reports the pattern gap: accuracy on variants with the templates "
        "left out minus that with the templates used. Repeatable.",
    ),
]


def starting_point(
    models: Iterable[str],
    encoder: str,
    *,
    embeddings: Path | None,
    post_training_text: Path | None,
    post_trained: bool,
) -> Start:
    """Convert the options on pretrained weights to the starting point of training.

    Args:
        models: the values of --model. Those that contain a colon are ignored; all others have to be names
            of registered models.
        encoder: value of --encoder.
        embeddings: value of --embeddings.
        post_training_text: value of --post-training-text.
        post_trained: whether --post-trained is given.

    Raises:
        UnknownNameError: when a name is not that of a registered model.
        ArtsError: when an option is given that none of the models uses.
    """
    from arts.models.registry import find_model

    names = [model for model in models if ":" not in model]
    extras = {extra for name in names for extra in getattr(find_model(name), "extras", ())}
    for option, value, extra in (
        ("--embeddings", embeddings, "embeddings"),
        ("--post-training-text", post_training_text, "corpus"),
        ("--post-trained", post_trained, "corpus"),
    ):
        if value and extra not in extras:
            raise ArtsError(f"{option} is taken by none of the models; see `arts models`")
    return Start(encoder, embeddings, post_training_text, post_trained)


def intervention_from_options(
    name: str | None, values: Mapping[str, Any], *, extra: Iterable[str] = (), switch: str
) -> Intervention | None:
    """Create an intervention from the values of command-line options; None when `name` is None.

    Args:
        name: name of the intervention.
        values: values of all options that belong to interventions, keyed by the argument names of
            `Intervention.from_options`. None and empty values count as not given.
        extra: values of --intervention-option, each in the form ``NAME=VALUE``.
        switch: the option by which the command's user chooses an intervention, such as ``--intervention``,
            for error messages.

    Raises:
        UnknownNameError: when no intervention has this name.
        ArtsError: when `values` or `extra` has values but `name` is None, or the intervention has no such
            option.
    """
    given = {keyword: value for keyword, value in values.items() if value not in (None, [], ())}
    extra_values = dict(map(_parse_assignment, extra))
    if name is None:
        if given or extra_values:
            options = ", ".join(_option_names([*given, *extra_values]))
            raise ArtsError(f"{options}: only with an intervention; add {switch}")
        return None
    from arts.interventions.registry import find_intervention

    intervention = find_intervention(name)
    for keyword in given:
        if keyword not in intervention.options:
            (option,) = _option_names([keyword])
            raise ArtsError(f"{option} is not an option of {switch} {name}")
    return intervention.from_options(**given, **extra_values)


def adversarial_values(
    strategies: list[Strategy] | None,
    ratio: float | None,
    *,
    templates: list[str] | None,
    holdout: list[str] | None,
) -> dict[str, Any]:
    """Collect the values of the options of adversarial training.

    Args:
        strategies: values of --strategy.
        ratio: value of --variant-ratio.
        templates: values of --template.
        holdout: values of --holdout-templates.

    Returns:
        The values, keyed by the argument names of `Adversarial.from_options`. Values that are not given are
        None or empty.
    """
    return {
        "strategies": tuple(strategy for strategy in Strategy if strategy in (strategies or ())),
        "ratio": ratio,
        "templates": tuple(templates or ()),
        "holdout": tuple(holdout or ()),
    }


def _option_names(keywords: Iterable[str]) -> list[str]:
    """The options, such as ``--domain``, that set the given arguments of `Intervention.from_options`.

    Several arguments can have the same option, which is then listed once.
    """
    from arts.interventions.base import GENERIC_OPTION
    from arts.interventions.merge import Merge  # its options include those of the other interventions

    return list(dict.fromkeys(Merge.options.get(keyword, GENERIC_OPTION) for keyword in keywords))


def _parse_assignment(text: str) -> tuple[str, Any]:
    """Split a text ``NAME=VALUE`` into the name and the value.

    The value is parsed as JSON. If it is not JSON, it is the text itself.

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
