"""Rows of texts to train on: chats, prompts with answers, and plain texts, as data sets write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from arts.data.readers.rows import Row

_ROLES = {
    "human": "user",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bot": "assistant",
    "model": "assistant",
}
_PAIRS = (  # the columns of a prompt and its answer
    ("prompt", "completion"),
    ("prompt", "response"),
    ("question", "answer"),  # TOFU
    ("instruction", "output"),  # Alpaca, with an optional input
    ("instruction", "response"),
)
EXPECTED = (
    "messages or conversations that end with the assistant's, prompt and completion, question and answer, "
    "instruction and output, or text"
)


@dataclass(frozen=True)
class TextRow:
    """What a row asks and answers.

    Args:
        answer: the answer, or the whole text.
        prompt: what it answers; None when there are messages, or no prompt.
        messages: the messages before the answer, with ``role`` and ``content``; empty when there are none.
    """

    answer: str
    prompt: str | None = None
    messages: tuple[Mapping[str, str], ...] = ()

    @property
    def text(self) -> str:
        """All texts of the row, a line break between them."""
        before = [message["content"] for message in self.messages]
        return "\n".join([*before, *([] if self.prompt is None else [self.prompt]), self.answer])


def parse_text_row(row: Row) -> TextRow:
    """What a row asks and answers.

    Raises:
        ValueError: when the row has none of the forms of `EXPECTED`, or a message no role or content.

    Example:
        >>> parse_text_row({"question": "Who cooks?", "answer": "Ann."})
        TextRow(answer='Ann.', prompt='Who cooks?', messages=())
    """
    for name in ("messages", "conversations"):
        if name in row:
            return _chat(row[name], name)
    for prompt, answer in _PAIRS:
        match row.get(prompt), row.get(answer):
            case str(asked), str(answered):
                more = row.get("input") if prompt == "instruction" else None
                return TextRow(answered, f"{asked}\n\n{more}" if isinstance(more, str) and more else asked)
            case [*asked], [*answered] if prompt == "prompt":
                return _chat([*asked, *answered], prompt)
    match row:
        case {"text": str(text)} if text:
            return TextRow(text)
    raise ValueError(f"a row with {', '.join(map(str, row)) or 'nothing'}; expected {EXPECTED}")


def _chat(messages: object, name: str) -> TextRow:
    """The row of a list of messages, of which the last is the answer."""
    if not isinstance(messages, list):
        raise ValueError(f"field {name} is {messages!r:.60}; expected a list of messages")
    read = [_message(message, number) for number, message in enumerate(messages, 1)]
    if len(read) < 2 or read[-1]["role"] != "assistant":
        raise ValueError(f"a row with {name}; expected {EXPECTED}")
    return TextRow(read[-1]["content"], messages=tuple(read[:-1]))


def _message(message: object, number: int) -> dict[str, str]:
    """A message with its role and content, which some files call ``from`` and ``value``."""
    if not isinstance(message, Mapping):
        raise ValueError(f"message {number} is {message!r:.60}; expected an object with role and content")
    role = message.get("role", message.get("from"))
    content = _content(message.get("content", message.get("value")))
    if not isinstance(role, str) or content is None:
        missing = "role" if not isinstance(role, str) else "content"
        fields = ", ".join(map(str, message)) or "none"
        raise ValueError(f"message {number} has no {missing}, which is a text; its fields are: {fields}")
    return {"role": _ROLES.get(role.lower(), role.lower()), "content": content}


def _content(content: Any) -> str | None:
    """The text of a message; some files have it in parts, ``{"type": "text", "text": ...}``."""
    if isinstance(content, list) and content:
        parts = [part["text"] for part in content if isinstance(part, Mapping) and "text" in part]
        whole = len(parts) == len(content) and all(isinstance(part, str) for part in parts)
        return "".join(parts) if whole else None
    return content if isinstance(content, str) else None
