"""Dependency parses for the models that read them: worked out once a sentence, and kept on disk."""

from __future__ import annotations

from collections.abc import Iterable

from arts.data.support.spacy_parser import parsed, parser_name
from arts.data.support.text_cache import Memo

Heads = list[list[int]]  # of each token: its characters, from and to, and the number of its head


def heads_of(texts: Iterable[str]) -> dict[str, Heads]:
    """The dependency heads of each text, from the cache where they are known.

    Raises:
        MissingDependencyError: when no parser is installed.
    """
    memo = Memo("parses", parser_name())
    wanted = list(dict.fromkeys(texts))
    known = memo.get(wanted)
    fresh = {
        text: [[token.idx, token.idx + len(token), token.head.i] for token in doc]
        for doc, text in parsed((text, text) for text in wanted if text not in known)
    }
    memo.put(fresh)
    return {**known, **fresh}
