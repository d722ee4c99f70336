"""The option --strategy: the strategies by which variants are made."""

from __future__ import annotations

from typing import Annotated

import typer

from arts.data.schema import PERTURBATIONS, Strategy


def perturbation(text: str) -> Strategy:
    """The strategy that a text names; raises `typer.BadParameter` if it makes no variants."""
    value = str(text).lower()
    expected = f"expected {', '.join(PERTURBATIONS[:-1])} or {PERTURBATIONS[-1]}"
    if value == Strategy.ORIGINAL:
        raise typer.BadParameter(f"{value} changes nothing; {expected}")
    if value not in PERTURBATIONS:
        raise typer.BadParameter(f'"{text}" is no strategy; {expected}')
    return Strategy(value)


CHOICES = f"<{'|'.join(PERTURBATIONS)}>"

Strategies = Annotated[list[Strategy] | None, typer.Option(parser=perturbation, metavar=CHOICES)]
