"""Word vectors, taken from the input embeddings of a pretrained encoder or from a file in GloVe's format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from arts.data.errors import DataError
from arts.models.encoders import load_encoder

SCALE = 0.5  # standard deviation of each dimension of the token vectors, about that of GloVe's
PAD, UNKNOWN = "[PAD]", "[UNK]"


def token_vectors(encoder: str) -> Tensor:
    """The input embeddings of an encoder, standardised, as a tensor (vocabulary, embedding).

    Each dimension is shifted and scaled to mean 0 and standard deviation 0.5 over the vocabulary.

    Args:
        encoder: folder or Hub id of the encoder.

    Raises:
        ArtsError: when the encoder cannot be loaded.
    """
    vectors: Tensor = load_encoder(encoder).get_input_embeddings().weight.detach()
    return SCALE * (vectors - vectors.mean(0)) / vectors.std(0)


def read_word_vectors(path: Path, texts: Iterable[str]) -> tuple[Any, Tensor]:
    """Read word vectors in GloVe's text format: on each line a word and its numbers, separated by spaces.

    The vocabulary consists of those words of `texts`, in lower case, that the file contains. A word in the
    file may contain spaces, as some of GloVe's do. A first line with only two fields, the header of
    word2vec, is skipped.

    Args:
        path: the file.
        texts: the sentences of the training split.

    Returns:
        A tokenizer with this vocabulary, and its vectors as a tensor (vocabulary, dimensions). Row 0 is for
        padding, and is 0. Row 1 is for unknown words, and is the mean of the rows that follow, the vectors
        of the words.

    Raises:
        DataError: when a line is malformed, or the file contains no word of the texts.
    """
    normalizer, splitter = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    wanted = {word for text in texts for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text))}
    vector_by_word = _read_wanted_vectors(path, wanted)
    if not vector_by_word:
        raise DataError(path, "holds no word of the training split; expected vectors of English words")
    vocabulary = {word: number for number, word in enumerate([PAD, UNKNOWN, *vector_by_word])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=UNKNOWN))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, splitter
    vectors = torch.from_numpy(np.stack(list(vector_by_word.values())))
    table = torch.cat([torch.zeros(1, vectors.shape[1]), vectors.mean(0, keepdim=True), vectors])
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=PAD, unk_token=UNKNOWN)
    return fast, table


def _read_wanted_vectors(path: Path, wanted: set[str]) -> dict[str, npt.NDArray[np.float32]]:
    """Read the vectors of the wanted words that a file contains, keyed by word.

    Each value is an array (dimensions,). If a word occurs several times, its first vector counts.

    Raises:
        DataError: when the file cannot be read, or a line is malformed.
    """
    vector_by_word: dict[str, npt.NDArray[np.float32]] = {}
    width = 0
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                parts = line.rstrip().split(" ")
                if number == 1 and len(parts) == 2:
                    continue
                width = width or len(parts) - 1
                word = " ".join(parts[:-width])
                if len(parts) <= width or (" " in word and _is_number(parts[-width - 1])):
                    raise DataError(path, f"{len(parts) - 1} numbers; expected {width}", line=number)
                if word in wanted and word not in vector_by_word:
                    vector_by_word[word] = _parse_numbers(parts[-width:], path, line=number)
    except OSError as error:
        raise DataError(path, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise DataError(path, "is not text in UTF-8; expected word vectors in GloVe's format") from error
    return vector_by_word


def _parse_numbers(parts: Sequence[str], path: Path, *, line: int) -> npt.NDArray[np.float32]:
    """Parse the numbers of a word vector, given as texts, into an array (dimensions,).

    Args:
        parts: the numbers as texts.
        path: the file, for the error message.
        line: the number of the line, for the error message.

    Raises:
        DataError: when one of the texts is not a number.
    """
    try:
        return np.array(parts, dtype=np.float32)
    except ValueError as error:
        raise DataError(path, f"not a number ({error}); expected a word vector", line=line) from error


def _is_number(text: str) -> bool:
    """Whether a text can be read as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
