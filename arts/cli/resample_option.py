"""The option --resample: what intervals and paired tests are over."""

from __future__ import annotations

from typing import Annotated

import typer

from arts.evaluation.resample import Resample

Resampling = Annotated[
    Resample,
    typer.Option(
        help="What the bootstrap of intervals draws and paired tests exchange: sentences, with all their "
        "units, which are not independent; or single units."
    ),
]
