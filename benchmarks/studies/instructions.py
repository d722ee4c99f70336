"""Instructions whose answers code can check: 120 of them, in eight kinds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Check = Callable[[str], bool]

TOPICS = (
    "the sea",
    "a rainy day",
    "bread",
    "trains",
    "a small garden",
    "winter",
    "coffee",
    "an old house",
    "bicycles",
    "music",
    "the moon",
    "a library",
    "cats",
    "mountains",
    "a market",
)
COMMON_WORDS = {
    "French": {"le", "la", "les", "et", "est", "un", "une", "des", "dans", "je", "de", "vous", "pour"},
    "Spanish": {"el", "la", "los", "y", "es", "un", "una", "de", "en", "que", "las", "por", "con"},
    "German": {"der", "die", "das", "und", "ist", "ein", "eine", "nicht", "ich", "mit", "den", "es", "zu"},
}


@dataclass(frozen=True)
class Instruction:
    """Something to do, and how to see that it was done."""

    kind: str
    prompt: str
    check: Check


def suite() -> list[Instruction]:
    """All of them, in a fixed order."""
    return [Instruction(kind, prompt, check) for kind, make in _KINDS.items() for prompt, check in make()]


def words(text: str) -> list[str]:
    """The words of a text, without punctuation.

    Example:
        >>> words("It's late; go home.")
        ["It's", 'late', 'go', 'home']
    """
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text)


def sentences(text: str) -> int:
    """How many sentences a text has."""
    return len(re.findall(r"[^.!?]*\w[^.!?]*(?:[.!?]+|$)", text))


def items(text: str, mark: str) -> int:
    """How many lines begin with a mark, given as a regular expression."""
    return len(re.findall(rf"^\s*(?:{mark})\s+\S", text, re.MULTILINE))


def _length() -> Iterator[tuple[str, Check]]:
    for topic in TOPICS[:5]:
        yield (
            f"Write about {topic} in at most 15 words.",
            lambda text: 3 <= len(words(text)) <= 15,
        )
    for topic in TOPICS[5:10]:
        yield f"Write exactly two sentences about {topic}.", lambda text: sentences(text) == 2
    for topic in TOPICS[10:]:
        yield (
            f"Write at least 60 words about {topic}.",
            lambda text: len(words(text)) >= 60,
        )


def _case() -> Iterator[tuple[str, Check]]:
    for topic in TOPICS[:8]:
        yield (
            f"Write one sentence about {topic}. Use capital letters only.",
            lambda text: len(words(text)) > 2 and text == text.upper(),
        )
    for topic in TOPICS[8:]:
        yield (
            f"Write one sentence about {topic}, all in lower case, without any capital letter.",
            lambda text: len(words(text)) > 2 and text == text.lower(),
        )


def _format() -> Iterator[tuple[str, Check]]:
    for topic in TOPICS[:5]:
        yield (
            f"List three words that go with {topic}, as bullet points that begin with a hyphen.",
            lambda text: items(text, "-") == 3,
        )
    for topic in TOPICS[5:10]:
        yield (
            f"Give me a numbered list of four facts about {topic}.",
            lambda text: items(text, r"\d+[.)]") == 4,
        )
    for topic in TOPICS[10:]:
        yield (
            f"Write a short poem about {topic}. Begin with a title in double square brackets, as [[title]].",
            lambda text: bool(re.match(r"\s*\[\[[^\[\]]+\]\]", text)),
        )


def _keywords() -> Iterator[tuple[str, Check]]:
    for topic, word in zip(TOPICS[:8], _WANTED, strict=True):
        yield (
            f'Write one sentence about {topic} with the word "{word}" in it.',
            lambda text, word=word: word in [w.lower() for w in words(text)],
        )
    for topic in TOPICS[8:]:
        yield (
            f'Write two sentences about {topic} without using the word "the".',
            lambda text: len(words(text)) > 5 and "the" not in [w.lower() for w in words(text)],
        )


_WANTED = ("quiet", "silver", "friend", "window", "morning", "letter", "warm", "door")


def _language() -> Iterator[tuple[str, Check]]:
    for place, topic in enumerate(TOPICS):
        language = list(COMMON_WORDS)[place % 3]
        yield (
            f"Write one sentence about {topic} in {language}.",
            lambda text, known=COMMON_WORDS[language]: len(known & {w.lower() for w in words(text)}) >= 2,
        )


def _json() -> Iterator[tuple[str, Check]]:
    for topic in TOPICS[:8]:
        yield (
            f'Answer with JSON only: an object with the keys "name" and "color" that describes {topic}.',
            lambda text: _is_json(text, lambda value: {"name", "color"} <= set(value), dict),
        )
    for topic in TOPICS[8:]:
        yield (
            f"Answer with JSON only: an array of three strings that have to do with {topic}.",
            lambda text: _is_json(
                text, lambda value: len(value) == 3 and all(isinstance(v, str) for v in value), list
            ),
        )


def _is_json(text: str, check: Callable[[object], bool], kind: type) -> bool:
    """Whether a text, or the code block that it is, is JSON of a kind that passes a check."""
    block = re.fullmatch(r"\s*```(?:json)?\s*(.*?)```\s*", text, re.DOTALL)
    try:
        value = json.loads(block[1] if block else text)
    except ValueError:
        return False
    return isinstance(value, kind) and check(value)


def _order() -> Iterator[tuple[str, Check]]:
    lists = (
        "pear, apple, fig",
        "tin, gold, iron",
        "oak, elm, birch",
        "red, blue, green",
        "tea, milk, juice",
        "owl, crow, hawk",
        "lamp, chair, table",
    )
    for given in lists:
        wanted = sorted(given.split(", "))
        yield (
            f"Put these words in alphabetical order: {given}.",
            lambda text, wanted=wanted: [w for w in _lower(text) if w in wanted][-3:] == wanted,
        )
    for topic in TOPICS[:8]:
        yield (
            f'Write one sentence about {topic}. Your answer must begin with the words "In the end".',
            lambda text: _lower(text)[:3] == ["in", "the", "end"],
        )


def _ends() -> Iterator[tuple[str, Check]]:
    for topic in TOPICS[:8]:
        yield (
            f'Write a sentence about {topic}. End your answer with the words "Good night."',
            lambda text: text.rstrip().endswith("Good night."),
        )
    for topic in TOPICS[8:]:
        yield (
            f'Say in one word whether {topic} can be heard: answer "yes" or "no" and nothing else.',
            lambda text: _lower(text) in (["yes"], ["no"]),
        )


def _lower(text: str) -> list[str]:
    return [word.lower() for word in words(text)]


_KINDS: dict[str, Callable[[], Iterator[tuple[str, Check]]]] = {
    "length": _length,
    "case": _case,
    "format": _format,
    "keywords": _keywords,
    "language": _language,
    "json": _json,
    "order": _order,
    "ending": _ends,
}
