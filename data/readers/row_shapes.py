"""Rows with positions of words, or with lists beside each other, made into the usual ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from arts.data.readers.field_names import plain_fields, written_list
from arts.data.readers.rows import Row
from arts.data.readers.written_lists import parse_list


def in_usual_shape(fields: Row, row: Row) -> Row:
    """The fields of a row with its aspects as a list of objects with character offsets.

    - ``targets, spans, target_sentiments``: lists beside each other.
    - ``words`` (or ``token``) and ``aspects`` whose ``from`` and ``to`` count words, with ``term`` as a list.
    - ``aspects`` as pairs of term and label, or as an object that maps terms to labels.
    - ``aspectTerms``: a list of objects, written as text into a cell, as InstructABSA does.
    - ``Opinions``: a list of objects with ``target``, as in the XML of SemEval 2015.

    Args:
        fields: the values, keyed by field (`plain_fields`).
        row: the row, with the names of its own columns.

    Raises:
        ValueError: when lists beside each other have different lengths, or a position is no number.
    """
    listed: Any = fields.get("aspects")
    if "term" not in fields and not isinstance(listed, list | Mapping) and (written := written_list(row)):
        listed = parse_list(written, expected="list of objects with term and polarity, written as text")
    if listed is None and "term" not in fields:
        listed = row.get("opinions", row.get("Opinions"))
        if not (_are(Mapping, listed) and any("target" in item for item in listed)):
            return fields
    if pairs := _pairs(listed):
        listed = [{"term": term, "polarity": label} for term, label in pairs]
    if _are(str, listed) and "term" not in fields:
        listed = _from_columns(row, listed)
    if _are(str, fields.get("tokens")) and _are(Mapping, listed):
        return _with_characters(fields, listed)
    return {**fields, "aspects": listed} if listed is not None else fields


def word_spans(words: Sequence[str]) -> list[tuple[int, int]]:
    """The (start, end) character spans of words in the text that joins them by spaces.

    Example:
        >>> word_spans(["Good", "soup"])
        [(0, 4), (5, 9)]
    """
    spans, start = [], 0
    for word in words:
        spans.append((start, start + len(word)))
        start += len(word) + 1
    return spans


def _are(kind: type, value: Any) -> bool:
    """Whether a value is a list of at least one item, all of one kind."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, kind) for item in value)


def _pairs(value: Any) -> list[tuple[str, str]]:
    """The pairs of texts that a value lists or maps; empty when it is of another kind."""
    pairs = list(value.items()) if isinstance(value, Mapping) else value
    if not isinstance(pairs, list) or not all(isinstance(pair, list | tuple) for pair in pairs):
        return []
    texts = all(len(pair) == 2 and all(isinstance(text, str) for text in pair) for pair in pairs)
    return [(term, label) for term, label in pairs] if texts else []


def _from_columns(row: Row, terms: list[str]) -> list[dict[str, Any]]:
    """The aspects of a row that has their terms, spans and labels in lists beside each other."""
    labels = row.get("target_sentiments", row.get("polarities", row.get("sentiments")))
    spans = row.get("spans") or [None] * len(terms)
    if not isinstance(labels, list) or not isinstance(spans, list):
        raise ValueError(
            "a list of terms without labels; expected objects with term and polarity, or target_sentiments"
        )
    if not len(terms) == len(labels) == len(spans):
        raise ValueError(f"{len(terms)} terms, {len(labels)} labels and {len(spans)} spans; expected as many")
    return [
        {"term": term, "polarity": label, "location": span}
        for term, label, span in zip(terms, labels, spans, strict=True)
    ]


def _with_characters(fields: Row, aspects: list[Row]) -> Row:
    """The fields of a row whose aspects have word positions, with character offsets instead."""
    if not any(isinstance(aspect.get("term"), list) for aspect in aspects):
        return {**fields, "aspects": aspects}
    words = fields["tokens"]
    spans, text = word_spans(words), " ".join(words)
    placed = []
    for aspect in aspects:
        item = plain_fields({name: value for name, value in aspect.items() if name != "term"})
        term = aspect.get("term")
        item["term"] = " ".join(map(str, term)) if isinstance(term, list) else term
        start, end = item.pop("start", None), item.pop("end", None)
        if isinstance(start, int) and isinstance(end, int):
            inside = 0 <= start < end <= len(words)
            item["location"] = [spans[start][0], spans[end - 1][1]] if inside else [start, len(text) + end]
        placed.append(item)
    return {**fields, "text": text, "aspects": placed}
