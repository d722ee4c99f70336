"""The folder of a saved model as a checked record: what others wrote is known to be sound behind it.

Neither torch nor transformers is imported; no weights are read, and no code in the folder is ever run.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, model_validator

from arts.data.errors import DataError
from arts.data.support.checked_fields import check_file_content
from arts.data.support.field_types import check_whole, expected, expected_at
from arts.data.support.foreign_file import LARGEST_JSON, open_foreign, read_foreign, read_json_object
from arts.data.support.json_text import check_json

CONFIG_FILE = "config.json"
PICKLED_WEIGHTS = ("pytorch_model.bin", "pytorch_model.bin.index.json", "model.pt", "model.pth")
INDEX_FILES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
_OBJECTS = (  # files with a JSON object that transformers or this package reads
    *INDEX_FILES,
    "generation_config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "adapter_config.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
    "arts.json",
)
_TOKENIZER = "tokenizer.json"  # parsed by the tokenizer alone, since it can be large
_OPENED_BY_LIBRARIES = (".safetensors", ".model")
_MAX_LAYERS = 1_000
_MAX_TOKENS = 2**31 - 1
_MAX_LABELS = 10**6
_MAX_NAME = 255  # bytes of a file's name


def _check_text(value: Any) -> str | None:
    if not isinstance(value, str | None):
        raise expected("a text")
    return value


def _check_texts(value: Any) -> list[str] | None:
    if value is not None and not (isinstance(value, list) and all(isinstance(part, str) for part in value)):
        raise expected("a list of texts")
    return value


def _check_flag(value: Any) -> bool | None:
    if not isinstance(value, bool | None):
        raise expected("true or false")
    return value


def _check_labels(value: Any) -> dict[int, str] | None:
    """Names of labels keyed by number, as in ``{"0": "negative"}``."""
    if value is None:
        return None
    what = 'names keyed by number, such as {"0": "negative", "1": "positive"}'
    if not isinstance(value, dict):
        raise expected(what)
    labels = {}
    for key, name in value.items():
        if not isinstance(key, str) or not key.isascii() or not key.isdigit() or len(key) > 9:
            raise expected(what)
        if isinstance(name, bool) or not isinstance(name, str | int | float):
            raise expected_at(f".{key}", name, "the name of a label")
        labels[int(key)] = str(name)
    return labels


def _check_file_name(value: Any) -> str:
    is_name = isinstance(value, str) and value not in ("", ".", "..") and not set(value) & set("/\\\0")
    if not is_name or len(value.encode("utf-8", "replace")) > _MAX_NAME:
        raise expected("the name of a file in the same folder")
    return str(value)


Text = Annotated[str | None, PlainValidator(_check_text)]
Texts = Annotated[list[str] | None, PlainValidator(_check_texts)]
Flag = Annotated[bool | None, PlainValidator(_check_flag)]
Labels = Annotated[dict[int, str] | None, PlainValidator(_check_labels)]
FileName = Annotated[str, PlainValidator(_check_file_name)]
TokenCount = Annotated[int, BeforeValidator(partial(check_whole, least=0, most=_MAX_TOKENS))]
LabelCount = Annotated[int, BeforeValidator(partial(check_whole, least=0, most=_MAX_LABELS))]


class ModelConfig(BaseModel):
    """A config.json, of which the fields that are used here are checked.

    Args:
        model_type: the name of the architecture in transformers.
        architectures: the names of the classes that the model was saved from.
        vocab_size: number of tokens that the model knows.
        num_labels: number of a classifier's labels.
        id2label: names of a classifier's labels, keyed by number.
        tie_word_embeddings: whether the output embeddings are the input embeddings.
        auto_map: the classes in the folder's own Python files that would have to be run to load the model.
        text_config: the configuration of the language model in a model that reads more than text.
    """

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())

    model_type: Text = None
    architectures: Texts = None
    vocab_size: TokenCount | None = None
    num_labels: LabelCount | None = None
    id2label: Labels = None
    tie_word_embeddings: Flag = None
    auto_map: dict[str, Any] | None = None
    text_config: ModelConfig | None = None

    @property
    def vocabulary_size(self) -> int:
        """Number of tokens that the model, or the language model in it, knows; 0 when neither says so."""
        return self.vocab_size or (self.text_config.vocabulary_size if self.text_config else 0)

    @model_validator(mode="before")
    @classmethod
    def _bound_layers(cls, content: Any) -> Any:
        """Refuse more layers than any model has: it takes hours to make them, before weights are read."""
        for key, value in content.items() if isinstance(content, dict) else ():
            if str(key).endswith(("layer", "layers")) and isinstance(value, int) and value > _MAX_LAYERS:
                raise expected_at(f".{key}", value, f"up to {_MAX_LAYERS:,} layers")
        return content


class WeightIndex(BaseModel):
    """The index of a model whose weights are in several files.

    Args:
        weight_map: the file of each tensor, keyed by the tensor's name.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    weight_map: dict[str, FileName]

    @model_validator(mode="after")
    def _refuse_none(self) -> WeightIndex:
        if not self.weight_map:
            raise expected_at(".weight_map", {}, "the files of the tensors")
        return self


class ModelFolder(BaseModel):
    """A folder with a saved model, whose files are sound as far as they can be without loading it.

    Args:
        path: the folder.
        config: the content of its config.json.
    """

    model_config = ConfigDict(frozen=True)

    path: Path
    config: ModelConfig


def read_model_config(path: Path) -> ModelConfig:
    """Read a config.json.

    Raises:
        DataError: when it cannot be read, is no JSON object, or has a value that cannot be one of its field.
    """
    return check_file_content(ModelConfig, read_json_object(path), path)


def read_config_content(path: Path) -> dict[str, Any]:
    """The content of a config.json as it is in the file, checked as `read_model_config` does."""
    content = read_json_object(path)
    check_file_content(ModelConfig, content, path)
    return content


def read_weight_index(path: Path) -> WeightIndex:
    """Read the index of a model whose weights are in several files.

    Raises:
        DataError: when it cannot be read, or does not say which file of the folder has which tensor.
    """
    return check_file_content(WeightIndex, read_json_object(path), path)


def read_model_folder(folder: Path) -> ModelFolder:
    """Check the files of a saved model before a library parses them.

    Raises:
        DataError: when a file is no file, or is JSON that no library should be given; or when config.json or
            an index of weights is not sound.
    """
    config = read_model_config(folder / CONFIG_FILE)
    for path in sorted(folder.iterdir()):
        if not (path.is_file() or path.is_dir() or path.is_symlink()):
            raise DataError(path, "a pipe or device; expected a file")
        if path.suffix in _OPENED_BY_LIBRARIES and path.is_file():
            open_foreign(path).close()
    for name in _OBJECTS:
        if (folder / name).exists():
            read = read_weight_index if name in INDEX_FILES else read_json_object
            read(folder / name)
    if (folder / _TOKENIZER).exists():
        check_json(read_foreign(folder / _TOKENIZER, largest=LARGEST_JSON), folder / _TOKENIZER)
    return ModelFolder(path=folder, config=config)
