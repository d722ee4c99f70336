"""The names of language models on the command line, and the respondents that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from arts.models.language_models.cost import Budget
from arts.models.language_models.respondent import Respondent

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


def load_respondent(name: str, settings: AskingSettings) -> AbstractContextManager[Respondent]:
    """Load a language model that runs here, or make ready to ask one behind a server.

    Args:
        name: ``lm:`` followed by a folder or Hub id, or ``openai:`` followed by the name that a server knows.
        settings: how it is asked.

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
        )
    from arts.models.language_models.local import LocalRespondent

    return nullcontext(
        LocalRespondent(
            name.removeprefix(LOCAL), system=settings.system, length_normalized=settings.length_normalized
        )
    )
