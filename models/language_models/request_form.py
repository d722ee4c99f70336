"""The form of requests: what is asked of a server beside the messages, less what it refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from arts.models.language_models.answers import FIELD

STRUCTURED, LOGPROBS = "structured output", "log-probabilities"
TOP = 20  # alternatives to a token whose log-probabilities are asked for; servers give no more


@dataclass(frozen=True)
class Feature:
    """A part of requests that some servers refuse.

    Args:
        name: what it is called in reports.
        fields: what it puts into requests.
        words: a regular expression; a refusal that it matches is about this feature.
        instead: what takes its place when it is refused.
        needs_name: whether only a refusal that names it is taken for one of this feature.
    """

    name: str
    fields: Mapping[str, Any]
    words: str
    instead: Mapping[str, Any] = field(default_factory=dict)
    needs_name: bool = False


@dataclass(frozen=True)
class RequestForm:
    """The features of requests, and which of them the server has refused.

    Args:
        features: all features, first those that are left out first when a refusal names none.
        refused: the refusals, in the server's words where it has said so, keyed by the name of the feature.
    """

    features: tuple[Feature, ...]
    refused: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, labels: Sequence[str], *, temperature: float, seed: int, answer_tokens: int) -> Self:
        """The form that asks for all features.

        Args:
            labels: the names of the labels that an answer may have.
            temperature: the temperature of sampling.
            seed: random seed of sampling.
            answer_tokens: tokens that an answer may have.
        """
        logprobs = Feature(LOGPROBS, {"logprobs": True, "top_logprobs": TOP}, r"log_?probs?|log.probabilit")
        schema = _object_of({FIELD: {"type": "string", "enum": [*labels]}})
        form = cls.of_schema(schema, temperature=temperature, seed=seed, answer_tokens=answer_tokens)
        return replace(form, features=(logprobs, *form.features))

    @classmethod
    def of_schema(
        cls, schema: Mapping[str, Any], *, temperature: float, seed: int, answer_tokens: int
    ) -> Self:
        """The form that asks for JSON.

        Args:
            schema: the JSON schema that an answer must have.
            temperature: the temperature of sampling.
            seed: random seed of sampling.
            answer_tokens: tokens that an answer may have.
        """
        return cls(
            (
                Feature(
                    STRUCTURED,
                    {"response_format": _response_format(schema)},
                    r"response_format|json.?schema|structured|guided|grammar",
                ),
                Feature("seed", {"seed": seed}, r"\bseed\b", needs_name=True),
                Feature("temperature", {"temperature": temperature}, r"\btemperature\b", needs_name=True),
                Feature(
                    "max_tokens",
                    {"max_tokens": answer_tokens},
                    r"max_completion_tokens|\bmax_tokens\b",
                    {"max_completion_tokens": answer_tokens},
                    needs_name=True,
                ),
            )
        )

    @property
    def fields(self) -> dict[str, Any]:
        """What requests have beside the model and the messages."""
        parts = (one.instead if one.name in self.refused else one.fields for one in self.features)
        return {name: value for part in parts for name, value in part.items()}

    @property
    def parameters(self) -> dict[str, Any]:
        """Those of `fields` that are parameters of the model: temperature, seed and maximum of tokens."""
        names = {name for one in self.features if one.needs_name for name in (*one.fields, *one.instead)}
        return {name: value for name, value in self.fields.items() if name in names}

    @property
    def is_structured(self) -> bool:
        """Whether requests ask for JSON with one of the labels."""
        return STRUCTURED not in self.refused

    def names_feature(self, text: str) -> bool:
        """Whether a server's text is about a feature that is still asked for."""
        return bool(self._named(text))

    def without(self, text: str) -> Self | None:
        """The form without what a server refuses.

        Args:
            text: the refusal.

        Returns:
            The form without the features that it names; if it names none, without the first that may be left
            out. None when there is none.
        """
        unnamed = [one for one in self.features if one.name not in self.refused and not one.needs_name]
        left_out = self._named(text) or unnamed[:1]
        if not left_out:
            return None
        return replace(self, refused={**self.refused, **{one.name: text for one in left_out}})

    def unstructured(self, reason: str) -> Self:
        """The form that asks for no JSON.

        Args:
            reason: why the server cannot be asked for it.
        """
        return replace(self, refused={**self.refused, STRUCTURED: reason})

    def _named(self, text: str) -> list[Feature]:
        return [
            one
            for one in self.features
            if one.name not in self.refused and re.search(one.words, text, re.IGNORECASE)
        ]


def _object_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a JSON object that has all these properties and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def _response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The response format that holds a model to a schema."""
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
