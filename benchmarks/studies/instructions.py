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
    """An instruction, and a check of whether an answer follows it.

    Args:
        kind: the kind of the instruction, such as ``length``.
        prompt: the instruction.
        check: whether an answer follows it.
    """

    kind: str
    prompt: str
    check: Check


def instruction_suite() -> list[Instruction]:
    """All instructions, in a fixed order."""
    return [Instruction(kind, prompt, check) for kind, make in _KINDS.items() for prompt, check in make()]


def words(text: str) -> list[str]:
    """The words of a text, without punctuation.

    Example:
        >>> words("It's late; go home.")
        ["It's", 'late', 'go', 'home']
    """
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text)


def count_sentences(text: str) -> int:
    """Number of sentences in a text."""
    return len(re.findall(r"[^.!?]*\w[^.!?]*(?:[.!?]+|$)", text))


def count_items(text: str, mark: str) -> int:
    """Number of lines that begin with a mark, given as a regular expression."""
    return len(re.findall(rf"^\s*(?:{mark})\s+\S", text, re.MULTILINE))


def _length_instructions() -> Iterator[tuple[str, Check]]:
    for topic in TOPICS[:5]:
        yield (
            f"Write about {topic} in at most 15 words.",
            lambda text: 3 <= len(words(text)) <= 15,
        )
    for topic in TOPICS[5:10]:
        yield f"Write exactly two sentences about {topic}.", lambda text: count_sentences(text) == 2
    for topic in TOPICS[10:]:
        yield (
            f"Write at least 60 words about {topic}.",
            lambda text: len(words(text)) >= 60,
        )


def _case_instructions() -> Iterator[tuple[str, Check]]:
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


def _format_instructions() -> Iterator[tuple[str, Check]]:
    for topic in TOPICS[:5]:
        yield (
            f"List three words that go with {topic}, as bullet points that begin with a hyphen.",
            lambda text: count_items(text, "-") == 3,
        )
    for topic in TOPICS[5:10]:
        yield (
            f"Give me a numbered list of four facts about {topic}.",
            lambda text: count_items(text, r"\d+[.)]") == 4,
        )
    for topic in TOPICS[10:]:
        yield (
            f"Write a short poem about {topic}. Begin with a title in double square brackets, as [[title]].",
            lambda text: bool(re.match(r"\s*\[\[[^\[\]]+\]\]", text)),
        )


def _keyword_instructions() -> Iterator[tuple[str, Check]]:
    for topic, word in zip(TOPICS[:8], _REQUIRED_WORDS, strict=True):
        yield (
            f'Write one sentence about {topic} with the word "{word}" in it.',
            lambda text, word=word: word in [w.lower() for w in words(text)],
        )
    for topic in TOPICS[8:]:
        yield (
            f'Write two sentences about {topic} without using the word "the".',
            lambda text: len(words(text)) > 5 and "the" not in [w.lower() for w in words(text)],
        )


_REQUIRED_WORDS = ("quiet", "silver", "friend", "window", "morning", "letter", "warm", "door")


def _language_instructions() -> Iterator[tuple[str, Check]]:
    for number, topic in enumerate(TOPICS):
        language = list(COMMON_WORDS)[number % 3]
        yield (
            f"Write one sentence about {topic} in {language}.",
            lambda text, common=COMMON_WORDS[language]: len(common & {w.lower() for w in words(text)}) >= 2,
        )


def _json_instructions() -> Iterator[tuple[str, Check]]:
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
    """Whether a text, or the code block in it, is JSON of a type that passes a check."""
    block = re.fullmatch(r"\s*```(?:json)?\s*(.*?)```\s*", text, re.DOTALL)
    try:
        value = json.loads(block[1] if block else text)
    except ValueError:
        return False
    return isinstance(value, kind) and check(value)


def _order_instructions() -> Iterator[tuple[str, Check]]:
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
            lambda text, wanted=wanted: [w for w in _lower_case_words(text) if w in wanted][-3:] == wanted,
        )
    for topic in TOPICS[:8]:
        yield (
            f'Write one sentence about {topic}. Your answer must begin with the words "In the end".',
            lambda text: _lower_case_words(text)[:3] == ["in", "the", "end"],
        )


def _ending_instructions() -> Iterator[tuple[str, Check]]:
    for topic in TOPICS[:8]:
        yield (
            f'Write a sentence about {topic}. End your answer with the words "Good night."',
            lambda text: text.rstrip().endswith("Good night."),
        )
    for topic in TOPICS[8:]:
        yield (
            f'Say in one word whether {topic} can be heard: answer "yes" or "no" and nothing else.',
            lambda text: _lower_case_words(text) in (["yes"], ["no"]),
        )


def _lower_case_words(text: str) -> list[str]:
    return [word.lower() for word in words(text)]


_KINDS: dict[str, Callable[[], Iterator[tuple[str, Check]]]] = {
    "length": _length_instructions,
    "case": _case_instructions,
    "format": _format_instructions,
    "keywords": _keyword_instructions,
    "language": _language_instructions,
    "json": _json_instructions,
    "order": _order_instructions,
    "ending": _ending_instructions,
}
