"""The options of how training calculates, which change its time and memory more than its result."""

from __future__ import annotations

from typing import Annotated

import typer

from arts.models.runtime import PrecisionOption

Precision = Annotated[
    PrecisionOption,
    typer.Option(
        "--precision",
        help="Precision of training: fp32; bf16, of products of matrices; or auto, which is bf16 on a GPU "
        "that has it, and for encoders on a CPU if a short measurement finds it clearly faster.",
    ),
]
