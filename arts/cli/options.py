"""The options that several commands share, and functions that convert their values to objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arts.cli.given_options import refuse_given
from arts.cli.number_types import number
from arts.data.corpus_registry import CORPUS_NAMES
from arts.data.errors import ArtsError
from arts.data.label_names import LabelNames
from arts.data.polarity_labels import polarity_names
from arts.data.readers.field_names import ColumnNames
from arts.data.schema import Strategy
from arts.models import runtime
from arts.models.recipe import Start

if TYPE_CHECKING:
    from arts.interventions.base import Intervention


class ReportFormat(StrEnum):
    """The formats in which a report is printed: `TABLE` (tables to read) or `JSON` (for programs)."""

    TABLE = "table"
    JSON = "json"


Device = Annotated[
    runtime.Device | None,
    typer.Option(
        "--device",
        help="What models run on: cpu, cuda, or mps (of a Mac). Default: cuda if there is one, else cpu.",
    ),
]
Encoder = Annotated[
    str,
    typer.Option(
        help="Pretrained encoder (a BERT-like network) that the models start from: a folder or Hub id."
    ),
]
Embeddings = Annotated[
    Path | None,
    typer.Option(
        help="File of word vectors in GloVe's text format, for memnet, gcae, atae-lstm, td-lstm and asgcn, "
        "which read word vectors. Default: the mean of the encoder's input embeddings of a word's tokens."
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
MinAcceptance = Annotated[
    float | None,
    typer.Option(
        parser=number(least=0, most=1),
        help="Least probability that a reader finds a variant fluent and its label right; 0 takes the first "
        "one that the rules make. Default: such that readers accept most of what is left; in training, 0.",
    ),
]
VariantRatio = Annotated[
    float | None,
    typer.Option(
        parser=number(over=0, most=1),
        help="Share of the generated variants that adversarial training uses, over 0 and up to 1. Default: "
        "0.5.",
    ),
]
Templates = Annotated[
    list[str] | None,
    typer.Option(
        "--template",
        help="ADDDIFF template that adversarial training uses, a way of joining the added aspects to the "
        "sentence. Repeatable. Default: those that `arts generate` uses by default; its help lists all.",
    ),
]
HoldoutTemplates = Annotated[
    list[str] | None,
    typer.Option(
        "--holdout-templates",
        help="Name of an ADDDIFF template to leave out of adversarial training; `arts generate --help` "
        "lists all. `arts evaluate` then reports the pattern gap: accuracy on variants made from the "
        "templates left out minus accuracy on those made from the templates trained on. Repeatable.",
    ),
]
Labels = Annotated[
    list[str] | None,
    typer.Option(
        "--labels",
        metavar="LABEL=NAME,...",
        help="What labels stand for that do not name it, such as numbers: "
        "0=negative,1=neutral,2=positive. Labels that do have names keep them.",
    ),
]


Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        metavar="FIELD=COLUMN,...",
        help="What the columns of a table are called, where they have names of their own: "
        "text=Comment,term=Topic,polarity=Mood. Fields: id, text, term, start, end, polarity, aspects, unit, "
        "strategy.",
    ),
]


def column_names(columns: list[str] | None) -> ColumnNames:
    """The names of columns that --columns gives.

    Args:
        columns: the values of --columns, such as ``text=Comment,term=Topic``; None for none.

    Raises:
        LabelError: when a value is not of this form.
    """
    return ColumnNames.parse(columns or ())


def label_polarities(labels: list[str] | None) -> LabelNames:
    """The polarities that --labels gives to labels.

    Args:
        labels: the values of --labels, such as ``0=negative,1=positive``; None for none.

    Raises:
        LabelError: when a value is not of this form, or a name is no polarity.
    """
    return polarity_names(LabelNames.parse(labels or ()))


def refuse_idle_labels(*corpora: str | None) -> None:
    """Raise `ArtsError` if --labels or --columns was given, but no corpus is read that they could be about.

    Args:
        corpora: names or paths of the corpora that are read; None for one that is not given.
    """
    known = all(corpus is None or corpus in CORPUS_NAMES for corpus in corpora)
    because = "on a corpus that is known by name, as its labels are"
    refuse_given("labels", when=known, because=because)
    refuse_given("columns", when=known, because=because.replace("labels", "columns"))


def starting_point(
    models: Iterable[str],
    encoder: str,
    *,
    embeddings: Path | None,
    post_training_text: Path | None,
    post_trained: bool,
) -> Start:
    """The starting point of training, made from the values of command-line options.

    Args:
        models: the values of --model. Those with a colon (``hf:PATH`` or ``package.module:Class``) use none
            of these options and are ignored. All others have to be names of registered models.
        encoder: folder or Hub id of the pretrained encoder.
        embeddings: file of word vectors in GloVe's text format.
        post_training_text: text file on which `bert-pt` is post-trained.
        post_trained: whether the encoder is post-trained already.

    Raises:
        UnknownNameError: when a name is not that of a registered model.
        ArtsError: when one of the last three is given, but none of the models uses it; or when an option
            was given that has no effect beside another one.
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
    refuse_given("post_training_text", when=post_trained, because="with --post-trained")
    reads_words = all("embeddings" in getattr(find_model(name), "extras", ()) for name in names)
    refuse_given(
        "encoder", when=embeddings and reads_words, because="with --embeddings on models that read words"
    )
    return Start(encoder, embeddings, post_training_text, post_trained)


def intervention_from_options(
    name: str | None, values: Mapping[str, Any], *, extra: Iterable[str] = (), switch: str
) -> Intervention | None:
    """Create an intervention (a way of training meant to make a model more robust) from option values.

    Args:
        name: name of the intervention, such as ``adversarial``. None: no intervention.
        values: the values of the command-line options that set an intervention, keyed by the argument names
            of `Intervention.from_options`. None and empty values count as not given.
        extra: values of --intervention-option, each in the form ``NAME=VALUE``. They are for arguments
            of `Intervention.from_options` that have no command-line option of their own.
        switch: the command-line option that `name` was given by, such as ``--intervention``; it is shown in
            error messages.

    Returns:
        The intervention, or None when `name` is None.

    Raises:
        UnknownNameError: when no intervention has this name.
        ArtsError: when `name` is None but `values` or `extra` sets something, or when they set something
            that this intervention does not have.
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
    min_acceptance: float | None,
) -> dict[str, Any]:
    """The settings of adversarial training, from the values of its options.

    Args:
        strategies: the strategies whose variants are trained on.
        ratio: the share of the generated variants that is trained on.
        templates: names of the ADDDIFF templates to use.
        holdout: names of the ADDDIFF templates to leave out.
        min_acceptance: the least acceptance of the variants that are trained on.

    Returns:
        The settings, keyed by the argument names of `Adversarial.from_options`; empty if not given.
    """
    return {
        "strategies": tuple(strategy for strategy in Strategy if strategy in (strategies or ())),
        "ratio": ratio,
        "templates": tuple(templates or ()),
        "holdout": tuple(holdout or ()),
        "min_acceptance": min_acceptance,
    }


def _option_names(keywords: Iterable[str]) -> list[str]:
    """The command-line options, such as ``--domain``, that set arguments of `Intervention.from_options`.

    Each option is listed once, even if it sets several of the arguments.

    Args:
        keywords: the names of the arguments.
    """
    from arts.interventions.base import GENERIC_OPTION
    from arts.interventions.registry import INTERVENTIONS, find_intervention

    options = {
        key: option for name in INTERVENTIONS for key, option in find_intervention(name).options.items()
    }
    return list(dict.fromkeys(options.get(keyword, GENERIC_OPTION) for keyword in keywords))


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
