"""What is to be forgotten and what is to be kept: read from a file or dataset, and tokenised."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from arts.data.errors import DataError
from arts.data.readers.row_source import RowSource
from arts.data.readers.rows import Row
from arts.models.base import Features, pad
from arts.unlearning.objectives import IGNORED

Collate = Callable[[list[Features]], dict[str, Tensor]]


class Encoder(Protocol):
    """Tokenises rows for one kind of model."""

    def encode(self, source: RowSource) -> list[Features]:
        """The features of each row.

        Raises:
            DataError: naming the line of a row that is not as expected.
        """

    def collate(self, features: list[Features]) -> dict[str, Tensor]:
        """A padded batch."""


@dataclass(frozen=True)
class Answers:
    """Texts for a causal model, of which the answer counts.

    A row has ``messages`` (the last of which, the assistant's, counts), ``prompt`` and ``completion``, or
    ``text``, all of which counts. Where the tokenizer has a chat template, prompt and completion are put
    into it.

    Args:
        tokenizer: of the model.
        longest: pieces that a text is cut to.
    """

    tokenizer: Any
    longest: int

    def encode(self, source: RowSource) -> list[Features]:
        """Features with ``labels`` on what counts and `IGNORED` elsewhere."""
        made = []
        for line, row in source.rows:
            before, after = self._pieces(source.name, line, row)
            ids = (before + after)[: self.longest]
            labels = ([IGNORED] * len(before) + after)[: self.longest]
            if all(label == IGNORED for label in labels[1:]):
                raise DataError(source.name, f"no answer within the first {self.longest} pieces", line=line)
            made.append({"input_ids": ids, "labels": labels})
        return made

    def _pieces(self, name: str, line: int, row: Row) -> tuple[list[int], list[int]]:
        """What is given, and what counts."""
        end = self.tokenizer.eos_token or ""
        match row:
            case {"messages": [*given, {"role": "assistant", "content": str(answer)}]} if given:
                return self._chat(name, line, given), self._tokens(answer + end)
            case {"prompt": str(prompt), "completion": str(answer)}:
                if self.tokenizer.chat_template:
                    given = [{"role": "user", "content": prompt}]
                    return self._chat(name, line, given), self._tokens(answer + end)
                return self._tokens(prompt, special=True), self._tokens(answer + end)
            case {"text": str(text)} if text:
                return [], self._tokens(text + end, special=True)
        raise DataError(
            name,
            f"a row with {', '.join(row) or 'nothing'}; expected messages that end with the assistant's, "
            "prompt and completion, or text",
            line=line,
        )

    def _chat(self, name: str, line: int, messages: list[Any]) -> list[int]:
        if not self.tokenizer.chat_template:
            raise DataError(name, "messages, but the model's tokenizer has no chat template", line=line)
        text = self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return self._tokens(text)

    def _tokens(self, text: str, *, special: bool = False) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=special)["input_ids"])

    def collate(self, features: list[Features]) -> dict[str, Tensor]:
        """Padded by the length of each, whatever piece the padding is."""
        return padded(features, self.tokenizer.pad_token_id or 0)


@dataclass(frozen=True)
class Labelled:
    """Texts for a classifier: a row has ``text``, ``label`` (a name or number), and maybe ``text_pair``.

    Args:
        tokenizer: of the model.
        longest: pieces that a text is cut to.
        labels: the number of each label's name.
    """

    tokenizer: Any
    longest: int
    labels: Mapping[str, int]

    def encode(self, source: RowSource) -> list[Features]:
        """Features with the number of the label as ``labels``."""
        made = []
        for line, row in source.rows:
            text = row.get("text")
            if not isinstance(text, str) or not text:
                raise DataError(
                    source.name, f"a row with {', '.join(row) or 'nothing'}; expected text", line=line
                )
            encoded = self.tokenizer(
                text, row.get("text_pair") or None, truncation=True, max_length=self.longest
            )
            made.append({**encoded, "labels": self._label(source.name, line, row)})
        return made

    def _label(self, name: str, line: int, row: Row) -> int:
        if row.get("label") in (None, ""):
            raise DataError(name, "no label; expected one for a classifier", line=line)
        label = str(row["label"])
        if label in self.labels:
            return self.labels[label]
        if label.isdecimal() and int(label) < len(self.labels):
            return int(label)
        raise DataError(name, f'label "{label}"; expected {", ".join(self.labels)}, or a number', line=line)

    def collate(self, features: list[Features]) -> dict[str, Tensor]:
        """Padded by the length of each."""
        return padded(features, self.tokenizer.pad_token_id or 0)


def padded(features: list[Features], padding: int) -> dict[str, Tensor]:
    """A batch: every list padded on the right, a mask over what is not padding, and the labels.

    Example:
        >>> padded([{"input_ids": [5, 0], "labels": 1}, {"input_ids": [7], "labels": 2}], 0)["attention_mask"]
        tensor([[1, 1],
                [1, 0]])
    """
    import torch

    fill = {"input_ids": padding, "labels": IGNORED}
    made = {
        name: pad([one[name] for one in features], fill.get(name, 0))
        for name, value in features[0].items()
        if isinstance(value, list)
    }
    made["attention_mask"] = pad([[1] * len(one["input_ids"]) for one in features], 0)
    if "labels" not in made:
        made["labels"] = torch.tensor([one["labels"] for one in features])
    return made


def check_apart(
    forget: Sequence[Features], retain: Sequence[Features], sources: tuple[RowSource, RowSource]
) -> None:
    """Raise `DataError` where a text is to be forgotten and to be kept."""
    known = {_key(features): line for features, (line, _) in zip(retain, sources[1].rows, strict=True)}
    for features, (line, _) in zip(forget, sources[0].rows, strict=True):
        if (other := known.get(_key(features))) is not None:
            raise DataError(
                sources[0].name,
                f"to be forgotten, but line {other} of {sources[1].name} says the same; expected no text in "
                "both",
                line=line,
            )


def _key(features: Features) -> str:
    return hashlib.sha256(repr((features["input_ids"], features["labels"])).encode()).hexdigest()
