"""The options that several commands share, and functions that convert their values to objects."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from arts.cli.given_options import refuse_given
from arts.cli.number_types import number
from arts.data.corpus_registry import CORPUS_NAMES
from arts.data.label_names import LabelNames
from arts.data.polarity_labels import polarity_names
from arts.data.readers.field_names import ColumnNames
from arts.models import runtime


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
MinAcceptance = Annotated[
    float | None,
    typer.Option(
        parser=number(least=0, most=1),
        help="Least probability that a reader finds a variant fluent and its label right; 0 takes the first "
        "one that the rules make. Default: such that readers accept most of what is left; in training, 0.",
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
