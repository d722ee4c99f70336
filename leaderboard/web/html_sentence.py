"""Marks in a sentence, as HTML: aspects by polarity, and what an edit took out and put in."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise

from arts.data.schema import Aspect, Edit, Instance, Polarity

SIGNS = {Polarity.POSITIVE: "+", Polarity.NEGATIVE: "−", Polarity.NEUTRAL: "○"}
COLOURS = {Polarity.POSITIVE: "#0072B2", Polarity.NEGATIVE: "#D55E00", Polarity.NEUTRAL: "#888888"}
COMPARED = "compared"  # the rule of an edit that was found by comparing the texts
_WORD = re.compile(r"\w+(?:['’-]\w+)*|\s+|.", re.DOTALL)

STYLE = (
    ".arts-aspect{color:inherit;border:1.5px solid;border-radius:.3em;padding:0 .2em;"
    "box-decoration-break:clone;-webkit-box-decoration-break:clone}"
    ".arts-aspect sup{line-height:0;font-weight:700}"
    ".arts-target{font-weight:700;border-width:2.5px}"
    + "".join(
        f".arts-{polarity}{{border-color:{colour};background:{colour}2e}}"
        for polarity, colour in COLOURS.items()
    )
    + ".arts-neutral{border-style:dotted}.arts-negative{border-style:dashed}"
    ".arts-sentence ins{text-decoration:underline 2px;text-underline-offset:.25em}"
    ".arts-sentence del+ins{margin-left:.2em}"
    ".arts-sentence del{text-decoration:line-through;opacity:.75}"
    ".arts-unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text that is marked in one way.

    Args:
        text: of it; empty for none.
        inserted: whether an edit put it in.
        deleted: what an edit took out before it.
        aspect: that it belongs to.
        last: whether the aspect ends with it.
    """

    text: str
    inserted: bool = False
    deleted: str = ""
    aspect: Aspect | None = None
    last: bool = False


def sentence(instance: Instance, edits: Sequence[Edit] = ()) -> str:
    """The text of an instance as HTML, all of it escaped.

    Args:
        instance: whose aspects are marked; the target is bold.
        edits: that turned the original's text into this one, to be marked too.

    Example:
        >>> from arts.data.schema import Strategy
        >>> soup = Aspect("soup", 4, 8, Polarity.NEGATIVE)
        >>> variant = Instance("1_adv1", "1", Strategy.REVTGT, "Bad soup", soup)
        >>> edit = Edit(0, 4, "Good", "Bad", "antonym")
        >>> "<del>Good</del><ins>Bad</ins> <span" in sentence(variant, (edit,))
        True
    """
    pieces = (_html(piece, instance.aspect) for piece in _pieces(instance, [trimmed(e) for e in edits]))
    return f'<span class="arts-sentence">{"".join(pieces)}</span>'


def edits_of(original: Instance, variant: Instance) -> tuple[Edit, ...]:
    """What turns the original's text into the variant's: as recorded, else by comparing them word by word."""
    return variant.edits or compared(original.text, variant.text)


