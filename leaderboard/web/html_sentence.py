"""A sentence as HTML that shows its aspects by polarity, and what edits removed and inserted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from arts.data.schema import Aspect, Edit, Instance, Polarity
from arts.leaderboard.analysis.word_diff import trim_edit

SIGNS = {Polarity.POSITIVE: "+", Polarity.NEGATIVE: "−", Polarity.NEUTRAL: "○"}
COLOURS = {Polarity.POSITIVE: "#0072B2", Polarity.NEGATIVE: "#D55E00", Polarity.NEUTRAL: "#888888"}
UNSEEN_STYLE = (  # of text that only screen readers have
    ".arts-unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
)
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
    ".arts-sentence del{text-decoration:line-through;opacity:.75}" + UNSEEN_STYLE
)


@dataclass(frozen=True, slots=True)
class _MarkedText:
    """A stretch of a sentence in one format, or the words that an edit removed at one place.

    Args:
        text: The words of the stretch; empty for removed words.
        inserted: Whether an edit inserted `text`.
        deleted: The removed words; empty for a stretch of the sentence.
        aspect: The aspect that `text` is a part of; None outside aspects.
        last: Whether `aspect` ends with this stretch.
    """

    text: str
    inserted: bool = False
    deleted: str = ""
    aspect: Aspect | None = None
    last: bool = False


def sentence_html(instance: Instance, edits: Sequence[Edit] = ()) -> str:
    """The text of an instance as HTML, with its aspects and edits highlighted.

    The text is escaped. Aspects are framed, and the target is bold, too.

    Args:
        instance: The instance.
        edits: The edits that turned the original into this instance, in the order of the text.

    Example:
        >>> from arts.data.schema import Strategy
        >>> soup = Aspect("soup", 4, 8, Polarity.NEGATIVE)
        >>> variant = Instance("1_adv1", "1", Strategy.REVTGT, "Bad soup", soup)
        >>> edit = Edit(0, 4, before="Good", after="Bad", rule="antonym")
        >>> "<del>Good</del><ins>Bad</ins> <span" in sentence_html(variant, (edit,))
        True
    """
    marked = _marked_texts(instance, [trim_edit(edit) for edit in edits])
    return f'<span class="arts-sentence">{"".join(_stretch_html(m, instance.aspect) for m in marked)}</span>'


def _marked_texts(instance: Instance, edits: Sequence[Edit]) -> Iterator[_MarkedText]:
    """Split the text of an instance where an aspect or an edit begins or ends.

    The words that an edit removed are a stretch of their own, before the words that it inserted.

    Args:
        instance: The instance.
        edits: The edits that turned the original into this instance, in the order of the text.
    """
    aspects = _without_overlaps([instance.aspect, *instance.aspects])
    for start, end, inserted, deleted in _edited_stretches(instance.text, edits):
        if deleted:
            yield _MarkedText("", deleted=deleted)
        bounds = {bound for a in aspects for bound in (a.start, a.end) if start < bound < end}
        for left, right in pairwise(sorted({start, end, *bounds})):
            aspect = next((a for a in aspects if a.start <= left and right <= a.end), None)
            yield _MarkedText(
                instance.text[left:right],
                inserted=inserted,
                aspect=aspect,
                last=aspect is not None and aspect.end == right,
            )


def _edited_stretches(text: str, edits: Sequence[Edit]) -> Iterator[tuple[int, int, bool, str]]:
    """Split an edited text where its edits begin and end.

    Args:
        text: The text after the edits.
        edits: The edits in the order of the text; their offsets count characters of the original.

    Yields:
        Start and end of a stretch in `text`, whether an edit inserted it, and the words that the edit
        removed; these are empty for a stretch outside edits.
    """
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


def _without_overlaps(aspects: Iterable[Aspect]) -> list[Aspect]:
    """The aspects, except those that overlap an aspect earlier in the list."""
    apart: list[Aspect] = []
    for aspect in aspects:
        if all(aspect.end <= other.start or other.end <= aspect.start for other in apart):
            apart.append(aspect)
    return apart


def _stretch_html(marked: _MarkedText, target: Aspect) -> str:
    """A stretch of a sentence as HTML, in a frame if it belongs to an aspect; text is escaped.

    Args:
        marked: The stretch.
        target: The target of the instance, which is also set in bold.
    """
    if marked.deleted:
        return f"<del>{escape(marked.deleted)}</del>"
    text = escape(marked.text)
    if marked.inserted:
        text = f"<ins>{text}</ins>"
    if marked.aspect is None:
        return text
    polarity = marked.aspect.polarity
    kind = f"arts-aspect arts-{polarity}" + (" arts-target" if marked.aspect is target else "")
    sign = f"<sup>{_sign_html(polarity)}</sup>" if marked.last else ""
    return f'<span class="{kind}" title="{polarity}">{text}{sign}</span>'


def _sign_html(polarity: Polarity) -> str:
    """The symbol of a polarity (+, − or ○) as HTML, with the polarity's name for screen readers."""
    return f'<span aria-hidden="true">{SIGNS[polarity]}</span><span class="arts-unseen"> ({polarity}) </span>'


def legend_html() -> str:
    """A legend as HTML that explains how aspects and edits look."""
    kinds = " ".join(
        f'<span class="arts-aspect arts-{polarity}">{polarity}<sup aria-hidden="true">{sign}</sup></span>'
        for polarity, sign in SIGNS.items()
    )
    return (
        f'<p class="arts-sentence">Aspects: {kinds}, <b>bold</b> for the target. '
        "Edits: <del>removed</del> <ins>inserted</ins>.</p>"
    )
