"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arts.data.errors import ArtsError
from arts.data.schema import PERTURBATIONS, Strategy

if TYPE_CHECKING:
    from arts.interventions.adversarial import Adversarial
    from arts.models.base import Start

Encoder = Annotated[str, typer.Option(help="Pretrained encoder of the zoo's models: a folder or Hub id.")]
Embeddings = Annotated[
    Path | None,
    typer.Option(help="Word vectors in GloVe text format. Default: means of the encoder's piece vectors."),
]
PostTrainingText = Annotated[
    Path | None,
    typer.Option(help="Text, a passage a line, to post-train bert-pt on. Default: the training sentences."),
]
PostTrained = Annotated[
    bool, typer.Option("--post-trained", help="The encoder is post-trained already: bert-pt need not.")
]
Strategies = Annotated[
    list[Strategy] | None,
    typer.Option("--strategy", help="Of adversarial training. Repeatable. Default: all three."),
]
Ratio = Annotated[
    float | None,
    typer.Option(help="Share of the perturbations that adversarial training uses. Default: 0.5."),
]
Templates = Annotated[
    list[str] | None,
    typer.Option("--template", help="Of ADDDIFF in adversarial training. Repeatable. Default: all."),
]
Holdout = Annotated[
    list[str] | None,
    typer.Option(
        "--holdout-templates",
        help="ADDDIFF templates to leave out of adversarial training and to test on. Repeatable.",
    ),
]


def start_of(
    models: Iterable[str],
    encoder: str,
    embeddings: Path | None,
    corpus: Path | None,
    post_trained: bool,
) -> Start:
    """What training starts from, as the options say.

    Raises:
        UnknownNameError: for a model that nobody knows.
        ArtsError: for an option that none of the models takes.
    """
    from arts.models.registry import find

    named = [model for model in models if ":" not in model]
    taken = {extra for model in named for extra in getattr(find(model), "extras", ())}
    for option, given, extra in (
        ("--embeddings", embeddings, "embeddings"),
        ("--corpus", corpus, "corpus"),
        ("--post-trained", post_trained, "corpus"),
    ):
        if given and extra not in taken:
            raise ArtsError(f"{option} is taken by none of the models; see `arts models`")
    from arts.models.base import Start  # last: an unknown name should not wait for it

    return Start(encoder, embeddings, corpus, post_trained)


def adversarial(
    switch: str,
    wanted: bool,
    strategies: list[Strategy] | None,
    ratio: float | None,
    templates: list[str] | None,
    holdout: list[str] | None,
) -> Adversarial | None:
    """Adversarial training as the options say, if it is wanted.

    Raises:
        ArtsError: as `Adversarial`, and for its options without `switch`, which asks for it.
    """
    if not wanted:
        if strategies or templates or holdout or ratio is not None:
            raise ArtsError(
                "--strategy, --ratio, --template and --holdout-templates are of adversarial training; "
                f"add {switch}"
            )
        return None
    from arts.generators.strategies.adddiff import TEMPLATES
    from arts.interventions.adversarial import Adversarial

    return Adversarial(
        strategies=tuple(s for s in Strategy if s in (strategies or PERTURBATIONS)),
        ratio=Adversarial.ratio if ratio is None else ratio,
        templates=tuple(templates or TEMPLATES),
        holdout=tuple(holdout or ()),
    )
