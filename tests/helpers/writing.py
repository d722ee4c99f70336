"""A scripted writer, and a verifier that reads by rules of its own and knows no key."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from arts.data.schema import Polarity
from arts.models.language_models.written import Written

PRAISE = frozenset(
    {
        *(
            "kind",
            "fresh",
            "sharp",
            "comfortable",
            "delicious",
            "friendly",
            "superb",
            "crisp",
            "helpful",
            "tasty",
        )
    }
    | {
        *(
            "great",
            "sturdy",
            "prompt",
            "cosy",
            "juicy",
            "spotless",
            "excellent",
            "responsive",
            "bright",
            "quick",
        )
    }
)
BLAME = frozenset(
    {
        *(
            "bad",
            "awful",
            "rude",
            "stale",
            "blurry",
            "slow",
            "cramped",
            "dim",
            "bland",
            "cold",
            "noisy",
            "useless",
        )
    }
    | {*("unfriendly", "dreadful", "soggy", "tasteless", "overpriced", "flimsy", "late", "draughty", "dry")}
    | {*("dirty", "poor", "sluggish", "horrible")}
)
BROKEN = re.compile(r"\b(?:not was|was were|more worse|is be|no was)\b")
BREAK = re.compile(r"[.,;]| but | and ")


@dataclass
class Read:
    polarity: Polarity | None
    prompt_tokens: int = 10
    completion_tokens: int = 2


class RuleReader:
    """Reads the clause that an aspect stands in, word by word."""

    def fluencies(self, instances):
        for one in instances:
            yield Read(Polarity.NEGATIVE if BROKEN.search(one.text) else Polarity.POSITIVE)

    def polarities(self, instances):
        for one in instances:
            yield Read(self._polarity(one))

    def _polarity(self, one):
        start = max((m.end() for m in BREAK.finditer(one.text[: one.aspect.start])), default=0)
        rest = BREAK.search(one.text[one.aspect.end :])
        end = one.aspect.end + rest.start() if rest else len(one.text)
        words = re.findall(r"[\w']+", one.text[start:end].lower())
        score = sum((word in PRAISE) - (word in BLAME) for word in words)
        score *= -1 if {"not", "never"} & {*words} or any(w.endswith("n't") for w in words) else 1
        return Polarity.POSITIVE if score > 0 else Polarity.NEGATIVE if score < 0 else Polarity.NEUTRAL


@dataclass
class Script:
    """A writer that gives prepared replies, one per conversation."""

    prepared: list[str]
    asked: list[str] = field(default_factory=list)

    def replies(self, conversations, ids):
        for messages, text in zip(conversations, self.prepared, strict=True):
            self.asked.append(messages[-1]["content"])
            yield Written.of(text, prompt_tokens=100, completion_tokens=20)


def reply(text, *added):
    return json.dumps({"text": text, "added": added})
