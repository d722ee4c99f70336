"""The options that several commands share, and functions that convert their values to objects."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from arts.cli.given_options import refuse_given
from arts.cli.number_types import number
from arts.data.corpus_registry import CORPUS_NAMES
from arts.data.errors import ArtsError
from arts.data.label_names import LabelNames
from arts.data.polarity_labels import polarity_names
from arts.data.readers.field_names import ColumnNames
from arts.models import runtime
from arts.models.recipe import Start


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
