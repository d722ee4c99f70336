"""What is to be forgotten and what is to be kept: read from a file or dataset, and tokenised."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor

from arts.data.errors import ArtsError, DataError
from arts.data.readers.rows import ROW_READERS, Row, read_rows
from arts.data.support.download import sha256
from arts.models.base import Features, pad
from arts.unlearning.objectives import IGNORED

Collate = Callable[[list[Features]], dict[str, Tensor]]


@dataclass(frozen=True)
class Source:
    """Rows as they were read, with the line of each.

    Args:
        name: of the file, folder or dataset.
        checksum: SHA-256 of the file, or the dataset's own fingerprint.
        rows: (line, row).
    """

    name: str
    checksum: str
    rows: Sequence[tuple[int, Row]]


def read_source(name: str) -> Source:
    """Read a JSONL, CSV or Parquet file, or a dataset: a folder or Hub id, its train split.

    Raises:
        ArtsError: when there is no such thing, or it is not as expected; naming file and line.
    """
    path = Path(name)
    if path.suffix.lower() in ROW_READERS or path.is_file():
        rows = list(read_rows(path))
        return Source(path.name, sha256(path), rows)
    from datasets import Dataset, DatasetDict, load_dataset, load_from_disk

    try:
        saved = path.is_dir() and any((path / file).is_file() for file in ("state.json", "dataset_dict.json"))
        found = load_from_disk(name) if saved else load_dataset(name)
    except (OSError, ValueError, RuntimeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise ArtsError(f'dataset "{name}" cannot be loaded ({reason})') from error
    if isinstance(found, DatasetDict):
        if "train" not in found:
            raise ArtsError(f'dataset "{name}" has the splits {", ".join(found)}; expected train')
        found = found["train"]
    if not isinstance(found, Dataset):
        raise ArtsError(f'dataset "{name}" is a {type(found).__name__}; expected rows that can be counted')
    return Source(name, str(found._fingerprint), list(enumerate(found, 1)))


class Encoder(Protocol):
    """Tokenises rows for one kind of model."""

    def encode(self, source: Source) -> list[Features]:
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

    def encode(self, source: Source) -> list[Features]:
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

    def encode(self, source: Source) -> list[Features]:
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
    forget: Sequence[Features], retain: Sequence[Features], sources: tuple[Source, Source]
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
