"""The options that say how a language model is asked; those that hold for no model are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from arts.cli.given_options import refuse_given, refuse_repeated
from arts.cli.number_types import number, whole_number
from arts.cli.option_groups import OptionGroup
from arts.data.errors import ArtsError
from arts.models.language_models.cost import Budget
from arts.models.language_models.prompts import BUILT_IN, Prompt
from arts.models.language_models.registry import (
    ANSWER_TOKENS,
    CONCURRENCY,
    is_language_model,
    is_served,
)
from arts.models.language_models.shots import ShotChoice

DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Only print what asking a language model would take: calls, tokens, time and money."
    ),
]


@dataclass(frozen=True)
class ServerOptions(OptionGroup):
    """How language models behind a server are asked, and at what cost."""

    heading = "Language models behind a server"

    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url",
            metavar="URL",
            help="Address of the OpenAI-compatible server that openai: asks, such as "
            "http://localhost:8000/v1. Default: OPENAI_BASE_URL, else that of OpenAI. The key is taken from "
            "OPENAI_API_KEY.",
        ),
    ] = None
    concurrency: Annotated[
        int,
        typer.Option(
            "--concurrency", parser=whole_number(least=1, most=1000), help="Requests to the server at once."
        ),
    ] = CONCURRENCY
    answer_tokens: Annotated[
        int,
        typer.Option(
            "--answer-tokens",
            parser=whole_number(least=1),
            help="Tokens that an answer of a server may have, with the reasoning before it.",
        ),
    ] = ANSWER_TOKENS
    price_in: Annotated[
        float | None,
        typer.Option(
            "--price-in",
            parser=number(least=0),
            help="Price of a million tokens that the model reads, for the cost; with --price-out.",
        ),
    ] = None
    price_out: Annotated[
        float | None,
        typer.Option(
            "--price-out", parser=number(least=0), help="Price of a million tokens that the model writes."
        ),
    ] = None
    max_cost: Annotated[
        float | None,
        typer.Option(
            "--max-cost",
            parser=number(least=0),
            help="Stop before the answers of a model cost more. What was answered is kept: the same command "
            "goes on from there.",
        ),
    ] = None
    max_tokens: Annotated[
        int | None,
        typer.Option(
            "--max-tokens",
            parser=whole_number(least=0),
            help="Stop before a model has read and written more tokens. What was answered is kept.",
        ),
    ] = None

    @property
    def budget(self) -> Budget:
        """The prices, and the limits on what asking may take."""
        return Budget(self.max_cost, self.max_tokens, self.price_in, self.price_out)


@dataclass(frozen=True)
class AskingOptions(ServerOptions):
    """How language models are asked for sentiments."""

    heading = "Language models"

    prompt: Annotated[
        list[str] | None,
        typer.Option(
            "--prompt",
            metavar="NAME|FILE",
            help=f"Prompt that a language model (lm: or openai:) is asked by: {', '.join(BUILT_IN)}, or a "
            "file with a Jinja template. Repeatable: a report per prompt, and the mean and spread. Default: "
            f"all {len(BUILT_IN)}.",
        ),
    ] = None
    shots: Annotated[
        int,
        typer.Option(
            "--shots",
            parser=whole_number(least=0, most=1000),
            help="Number of examples from the training split that each prompt shows.",
        ),
    ] = 0
    shots_by: Annotated[
        ShotChoice,
        typer.Option(
            "--shots-by",
            help="How the examples are chosen: as many of each label, drawn by --seed; or those with the "
            "nearest texts.",
        ),
    ] = ShotChoice.LABEL
    system_prompt: Annotated[
        str | None, typer.Option("--system-prompt", help="System prompt of a language model. Default: none.")
    ] = None
    length_normalized: Annotated[
        bool,
        typer.Option(
            "--length-normalized/--no-length-normalized",
            help="Whether lm: divides the log-likelihood of a label by its number of tokens.",
        ),
    ] = True
    dry_run: DryRun = False

    @property
    def draws(self) -> bool:
        """Whether examples are drawn at random, by seed."""
        return self.shots > 0 and self.shots_by is ShotChoice.LABEL

    def prompts(self) -> list[Prompt]:
        """The prompts to ask by.

        Raises:
            ArtsError: when there is no such prompt or file, or two have one name.
        """
        refuse_repeated("prompt", [*(self.prompt or ())])
        prompts = [_prompt(value) for value in self.prompt or BUILT_IN]
        names = [prompt.name for prompt in prompts]
        for name in names:
            if names.count(name) > 1:
                raise ArtsError(f'--prompt: two are called "{name}"; rename the file')
        return prompts

    def refuse_idle(self, models: Sequence[str], probes: Sequence[str] = ()) -> None:
        """Refuse the options of asking that hold for none of the models.

        Args:
            models: the models, as --model names them.
            probes: the probes, as --probe names them.

        Raises:
            ArtsError: when such an option was given.
        """
        from arts.evaluation.probes import add_clauses

        asked = [model for model in models if is_language_model(model)]
        local = [model for model in asked if not is_served(model)]
        listed, shotless = ", ".join(asked), f"on {', '.join(asked)} without --shots N"
        refuse_given(*self.names(), when=not asked, because="on models that are not lm:... or openai:...")
        refuse_given(
            *ServerOptions.names(), when=len(local) == len(asked), because=f"on {listed}, which runs here"
        )
        refuse_given("length_normalized", when=not local, because=f"on {listed}, which answers in text")
        refuse_given("shots_by", when=not self.shots, because="without --shots N")
        others = [model for model in models if model not in asked]
        refuse_given("dry_run", when=others, because=f"on {', '.join(others)}, which is not asked by prompts")
        refuse_given("output", "format", when=self.dry_run, because="with --dry-run, which measures nothing")
        if others:
            return
        refuse_given("train_from", when=not self.shots and not add_clauses(probes), because=shotless)
        drawn = shotless if not self.shots else f"with --shots-by {self.shots_by}, which draws nothing"
        refuse_given("seed", when=not self.draws, because=drawn)
        refuse_given("device", when=not local, because=f"on {listed}, which runs elsewhere")


def _prompt(value: str) -> Prompt:
    """The prompt that a value of --prompt stands for: a name, or a file."""
    path = Path(value)
    is_file = value not in BUILT_IN and (path.suffix or path.exists())
    return Prompt.load(path) if is_file else Prompt.built_in(value)
