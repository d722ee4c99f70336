"""Tokenising the forget set and the retain set: rows of a file or dataset become inputs of the model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from jinja2 import TemplateError
from torch import Tensor

from arts.data.errors import DataError, LabelError, as_data_error
from arts.data.label_names import NO_NAMES, LabelNames, NamedLabel, is_number, naming_example
from arts.data.readers.row_source import RowSource
from arts.data.readers.rows import Row
from arts.data.readers.text_rows import parse_text_row
from arts.models.base import TokenFeatures, pad
from arts.models.encoders import quiet_transformers
from arts.models.language_models.language_model import special_prefix, token_ids
from arts.unlearning.objectives import IGNORED_LABEL

TRUNCATED = "truncated"  # key of the features of a text that was truncated; no input of a model
Collate = Callable[[list[TokenFeatures]], dict[str, Tensor]]


class RowTokenizer(Protocol):
    """Turns rows of a file or dataset into token ids and labels; a protocol.

    `AnswerTokenizer` does so for causal language models, `LabelledTextTokenizer` for sequence classifiers.
    """

    @property
    def max_length(self) -> int:
        """The number of tokens that a row is truncated to."""

    def encode(self, source: RowSource) -> list[TokenFeatures]:
        """Tokenise each row.

        Returns:
            One dictionary per row, with lists of token ids (``input_ids``) and what is to be predicted
            (``labels``).

        Raises:
            DataError: when a row lacks a column or has an invalid value; the message has its line.
        """

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        """Pad the features of several texts, and join them to one batch: tensors, keyed by input name."""


@dataclass(frozen=True)
class AnswerTokenizer:
    """Tokenises rows for a causal language model, which is trained to predict the answer in each row.

    A row has one of the forms of `parse_text_row`. With ``messages``, the last message, which is the
    assistant's, is the answer; the tokenizer must have a chat template. With ``prompt`` and ``completion``
    (or ``question`` and ``answer``, ``instruction`` and ``output``), the second is the answer; if there is a
    chat template, the prompt is put into it as the user's message. With ``text``, the whole text is the
    answer.

    Args:
        tokenizer: the model's tokenizer.
        max_length: number of tokens that a row is truncated to.
    """

    tokenizer: Any
    max_length: int

    def encode(self, source: RowSource) -> list[TokenFeatures]:
        """Tokenise each row.

        Returns:
            One dictionary per row: ``input_ids``, and ``labels``, which are the token ids of the answer, and
            `IGNORED_LABEL` elsewhere; and ``truncated`` if the row has further tokens.

        Raises:
            DataError: when a row has none of the forms, or no answer within the maximum length.
        """
        features = []
        for line, row in source.rows:
            prompt, answer = self._split_row(row, source=source.name, line=line)
            truncated = len(prompt + answer) > self.max_length
            ids = (prompt + answer)[: self.max_length]
            labels = ([IGNORED_LABEL] * len(prompt) + answer)[: self.max_length]
            if all(label == IGNORED_LABEL for label in labels[1:]):
                raise DataError(
                    source.name, f"no answer within the first {self.max_length} tokens", line=line
                )
            features.append({"input_ids": ids, "labels": labels} | ({TRUNCATED: True} if truncated else {}))
        return features

    def _split_row(self, row: Row, *, source: str, line: int) -> tuple[list[int], list[int]]:
        """The token ids before the answer, and those of the answer; `source` and `line` are for errors."""
        with as_data_error(source, line=line):
            read = parse_text_row(row)
        answer = read.answer + (self.tokenizer.eos_token or "")
        if read.messages:
            return self._chat_tokens(list(read.messages), source=source, line=line), self._tokens(answer)
        if read.prompt is None:
            return [], self._prefix + self._tokens(answer)
        if self.tokenizer.chat_template:
            given = [{"role": "user", "content": read.prompt}]
            return self._chat_tokens(given, source=source, line=line), self._tokens(answer)
        return self._prefix + self._tokens(read.prompt), self._tokens(answer)

    def _chat_tokens(self, messages: list[Any], *, source: str, line: int) -> list[int]:
        """The token ids of the messages before the answer, in the chat template, up to the answer's start."""
        if not self.tokenizer.chat_template:
            raise DataError(source, "messages, but the model's tokenizer has no chat template", line=line)
        try:
            text = self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        except TemplateError as error:
            reason = str(error).strip().partition("\n")[0]
            raise DataError(
                source, f"messages that the chat template refuses ({reason})", line=line
            ) from error
        return self._tokens(text)

    @cached_property
    def _prefix(self) -> list[int]:
        """The ids of the special tokens, such as BOS, that the tokenizer puts before a text."""
        return special_prefix(self.tokenizer)

    def _tokens(self, text: str) -> list[int]:
        """The token ids of a text without special tokens before or after it."""
        return token_ids(self.tokenizer, text)

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        """Pad the features of several texts, and join them to one batch: tensors, keyed by input name.

        If the tokenizer has no padding token, token 0 is used: it is never predicted.
        """
        return pad_batch(features, self.tokenizer.pad_token_id or 0)


