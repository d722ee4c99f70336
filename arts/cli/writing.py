"""Language models as writers of `arts generate`: their options, and the forecast of a dry run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arts.cli.asking import AskingBar, forecast_table
from arts.cli.given_options import refuse_given
from arts.cli.language_model_options import DryRun, ServerOptions
from arts.cli.progress import ProgressUpdate
from arts.cli.tables import sentence, show
from arts.data.errors import ArtsError
from arts.data.schema import Sentence
from arts.models.language_models.cost import Estimate, Spending, estimate, estimated_tokens
from arts.models.language_models.registry import AskingSettings, is_language_model, is_served, open_writer

if TYPE_CHECKING:
    from arts.generators.generator import GenerationOptions
    from arts.generators.running.rewriter import Rewriter


@dataclass(frozen=True)
class WritingOptions(ServerOptions):
    """How language models write variants, and read what was written; without a writer, the rules do it."""

    heading = "Language models that write variants"

    writer: Annotated[
        str | None,
        typer.Option(
            "--writer",
            metavar="openai:NAME|lm:PATH",
            help="Language model that writes the variants. Each is checked and read blind; the rules' "
            "variant is taken where it fails. Default: the rules alone.",
        ),
    ] = None
    verifier: Annotated[
        str | None,
        typer.Option(
            "--verifier",
            metavar="openai:NAME|lm:PATH",
            help="Language model that reads what was written, without the intention. Default: that of "
            "--writer.",
        ),
    ] = None
    dry_run: DryRun = False

    @property
    def runs_here(self) -> bool:
        """Whether one of the language models runs on this machine."""
        return any(name and not is_served(name) for name in (self.writer, self.verifier))

    @property
    def models(self) -> list[str]:
        """The writer and the verifier."""
        return [name for name in (self.writer, self.verifier or self.writer) if name]

    def refuse_idle(self) -> None:
        """Refuse options without effect.

        Raises:
            ArtsError: when such an option was given, or a model is none that can write.
        """
        refuse_given(
            "verifier", "dry_run", *ServerOptions.names(), when=not self.writer, because="without --writer"
        )
        for option, name in (("writer", self.writer), ("verifier", self.verifier)):
            if name is not None and not is_language_model(name):
                raise ArtsError(f"--{option} {name}; expected openai:NAME or lm:PATH")
        local = not any(map(is_served, self.models))
        refuse_given(
            *ServerOptions.names(),
            when=local,
            because=f"on {', '.join(dict.fromkeys(self.models))}, which runs here",
        )

    def settings(self, bar: AskingBar) -> AskingSettings:
        """How the models are asked, with waits shown on a bar."""
        return AskingSettings(
            base_url=self.base_url,
            concurrency=self.concurrency,
            answer_tokens=self.answer_tokens,
            budget=self.budget,
            on_wait=bar.waiting,
        )


@dataclass
class OpenWriting:
    """Models that are ready to write and read.

    Args:
        stack: what is closed at the end of a run.
        options: how they are asked.
        rewriter: has variants written; None for the rules alone.
        models: the writer and the reader, which have facts.
    """

    stack: ExitStack
    options: WritingOptions
    rewriter: Rewriter | None = None
    models: list[Any] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """A checksum of what written variants depend on; empty for the rules alone."""
        from arts.data.support.code_checksum import code_checksum
        from arts.generators.writing.instructions import instructions_checksum

        if not self.rewriter:
            return ""
        asked = [*self.options.models, self.options.base_url, self.options.answer_tokens]
        code = code_checksum("arts.models.language_models.registry")
        local = [str(getattr(model.facts(), "version", "")) for model in self.models]
        return hashlib.sha256(repr([asked, instructions_checksum(), code, local]).encode()).hexdigest()

    def facts(self) -> dict[str, Any] | None:
        """For the quality report: how the models were asked, and what that took in this run."""
        from arts.generators.writing.instructions import instructions_checksum

        if not self.rewriter:
            return None
        writer, verifier = (model.facts() for model in self.models)
        spent = Spending(self.options.budget)
        for facts in (writer, verifier):
            spent.add(facts.prompt_tokens, facts.completion_tokens)
        return {
            "writer": self.options.models[0],
            "verifier": self.options.models[1],
            "instructions_checksum": instructions_checksum(),
            "writer_facts": writer.model_dump(mode="json"),
            "verifier_facts": verifier.model_dump(mode="json"),
            "cost": self.options.budget.cost(spent.prompt_tokens, spent.completion_tokens),
        }


@contextmanager
def opened(
    options: WritingOptions, generation: GenerationOptions, progress: ProgressUpdate
) -> Iterator[OpenWriting]:
    """Make ready the models that write and read, for the length of a run.

    Args:
        options: how they are asked.
        generation: the options of the generator.
        progress: shows waits.

    Raises:
        ArtsError: when a model cannot be loaded or asked.
    """
    with ExitStack() as stack:
        opened = OpenWriting(stack, options)
        if options.writer:
            from arts.generators.running.rewriter import Rewriter
            from arts.generators.writing.instructions import SCHEMA

            settings = options.settings(AskingBar(progress))
            block = open_writer(options.writer, settings, verifier=options.verifier, schema=SCHEMA)
            writer, verifier, opened.models = stack.enter_context(block)
            opened.rewriter = Rewriter(writer, verifier, generation)
        yield opened


def show_forecast(
    sentences: Iterable[Sentence], generation: GenerationOptions, options: WritingOptions
) -> None:
    """Print what writing and reading would take, if every proposal is read: calls, tokens and money.

    Args:
        sentences: the sentences to perturb.
        generation: the options of the generator.
        options: how the models are asked.
    """
    from arts.generators.running.rewriter import assignment_of
    from arts.generators.writing.instructions import messages_of

    assignments = [
        assignment
        for one in sentences
        for source in one.instances()
        for strategy in generation.strategies
        if (assignment := assignment_of(source, strategy, generation))
    ]
    texts = [one.source.text for one in assignments]
    reply = max(map(estimated_tokens, texts), default=0) + 20
    rows: dict[str, list[Estimate]] = {}
    given: dict[str, Any] = {"budget": options.budget, "answer_tokens": options.answer_tokens}
    rows["write"] = [estimate(map(messages_of, assignments), reply_tokens=reply, **given)]
    readings = [
        [{"content": one.source.text + " " * 150}]
        for one in assignments
        for _ in range(len(one.goals) + one.number + 1)
    ]
    rows["verify"] = [estimate(readings, **given)]
    show(forecast_table(", ".join(dict.fromkeys(options.models)), rows, total="both"))
    show(sentence("Tokens: counted by characters / 4. Answers that are known cost nothing."))
