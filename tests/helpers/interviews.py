"""Served models that are asked about sentences of our own."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.chat_server import KEY
from helpers.sentences import sentence

from arts.data.schema import Instance
from arts.models.language_models.answers import Answer
from arts.models.language_models.prompts import Prompt
from arts.models.language_models.retries import Retries
from arts.models.language_models.served import ServedRespondent

QUESTION = Prompt("question", "{{ text }} {{ aspect }}?")


def soups(number: int) -> list[Instance]:
    return [
        instance
        for n in range(number)
        for instance in sentence(str(n), f"Soup number {n} was good.", Soup="positive").instances()
    ]


def respondent(server, **options) -> ServedRespondent:
    """The model ``tiny`` of a server of ours; retries come soon."""
    options = {"retries": Retries(most=2, first_delay=0.01), "api_key": KEY, **options}
    return ServedRespondent("tiny", base_url=server.base_url, **options)


def answers_of(
    served: ServedRespondent, instances: Sequence[Instance], prompt: Prompt = QUESTION
) -> list[Answer]:
    return list(served.answers(prompt, instances, [()] * len(instances)))


def run(
    server, number: int = 12, *, instances: Sequence[Instance] = (), **options
) -> tuple[list[Answer], ServedRespondent]:
    """A whole run with a server of ours, about a number of soups or other instances."""
    with respondent(server, **options) as served:
        return answers_of(served, instances or soups(number)), served
