"""The instructions of a writer, and its replies: JSON with a text and the aspects that it adds."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, ValidationError

from arts.data.errors import DataError
from arts.data.support.json_text import parse_json
from arts.generators.writing.assignment import Assignment
from arts.generators.writing.faults import WritingFault

_FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.IGNORECASE | re.DOTALL)
SCHEMA: dict[str, Any] = {  # of a reply, for servers that hold a model to it
    "type": "object",
    "properties": {"text": {"type": "string"}, "added": {"type": "array", "items": {"type": "string"}}},
    "required": ["text", "added"],
    "additionalProperties": False,
}


class Proposal(BaseModel):
    """What a writer proposes.

    Args:
        text: the text of the variant.
        added: the terms of the aspects that it adds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)

    text: str
    added: tuple[str, ...] = ()


def messages_of(assignment: Assignment) -> list[dict[str, str]]:
    """The conversation that asks for a variant; what the review says is only ever text."""
    content = _template().render(
        text=assignment.source.text,
        goals=assignment.goals,
        number=assignment.number,
        place=assignment.place,
        added=str(assignment.added),
    )
    return [{"role": "user", "content": content.strip()}]


def parse_proposal(reply: str) -> Proposal | WritingFault:
    """The proposal of a reply, which is JSON and nothing else, or the fault that it is none.

    Args:
        reply: the reply without reasoning before it.

    Example:
        >>> parse_proposal('{"text": "The soup was bad.", "added": []}').text
        'The soup was bad.'
        >>> parse_proposal('Here it is: {"text": "The soup was bad."}').name
        'REPLY'
    """
    fenced = _FENCE.fullmatch(reply.strip())
    try:
        return Proposal.model_validate(parse_json(fenced[1] if fenced else reply, "reply"))
    except (DataError, ValidationError):
        return WritingFault.REPLY


def instructions_checksum() -> str:
    """SHA-256 of the template."""
    return hashlib.sha256(_source().encode()).hexdigest()


def _source() -> str:
    file = resources.files("arts.generators.writing") / "templates" / "instructions.jinja"
    return file.read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_source())