@dataclass(frozen=True)
class LabelledTextTokenizer:
    """Tokenises rows for a classifier: a row has ``text``, ``label``, and optionally ``text_pair``.

    Args:
        tokenizer: the model's tokenizer.
        max_length: number of tokens that a row is truncated to.
        classes: the numbers of the model's classes, keyed by name. The label of a row is such a name; case
            does not matter.
        labels: the classes that other labels stand for, such as numbers.
    """

    tokenizer: Any
    max_length: int
    classes: Mapping[str, int]
    labels: LabelNames = NO_NAMES

    def encode(self, source: RowSource) -> list[TokenFeatures]:
        """Tokenise each row.

        Returns:
            One dictionary per row: ``input_ids`` and the tokenizer's other inputs, the class number as
            ``labels``, and ``truncated`` if the row has further tokens.

        Raises:
            DataError: when a row has no text or no valid label; the message has its line.
        """
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
            label = self._label(row, source=source.name, line=line)
            truncated = {TRUNCATED: True} if self._is_truncated(row, encoded) else {}
            features.append({**encoded, "labels": label, **truncated})
        return features

    def _is_truncated(self, row: Row, encoded: Mapping[str, Any]) -> bool:
        """Whether the inputs of a row, tokenised as `encoded`, are not the whole row."""
        if len(encoded["input_ids"]) < self.max_length:
            return False
        with quiet_transformers():  # the tokenizer warns of texts that are too long for the model
            complete = self.tokenizer(row["text"], row.get("text_pair") or None)
        return len(complete["input_ids"]) > self.max_length

    def _label(self, row: Row, *, source: str, line: int) -> int:
        """The class number of a row's label; `source` and `line` are for the error."""
        label = row.get("label")
        if label in (None, ""):
            raise DataError(source, "no label; expected one for a classifier", line=line)
        with as_data_error(source, line=line):
            number = self.labels.meaning(label, self._class_number)
            if number is None:
                raise LabelError(self._fault(label))
        return number

    def _class_number(self, name: str) -> int | None:
        """The number of the class with a name; None when there is none, or there are several but for case."""
        name = name.strip()
        if name in self.classes:
            return self.classes[name]
        same = [number for known, number in self.classes.items() if known.lower() == name.lower()]
        return same[0] if len(same) == 1 else None

    def _fault(self, label: object) -> str:
        """The message for a label that names no class of the model."""
        known = f"the model's classes are {', '.join(self.classes)}"
        if self.labels.names:
            return f'label "{label}" names no class; {known}, and --labels says {self.labels}'
        if is_number(label) and not isinstance(label, NamedLabel):
            example = naming_example(label, self.classes)
            return (
                f'label "{label}": a number names no class; {known}: say what each stands for, e.g. {example}'
            )
        return f'label "{label}" names no class; {known}: say which it is: --labels "{label}=CLASS"'

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        """Pad the features of several texts, and join them to one batch: tensors, keyed by input name."""
        return pad_batch(features, self.tokenizer.pad_token_id or 0)


def count_truncated(texts: Sequence[TokenFeatures]) -> int:
    """The number of tokenised texts that were truncated to the maximum length."""
    return sum(bool(text.get(TRUNCATED)) for text in texts)


def pad_batch(features: list[TokenFeatures], padding: int) -> dict[str, Tensor]:
    """Join the features of several texts to one batch, in which lists are padded on the right.

    The batch gets an ``attention_mask`` that is 1 for tokens and 0 for padding. The collators of transformers
    (`DataCollatorForSeq2Seq`, `DataCollatorWithPadding`) are not used: they need a padding token, which many
    causal models lack, and pad on the side that the tokenizer prefers.

    Args:
        features: the features of each text, with ``input_ids`` and ``labels``.
        padding: token id that fills ``input_ids`` up.

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
    """Raise `DataError` when a text is in both the forget set and the retain set.

    Args:
        forget: the tokenised texts of the forget set.
        retain: the tokenised texts of the retain set.
        sources: the files or datasets that the forget set and the retain set come from; the error gives
            their names and the lines of the text.

    Raises:
        DataError: when the tokens and the labels of two texts are equal.
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
    """A checksum of a text's token ids and labels."""
    return hashlib.sha256(repr((features["input_ids"], features["labels"])).encode()).hexdigest()
