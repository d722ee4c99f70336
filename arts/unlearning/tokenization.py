"""Tokenising the forget set and the retain set: rows of a file or dataset become token features."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from arts.data.errors import DataError
from arts.data.readers.row_source import RowSource
from arts.data.readers.rows import Row
from arts.models.base import TokenFeatures, pad
from arts.unlearning.objectives import IGNORED_LABEL

Collate = Callable[[list[TokenFeatures]], dict[str, Tensor]]


class RowTokenizer(Protocol):
    """Tokenises rows for one kind of model."""

    def encode(self, source: RowSource) -> list[TokenFeatures]:
        """The features of each row.

        Raises:
            DataError: naming the line of a row that is not as expected.
        """

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        """A padded batch."""


@dataclass(frozen=True)
class AnswerTokenizer:
    """Tokenises texts for a causal model, which is trained to predict the answers in them.

    A row has ``messages``, of which the last, the assistant's, is the answer; or ``prompt`` and
    ``completion``, the answer; or ``text``, all of which is predicted. Where the tokenizer has a chat
    template, prompt and completion are put into it.

    Args:
        tokenizer: the model's tokenizer.
        max_length: number of tokens that a text is truncated to.
    """

    tokenizer: Any
    max_length: int

    def encode(self, source: RowSource) -> list[TokenFeatures]:
        """Features with ``labels`` that are tokens in the answer and `IGNORED_LABEL` elsewhere."""
        features = []
        for line, row in source.rows:
            prompt, answer = self._split_row(row, source=source.name, line=line)
            ids = (prompt + answer)[: self.max_length]
            labels = ([IGNORED_LABEL] * len(prompt) + answer)[: self.max_length]
            if all(label == IGNORED_LABEL for label in labels[1:]):
                raise DataError(
                    source.name, f"no answer within the first {self.max_length} tokens", line=line
                )
            features.append({"input_ids": ids, "labels": labels})
        return features

    def _split_row(self, row: Row, *, source: str, line: int) -> tuple[list[int], list[int]]:
        """The tokens of a row before the answer, and those of the answer."""
        end = self.tokenizer.eos_token or ""
        match row:
            case {"messages": [*given, {"role": "assistant", "content": str(answer)}]} if given:
                return self._chat_tokens(given, source=source, line=line), self._tokens(answer + end)
            case {"prompt": str(prompt), "completion": str(answer)}:
                if self.tokenizer.chat_template:
                    given = [{"role": "user", "content": prompt}]
                    return self._chat_tokens(given, source=source, line=line), self._tokens(answer + end)
                return self._tokens(prompt, special=True), self._tokens(answer + end)
            case {"text": str(text)} if text:
                return [], self._tokens(text + end, special=True)
        raise DataError(
            source,
            f"a row with {', '.join(row) or 'nothing'}; expected messages that end with the assistant's, "
            "prompt and completion, or text",
            line=line,
        )

    def _chat_tokens(self, messages: list[Any], *, source: str, line: int) -> list[int]:
        """The tokens of messages in the chat template, up to where the answer begins."""
        if not self.tokenizer.chat_template:
            raise DataError(source, "messages, but the model's tokenizer has no chat template", line=line)
        text = self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return self._tokens(text)

    def _tokens(self, text: str, *, special: bool = False) -> list[int]:
        """The tokens of a text, with or without the tokenizer's special tokens around it."""
        return list(self.tokenizer(text, add_special_tokens=special)["input_ids"])

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        """A padded batch; the padding may be any token, since the labels say what is predicted."""
        return pad_batch(features, self.tokenizer.pad_token_id or 0)


@dataclass(frozen=True)
class LabelledTextTokenizer:
    """Tokenises texts for a classifier: a row has ``text``, ``label``, and optionally ``text_pair``.

    Args:
        tokenizer: the model's tokenizer.
        max_length: number of tokens that a text is truncated to.
        labels: the number of each label by its name; a row's label may be either.
    """

    tokenizer: Any
    max_length: int
    labels: Mapping[str, int]

    def encode(self, source: RowSource) -> list[TokenFeatures]:
        """Features with the number of the label as ``labels``."""
        features = []
        for line, row in source.rows:
            text = row.get("text")
            if not isinstance(text, str) or not text:
                raise DataError(
                    source.name, f"a row with {', '.join(row) or 'nothing'}; expected text", line=line
                )
            encoded = self.tokenizer(
                text, row.get("text_pair") or None, truncation=True, max_length=self.max_length
            )
            features.append({**encoded, "labels": self._label(row, source=source.name, line=line)})
        return features

    def _label(self, row: Row, *, source: str, line: int) -> int:
        """The number of a row's label."""
        if row.get("label") in (None, ""):
            raise DataError(source, "no label; expected one for a classifier", line=line)
        label = str(row["label"])
        if label in self.labels:
            return self.labels[label]
        if label.isdecimal() and int(label) < len(self.labels):
            return int(label)
        raise DataError(source, f'label "{label}"; expected {", ".join(self.labels)}, or a number', line=line)

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        """A padded batch."""
        return pad_batch(features, self.tokenizer.pad_token_id or 0)


def pad_batch(features: list[TokenFeatures], padding: int) -> dict[str, Tensor]:
    """Make a batch: lists are padded on the right, and a mask says what is not padding.

    transformers' `DataCollatorForSeq2Seq` and `DataCollatorWithPadding` are not used because they need a
    tokenizer with a padding token, which many causal models lack, and pad on the side that it prefers.

    Args:
        features: the features of each text, with ``input_ids`` and ``labels``.
        padding: token to fill ``input_ids`` up with.

    Example:
        >>> texts = [{"input_ids": [5, 0], "labels": 1}, {"input_ids": [7], "labels": 2}]
        >>> pad_batch(texts, 0)["attention_mask"]
        tensor([[1, 1],
                [1, 0]])
    """
    import torch

    fill = {"input_ids": padding, "labels": IGNORED_LABEL}
    batch = {
        name: pad([text[name] for text in features], fill.get(name, 0))
        for name, value in features[0].items()
        if isinstance(value, list)
    }
    batch["attention_mask"] = pad([[1] * len(text["input_ids"]) for text in features], 0)
    if "labels" not in batch:
        batch["labels"] = torch.tensor([text["labels"] for text in features])
    return batch


def check_disjoint(
    forget: Sequence[TokenFeatures],
    retain: Sequence[TokenFeatures],
    *,
    sources: tuple[RowSource, RowSource],
) -> None:
    """Check that no text is in both sets.

    Args:
        forget: the texts of the forget set.
        retain: the texts of the retain set.
        sources: where they come from, for the message.

    Raises:
        DataError: naming the lines of a text that is in both.
    """
    retain_lines = {_digest(text): line for text, (line, _) in zip(retain, sources[1].rows, strict=True)}
    for text, (line, _) in zip(forget, sources[0].rows, strict=True):
        if (retain_line := retain_lines.get(_digest(text))) is not None:
            raise DataError(
                sources[0].name,
                f"to be forgotten, but line {retain_line} of {sources[1].name} says the same; expected no "
                "text in both",
                line=line,
            )


def _digest(features: TokenFeatures) -> str:
    """A checksum of a text's tokens and labels."""
    return hashlib.sha256(repr((features["input_ids"], features["labels"])).encode()).hexdigest()
