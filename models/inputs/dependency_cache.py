"""Dependency parses for the models that read them, cached on disk by sentence."""

from __future__ import annotations

from collections.abc import Iterable

from arts.data.support.spacy_parser import parse_texts, parser_name
from arts.data.support.text_cache import TextCache

DependencyHeads = list[list[int]]  # of each token: first character, end (exclusive), position of its head


def dependency_heads(texts: Iterable[str]) -> dict[str, DependencyHeads]:
    """The dependency heads of each text, by text; parsed only where the cache lacks them.

    Raises:
        MissingDependencyError: when no parser is installed.
    """
    cache = TextCache("parses", parser_name())
    wanted = list(dict.fromkeys(texts))
    known = cache.get(wanted)
    fresh = {
        text: [[token.idx, token.idx + len(token), token.head.i] for token in doc]
        for doc, text in parse_texts((text, text) for text in wanted if text not in known)
    }
    cache.put(fresh)
    return {**known, **fresh}
