"""Dependency parses for the models that read them; each parsed text is cached on disk."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

from arts.data.support.code_checksum import code_checksum
from arts.data.support.spacy_parser import parse_texts, parser_name
from arts.data.support.text_cache import TextCache

DependencyHeads = list[list[int]]  # per token: start and end character, position of its head


def dependency_heads(texts: Iterable[str]) -> dict[str, DependencyHeads]:
    """Parse texts, and return their dependency heads keyed by text.

    Each value has one list ``[start, end, head]`` per token of spaCy: the character offsets of the token
    (end exclusive), and the position of its head among the tokens, from 0. The root of a sentence is its
    own head. Texts in the cache are not parsed again.

    Raises:
        MissingDependencyError: when no parser is installed.
    """
    cache = TextCache("parses", f"{parser_name()}, spacy {version('spacy')}, code {code_checksum(__name__)}")
    wanted = list(dict.fromkeys(texts))
    known = cache.get(wanted)
    fresh = {
        text: [[token.idx, token.idx + len(token), token.head.i] for token in doc]
        for doc, text in parse_texts((text, text) for text in wanted if text not in known)
    }
    cache.put(fresh)
    return {**known, **fresh}
