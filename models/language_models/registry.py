"""The names of language models on the command line, and the respondents that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from arts.models.language_models.cost import Budget, Spending
from arts.models.language_models.respondent import Respondent

if TYPE_CHECKING:
    from arts.models.language_models.verifier import RespondentVerifier
    from arts.models.language_models.written import LanguageWriter

LOCAL, SERVED = "lm:", "openai:"  # what precedes a folder or Hub id, and the name that a server knows
ANSWER_TOKENS, CONCURRENCY = 1024, 8


@dataclass(frozen=True)
class AskingSettings:
    """How a language model is asked, whichever runs it.

    Args:
        system: the system prompt; None for none.
        length_normalized: whether a model that runs here divides the log-likelihood of a label by its number
            of tokens.
        base_url: address of the server; None for the usual one.
        concurrency: requests to the server at once.
        answer_tokens: tokens that an answer of the server may have.
        budget: prices and limits of a server.
        on_wait: told, in a text, of each wait for the server.
    """

    system: str | None = None
    length_normalized: bool = True
    base_url: str | None = None
    concurrency: int = CONCURRENCY
    answer_tokens: int = ANSWER_TOKENS
    budget: Budget = field(default_factory=Budget)
    on_wait: Callable[[str], None] = lambda text: None


def is_language_model(name: str) -> bool:
    """Whether a name on the command line is that of a language model, which is asked by prompts.

    Example:
        >>> is_language_model("lm:mine"), is_language_model("openai:gpt"), is_language_model("hf:mine")
        (True, True, False)
    """
    return name.startswith((LOCAL, SERVED))


def is_served(name: str) -> bool:
    """Whether a language model is behind a server.

    Args:
        name: the model as the command line names it.
    """
    return name.startswith(SERVED)


@contextmanager
def open_writer(
    name: str, settings: AskingSettings, *, verifier: str | None, schema: Mapping[str, Any]
) -> Iterator[tuple[LanguageWriter, RespondentVerifier, list[Respondent | LanguageWriter]]]:
    """Make ready a language model that writes and one that reads what it wrote, within one budget.

    Args:
        name: the writer, named as in `load_respondent`.
        settings: how both are asked.
        verifier: the reader; None for the writer itself.
        schema: the JSON schema of what is written.

    Yields:
        The writer, the verifier, and both as what has facts.

    Raises:
        ArtsError: when a model cannot be loaded, the address or key cannot be one, or a package is missing.
    """
    from arts.models.language_models.verifier import RespondentVerifier

    reader, spending = verifier or name, Spending(settings.budget)
    with ExitStack() as stack:
        respondent = stack.enter_context(load_respondent(reader, settings, spending=spending))
        writer: LanguageWriter
        if is_served(name):
            from arts.models.language_models.retries import Retries
            from arts.models.language_models.served_writer import ServedWriter

            served = ServedWriter(
                name.removeprefix(SERVED),
                schema=schema,
                spending=spending,
                base_url=settings.base_url,
                answer_tokens=settings.answer_tokens,
                concurrency=settings.concurrency,
                retries=Retries(on_wait=settings.on_wait),
            )
            writer = stack.enter_context(served)
        else:
            from arts.models.language_models.language_model import LanguageModel
            from arts.models.language_models.local_writer import LocalWriter

            loaded = getattr(respondent, "language_model", None) if reader == name else None
            writer = LocalWriter(loaded or LanguageModel.load(name.removeprefix(LOCAL), for_inference=True))
        yield writer, RespondentVerifier(respondent), [writer, respondent]


def load_respondent(
    name: str, settings: AskingSettings, *, spending: Spending | None = None
) -> AbstractContextManager[Respondent]:
    """Load a language model that runs here, or make ready to ask one behind a server.

    Args:
        name: ``lm:`` followed by a folder or Hub id, or ``openai:`` followed by the name that a server knows.
        settings: how it is asked.
        spending: what is spent together with others; None for the model's own.

    Returns:
        The respondent, to be used in a ``with`` block.

    Raises:
        ArtsError: when the model cannot be loaded, the address or key cannot be one, or a package is missing.
    """
    if is_served(name):
        from arts.models.language_models.retries import Retries
        from arts.models.language_models.served import ServedRespondent

        return ServedRespondent(
            name.removeprefix(SERVED),
            base_url=settings.base_url,
            system=settings.system,
            concurrency=settings.concurrency,
            answer_tokens=settings.answer_tokens,
            budget=settings.budget,
            retries=Retries(on_wait=settings.on_wait),
            spending=spending,
        )
    from arts.models.language_models.local import LocalRespondent

    return nullcontext(
        LocalRespondent(
            name.removeprefix(LOCAL), system=settings.system, length_normalized=settings.length_normalized
        )
    )