def compared(before: str, after: str) -> tuple[Edit, ...]:
    """The replacements of words that turn one text into another, in order and apart.

    Example:
        >>> [(e.before, e.after) for e in compared("The soup is good.", "The soup is not good.")]
        [('', 'not ')]
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    edits: list[Edit] = []
    position = 0
    for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        taken = "".join(old[i:j])
        if kind != "equal":
            edits.append(Edit(position, position + len(taken), taken, "".join(new[k:m]), COMPARED))
        position += len(taken)
    return tuple(_bridged(before, edits))


def _bridged(text: str, edits: Iterable[Edit]) -> list[Edit]:
    """The edits, with those that only space divides made one."""
    joined: list[Edit] = []
    for edit in edits:
        gap = text[joined[-1].end : edit.start] if joined else ""
        if gap.isspace():
            last = joined.pop()
            before, after = last.before + gap + edit.before, last.after + gap + edit.after
            edit = Edit(last.start, edit.end, before, after, COMPARED)
        joined.append(edit)
    return joined


def trimmed(edit: Edit) -> Edit:
    """The edit without the words at its ends that it leaves as they are.

    Example:
        >>> trimmed(Edit(0, 1, ".", ". The beans are watery.", "added")).after
        ' The beans are watery.'
    """
    head = _shared(edit.before, edit.after)
    before, after = edit.before[head:], edit.after[head:]
    tail = _shared(before[::-1], after[::-1])
    return replace(
        edit,
        start=edit.start + head,
        end=edit.end - tail,
        before=before[: len(before) - tail],
        after=after[: len(after) - tail],
    )


def _shared(one: str, other: str) -> int:
    """The length of a common beginning of whole words."""

    def splits(text: str, place: int) -> bool:
        return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()

    pairs = enumerate(zip(one, other, strict=False))
    length = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    while splits(one, length) or splits(other, length):
        length -= 1
    return length


def _pieces(instance: Instance, edits: Sequence[Edit]) -> Iterator[_Piece]:
    """The text cut where a mark begins or ends."""
    aspects = _apart([instance.aspect, *instance.aspects])
    for start, end, inserted, deleted in _stretches(instance.text, edits):
        if deleted:
            yield _Piece("", deleted=deleted)
        inner = {place for a in aspects for place in (a.start, a.end) if start < place < end}
        cuts = sorted({start, end, *inner})
        for left, right in pairwise(cuts):
            held = next((a for a in aspects if a.start <= left and right <= a.end), None)
            yield _Piece(
                instance.text[left:right],
                inserted=inserted,
                aspect=held,
                last=held is not None and held.end == right,
            )


def _stretches(text: str, edits: Sequence[Edit]) -> Iterator[tuple[int, int, bool, str]]:
    """(start, end, whether it was put in, what was taken out before it) of all of the text."""
    position = shift = 0
    for edit in edits:
        start = edit.start + shift
        end = start + len(edit.after)
        if position < start:
            yield position, start, False, ""
        yield start, end, True, edit.before
        position, shift = end, shift + len(edit.after) - len(edit.before)
    if position < len(text):
        yield position, len(text), False, ""


def _apart(aspects: Iterable[Aspect]) -> list[Aspect]:
    """The aspects that can be marked beside each other; an earlier one of the list before a later one."""
    kept: list[Aspect] = []
    for aspect in aspects:
        if all(aspect.end <= other.start or other.end <= aspect.start for other in kept):
            kept.append(aspect)
    return kept


def _html(piece: _Piece, target: Aspect) -> str:
    if piece.deleted:
        return f"<del>{escape(piece.deleted)}</del>"
    text = escape(piece.text)
    if piece.inserted:
        text = f"<ins>{text}</ins>"
    if piece.aspect is None:
        return text
    polarity = piece.aspect.polarity
    kind = f"arts-aspect arts-{polarity}" + (" arts-target" if piece.aspect is target else "")
    sign = f"<sup>{polarity_mark(polarity)}</sup>" if piece.last else ""
    return f'<span class="{kind}" title="{polarity}">{text}{sign}</span>'


def polarity_mark(polarity: Polarity) -> str:
    """The sign of a polarity, with its name for those who hear the page."""
    return f'<span aria-hidden="true">{SIGNS[polarity]}</span><span class="arts-unseen"> ({polarity}) </span>'


def legend() -> str:
    """What the marks mean."""
    kinds = " ".join(
        f'<span class="arts-aspect arts-{polarity}">{polarity}<sup aria-hidden="true">{sign}</sup></span>'
        for polarity, sign in SIGNS.items()
    )
    return (
        f'<p class="arts-sentence">Aspects: {kinds}, <b>bold</b> where asked about. '
        "Edits: <del>taken out</del> <ins>put in</ins>.</p>"
    )
