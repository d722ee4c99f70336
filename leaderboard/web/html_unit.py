"""Cards: the instances of a unit side by side, each with what models answered, as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from arts.data.schema import Edit, Instance, Polarity, Strategy
from arts.evaluation.metrics import POLARITIES
from arts.leaderboard.web import html_sentence

TITLES = {
    Strategy.ORIGINAL: "Original",
    Strategy.REVTGT: "REVTGT: the target reversed",
    Strategy.REVNON: "REVNON: the others reversed",
    Strategy.ADDDIFF: "ADDDIFF: others added",
}
STYLE = (
    "<style>" + html_sentence.STYLE + ".arts-cards{display:grid;gap:1rem 1.5rem;"
    "grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr))}"
    ".arts-card{min-width:0;overflow-wrap:anywhere}"
    ".arts-card p{margin:.3rem 0;line-height:1.9}"
    ".arts-card .arts-title{font-weight:600;font-size:.85rem;line-height:1.4}"
    ".arts-card .arts-remark{opacity:.8;font-size:.85rem;line-height:1.4}"
    ".arts-card ul{list-style:none;margin:.4rem 0 0;padding:0;font-size:.85rem}"
    ".arts-card li{margin:.15rem 0;padding:0}"
    ".arts-wrong{font-weight:600}"
    "</style>"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says about an instance.

    Args:
        model: what to call it.
        polarity: that it answers.
        probabilities: of each polarity, in their order, where they are known.
    """

    model: str
    polarity: Polarity
    probabilities: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One instance, or the reason why there is none.

    Args:
        strategy: how it came about.
        instance: to show; None where the strategy gives none.
        edits: that made it, out of the original.
        remark: what else to say.
        answers: of models.
    """

    strategy: Strategy
    instance: Instance | None = None
    edits: Sequence[Edit] = ()
    remark: str = ""
    answers: Sequence[Answer] = ()

    @property
    def html(self) -> str:
        """The card, all text escaped."""
        head = f'<p class="arts-title">{TITLES[self.strategy]}{self._gold}</p>'
        text = f"<p>{html_sentence.sentence(self.instance, self.edits)}</p>" if self.instance else ""
        remark = f'<p class="arts-remark">{escape(self.remark)}</p>' if self.remark else ""
        return f'<div class="arts-card">{head}{text}{remark}{self._answers}</div>'

    @property
    def _gold(self) -> str:
        return f" · {self.instance.polarity}" if self.instance else ""

    @property
    def _answers(self) -> str:
        if self.instance is None or not self.answers:
            return ""
        gold = self.instance.polarity
        return f"<ul>{''.join(_answer(answer, gold) for answer in self.answers)}</ul>"


def side_by_side(cards: Iterable[Card]) -> str:
    """Cards beside each other, or below where the window is narrow.

    Example:
        >>> "no opinion" in side_by_side([Card(Strategy.REVTGT, remark="no opinion term found")])
        True
    """
    return f'<div class="arts-cards">{"".join(card.html for card in cards)}</div>'


def _answer(answer: Answer, gold: Polarity) -> str:
    right = answer.polarity is gold
    mark = '<span aria-hidden="true">✓</span>' if right else '<span aria-hidden="true">✗</span>'
    told = f'{mark}<span class="arts-unseen">{"right" if right else "wrong"}: </span>'
    odds = " · ".join(
        f"{html_sentence.SIGNS[p]}&nbsp;{share:.2f}"
        for p, share in zip(POLARITIES, answer.probabilities, strict=False)
    )
    kind = "arts-right" if right else "arts-wrong"
    beside = f" ({odds})" if odds else ""
    return f'<li class="{kind}">{told} {escape(answer.model)}: {answer.polarity}{beside}</li>'
