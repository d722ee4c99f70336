"""Edits of tokens: replacing one, replacing several, and deleting them with the space before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arts.data.schema import Edit
from arts.generators.english.inflection import match_case

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


def token_edit(token: Token, after: str, *, rule: str) -> Edit:
    """The edit that replaces a token and gives the new text the token's capitals.

    Args:
        token: the token to replace.
        after: the text to put in its place.
        rule: the name of the rule that makes the edit, for the quality report.
    """
    return Edit(token.idx, token.idx + len(token), token.text, match_case(after, token.text), rule)


def span_edit(first: Token, last: Token, *, after: str, rule: str) -> Edit:
    """The edit that replaces all tokens from the first to the last, and the white space between them.

    Args:
        first: the first token to replace.
        last: the last token to replace.
        after: the text to put in their place; its capitals are not changed.
        rule: the name of the rule that makes the edit, for the quality report.
    """
    return Edit(first.idx, last.idx + len(last), first.doc[first.i : last.i + 1].text, after, rule)


def deletion(first: Token, last: Token | None = None, *, rule: str) -> Edit:
    """The edit that deletes all tokens from the first to the last, and the space before them.

    At the beginning of a sentence, the capital moves to the next word.

    Args:
        first: the first token to delete.
        last: the last token to delete; by default only the first one is deleted.
        rule: the name of the rule that makes the edit, for the quality report.
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
