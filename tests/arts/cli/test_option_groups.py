"""Groups of options: a dataclass as one parameter of a command, single options on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from arts.cli.app import command_app
from arts.cli.given_options import refuse_given
from arts.cli.option_groups import OptionGroup


@dataclass(frozen=True)
class Heat(OptionGroup):
    heading = "How it is heated"

    degrees: Annotated[int, typer.Option(help="Degrees of the oven.")] = 180


@dataclass(frozen=True)
class Baking(Heat):
    heading = "What is baked"

    cake: Annotated[str | None, typer.Option("--cake", help="Name of the cake.")] = None
    layer: Annotated[list[str] | None, typer.Option("--layer", help="Layer.")] = None


def bake(*, minutes: int = 40, baking: Baking) -> None:
    """Bake a cake.

    Args:
        minutes: Minutes in the oven.
    """
    refuse_given(*Heat.names(), when=baking.cake is None, because="without --cake")
    typer.echo(repr((minutes, baking)))


def run(*words):
    return CliRunner().invoke(command_app(bake), [*words], env={"TERMINAL_WIDTH": "100"})


def test_option_groups_a_command_gets_the_values_as_one_object():
    given = run(
        "--layer", "jam", "--degrees", "200", "--layer", "cream", "--minutes", "5", "--cake", "sponge"
    )
    assert given.stdout == f"{(5, Baking(200, 'sponge', ['jam', 'cream']))!r}\n"
    assert run().stdout == f"{(40, Baking())!r}\n"


def test_option_groups_stand_under_their_headings_the_own_options_before_those_derived():
    assert Baking.names() == ("cake", "layer", "degrees")
    words = run("--help").stdout
    shown = ["Options", "--minutes", "What is baked", "--cake", "--layer", "How it is heated", "--degrees"]
    places = [words.index(word, words.index("─ Options")) for word in shown]
    assert places == sorted(places)
    assert "[default: 180]" in words


def test_option_groups_what_was_given_is_known_by_the_names_of_single_options():
    failed = run("--degrees", "180")
    assert str(failed.exception) == "--degrees has no effect without --cake; leave it out"
