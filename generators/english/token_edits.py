"""Edits of tokens: replacing one, replacing several, and deleting them with their white space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english.inflection import match_case

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


def token_edit(token: Token, after: str, *, rule: str) -> Edit:
    """The edit that replaces a token, keeping its capitals.

    Args:
        token: the token to replace.
        after: the text to put in its place.
        rule: the name of the rule that makes the edit, for the report.
    """
    return Edit(token.idx, token.idx + len(token), token.text, match_case(after, token.text), rule)


def span_edit(first: Token, last: Token, *, after: str, rule: str) -> Edit:
    """The edit that replaces the tokens from first to last, and the white space between them."""
    return Edit(first.idx, last.idx + len(last), first.doc[first.i : last.i + 1].text, after, rule)


def deletion(first: Token, last: Token | None = None, *, rule: str) -> Edit:
    """The edit that deletes the tokens from first to last, with the space before them.

    At the beginning of a sentence, the next word gets the capital.

    Args:
        first: the first token to delete.
        last: the last one; by default the first one is the only one.
        rule: the name of the rule that makes the edit, for the report.
    """
    doc: Doc = first.doc
    last = first if last is None else last
    if first.i and not first.is_sent_start:
        space = doc[first.i - 1].whitespace_
        text = space + doc[first.i : last.i + 1].text
        return Edit(first.idx - len(space), last.idx + len(last), text, "", rule)
    if last.i + 1 == len(doc):
        return span_edit(first, last, after="", rule=rule)
    following = doc[last.i + 1]
    return span_edit(first, following, after=match_case(following.text, first.text[:1]), rule=rule)
