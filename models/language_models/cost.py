"""What asking a language model costs: the forecast before a run, and the budget that a run keeps to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from arts.data.errors import ArtsError

CHARACTERS_PER_TOKEN = 4  # where no tokenizer says how many there are
LABEL_TOKENS = 8  # of an answer that is a label, in JSON or not
PER = 1_000_000  # tokens that a price is for


@dataclass(frozen=True)
class Budget:
    """What a run may cost at most, and the prices. Answers that were kept from earlier runs cost nothing.

    Args:
        max_cost: money, in the currency of the prices.
        max_tokens: tokens, read and written together.
        price_in: price of a million tokens that the model reads.
        price_out: price of a million tokens that it writes.

    Raises:
        ArtsError: when a value is below 0 or not finite, or there is a `max_cost` without both prices.
    """

    max_cost: float | None = None
    max_tokens: int | None = None
    price_in: float | None = None
    price_out: float | None = None

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value is not None and not 0 <= value < math.inf:
                raise ArtsError(f"--{name.replace('_', '-')} {value}; expected a number of 0 or more")
        if (self.price_in is None) != (self.price_out is None):
            raise ArtsError("--price-in and --price-out are given together: prices of a million tokens")
        if self.max_cost is not None and self.price_in is None:
            raise ArtsError("--max-cost needs --price-in and --price-out: prices of a million tokens")

    def cost(self, prompt_tokens: float, completion_tokens: float) -> float | None:
        """The price of tokens; None when there are no prices.

        Example:
            >>> Budget(price_in=2, price_out=10).cost(500_000, 100_000)
            2.0
        """
        if self.price_in is None or self.price_out is None:
            return None
        return (prompt_tokens * self.price_in + completion_tokens * self.price_out) / PER


@dataclass
class Spending:
    """The tokens that a run has asked for so far.

    Args:
        budget: what it may cost at most.
        prompt_tokens: tokens read.
        completion_tokens: tokens written.
        largest: tokens read and written by the largest request of a prompt so far.
        is_forecast: whether no request of this prompt is answered yet, and `largest` is a forecast.
    """

    budget: Budget
    prompt_tokens: int = 0
    completion_tokens: int = 0
    largest: tuple[int, int] = (0, 0)
    is_forecast: bool = True

    def add(self, prompt_tokens: int, completion_tokens: int) -> None:
        """Add an answered request."""
        self.prompt_tokens += prompt_tokens
        self.completion_tokens += completion_tokens
        read, written = (0, 0) if self.is_forecast else self.largest
        self.largest = max(read, prompt_tokens), max(written, completion_tokens)
        self.is_forecast = False

    def expect(self, prompt_tokens: int, completion_tokens: int) -> None:
        """Expect requests of this size, until the first of them is answered."""
        self.largest, self.is_forecast = (prompt_tokens, completion_tokens), True

    def allows_another(self, under_way: int) -> bool:
        """Whether another request keeps to the budget, if all are as large as the largest so far.

        Args:
            under_way: requests that are not answered yet.
        """
        read = self.prompt_tokens + (under_way + 1) * self.largest[0]
        written = self.completion_tokens + (under_way + 1) * self.largest[1]
        budget, cost = self.budget, self.budget.cost(read, written)
        return (budget.max_tokens is None or read + written <= budget.max_tokens) and (
            budget.max_cost is None or cost is None or cost <= budget.max_cost
        )

    def __str__(self) -> str:
        tokens = f"{self.prompt_tokens + self.completion_tokens:,} tokens"
        cost = self.budget.cost(self.prompt_tokens, self.completion_tokens)
        limits = []
        if self.budget.max_cost is not None:
            limits.append(f"--max-cost {self.budget.max_cost:g}")
        if self.budget.max_tokens is not None:
            limits.append(f"--max-tokens {self.budget.max_tokens}")
        spent = tokens if cost is None else f"{tokens} for {cost:.4g}"
        return f"{spent} of {' and '.join(limits)}" if limits else spent


class BudgetError(ArtsError):
    """A run has stopped because another request could exceed its budget; what was answered is kept.

    Args:
        spending: what has been spent.
        answered: the number of instances whose answers are known.
        asked: the number of all.
    """

    def __init__(self, spending: Spending, *, answered: int, asked: int) -> None:
        super().__init__(
            f"stopped at {spending}: {answered:,} of {asked:,} instances are answered and kept; the same "
            "command goes on from there, with a larger limit or as much again"
        )


@dataclass(frozen=True)
class Estimate:
    """The forecast of a run.

    Args:
        calls: requests.
        prompt_tokens: tokens to read.
        completion_tokens: tokens to write, if each answer is a label.
        most_completion_tokens: tokens to write, if each answer is as long as it may be.
        rule: how the tokens were counted.
        seconds: how long it takes; None where no run has measured the rate.
        cost: the price, if each answer is a label; None without prices.
        most_cost: the price, if each answer is as long as it may be; None without prices.
    """

    calls: int
    prompt_tokens: int
    completion_tokens: int
    most_completion_tokens: int
    rule: str
    seconds: float | None
    cost: float | None
    most_cost: float | None


def estimated_tokens(text: str) -> int:
    """The tokens of a text where no tokenizer counts them: a quarter of its characters, rounded up.

    Example:
        >>> estimated_tokens("Good soup.")
        3
    """
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


def estimate(
    conversations: Iterable[Sequence[Mapping[str, str]]],
    *,
    budget: Budget,
    answer_tokens: int,
    count: Callable[[str], int] | None = None,
    seconds_per_call: float | None = None,
    reply_tokens: int = LABEL_TOKENS,
) -> Estimate:
    """Forecast what asking costs.

    Args:
        conversations: the messages of each request.
        budget: the prices.
        answer_tokens: tokens that an answer may have.
        count: counts the tokens of a text; by default `estimated_tokens`.
        seconds_per_call: the measured time of a request, with as many at once as there will be.
        reply_tokens: tokens that an answer is expected to have.
    """
    counted = count or estimated_tokens
    sizes = [sum(counted(message["content"]) for message in messages) for messages in conversations]
    calls, read = len(sizes), sum(sizes)
    written, most = calls * min(reply_tokens, answer_tokens), calls * answer_tokens
    return Estimate(
        calls=calls,
        prompt_tokens=read,
        completion_tokens=written,
        most_completion_tokens=most,
        rule="the model's tokenizer" if count else f"characters / {CHARACTERS_PER_TOKEN}",
        seconds=None if seconds_per_call is None else calls * seconds_per_call,
        cost=budget.cost(read, written),
        most_cost=budget.cost(read, most),
    )
