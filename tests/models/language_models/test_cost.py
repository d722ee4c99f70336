"""Costs: forecasts by a stated rule, prices, and budgets that cannot be."""

from __future__ import annotations

import pytest

from arts.data.errors import ArtsError
from arts.models.language_models.cost import Budget, Spending, estimate

CONVERSATIONS = [[{"role": "user", "content": "x" * length}] for length in (8, 9, 400)]


def test_cost_estimate_counts_characters_and_both_ends_of_the_answers():
    budget = Budget(price_in=1_000, price_out=10_000)
    forecast = estimate(CONVERSATIONS, budget=budget, answer_tokens=50, seconds_per_call=0.5)
    assert (forecast.calls, forecast.prompt_tokens, forecast.rule) == (3, 2 + 3 + 100, "characters / 4")
    assert (forecast.completion_tokens, forecast.most_completion_tokens) == (24, 150)
    assert (forecast.seconds, forecast.cost, forecast.most_cost) == (1.5, 0.105 + 0.24, 0.105 + 1.5)


def test_cost_estimate_with_a_tokenizer_and_without_rate_and_prices():
    forecast = estimate(CONVERSATIONS, budget=Budget(), answer_tokens=4, count=len)
    assert (forecast.prompt_tokens, forecast.rule) == (417, "the model's tokenizer")
    assert (forecast.completion_tokens, forecast.most_completion_tokens) == (12, 12)
    assert (forecast.seconds, forecast.cost, forecast.most_cost) == (None, None, None)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"max_cost": 1.0}, "--max-cost needs --price-in and --price-out"),
        ({"price_in": 1.0}, "--price-in and --price-out are given together"),
        ({"price_out": 1.0}, "--price-in and --price-out are given together"),
        ({"max_tokens": -1}, "--max-tokens -1; expected a number of 0 or more"),
        ({"price_in": float("nan"), "price_out": 1.0}, "--price-in nan; expected a number of 0 or more"),
        ({"price_in": 1.0, "price_out": float("inf")}, "--price-out inf; expected a number of 0 or more"),
    ],
)
def test_cost_budgets_that_cannot_be_are_refused(values, message):
    with pytest.raises(ArtsError, match=message):
        Budget(**values)


def test_cost_spending_reserves_for_the_requests_under_way():
    spending = Spending(Budget(max_tokens=100))
    spending.expect(30, 10)
    assert [spending.allows_another(n) for n in (0, 1, 2)] == [True, True, False]
    spending.add(20, 5)
    assert [spending.allows_another(n) for n in (0, 1, 2, 3)] == [True, True, True, False]
    assert str(spending) == "25 tokens of --max-tokens 100"
