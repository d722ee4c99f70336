"""The instances of a unit as HTML cards side by side, with what models predict for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from arts.data.schema import Edit, Instance, Polarity, Strategy
from arts.evaluation.benchmark_layout import POLARITIES
from arts.leaderboard.analysis.units import PredictionsById, Unit
from arts.leaderboard.analysis.word_diff import edits_of
from arts.leaderboard.web import html_sentence

TITLES = {
    Strategy.ORIGINAL: "Original",
    Strategy.REVTGT: "REVTGT: the target reversed",
    Strategy.REVNON: "REVNON: the others reversed",
    Strategy.ADDDIFF: "ADDDIFF: others added",
}
COLOURS = {"right": "#009E73", "wrong": "#B95CA0"}  # other than those of polarities
STYLE = (
    "<style>" + html_sentence.STYLE + ".arts-cards{display:grid;gap:1rem 1.5rem;"
    "grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr))}"
    ".arts-card{min-width:0;overflow-wrap:anywhere}"
    ".arts-card p{margin:.3rem 0;line-height:1.9}"
    ".arts-card .arts-title{font-weight:600;font-size:.85rem;line-height:1.4}"
    ".arts-card .arts-remark{opacity:.8;font-size:.85rem;line-height:1.4}"
    "ul.arts-predictions{list-style:none;margin:.4rem 0 0;padding:0;font-size:.85rem}"
    ".arts-predictions li{margin:.2rem 0;padding:.1rem .4rem;border-left:.25rem solid;border-radius:.2rem}"
    "ul.arts-summary{display:flex;flex-wrap:wrap;gap:0 .6rem;margin:0 0 .6rem}"
    ".arts-wrong{font-weight:600}"
    + "".join(
        f".arts-predictions .arts-{outcome}{{border-color:{colour};background:{colour}26}}"
        for outcome, colour in COLOURS.items()
    )
    + "</style>"
)


@dataclass(frozen=True, slots=True)
class ModelPrediction:
    """What one model predicts for one instance.

    Args:
        model: Name of the model, as pages show it.
        label: The predicted polarity, or "invalid" for an answer that is none.
        probabilities: Probability of each polarity, in the order of `Polarity`; empty if unknown.
    """

    model: str
    label: str
    probabilities: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceCard:
    """What a page shows of one instance, or of a strategy that gave no variant.

    Args:
        strategy: The strategy that made the instance, or that gave none; `ORIGINAL` for the original.
        instance: The instance; None if the strategy gave none.
        edits: The edits that turned the original into the instance; empty for the original.
        remark: Text below the sentence, such as why there is no variant; often empty.
        predictions: What models predict for the instance, one prediction per model.
    """

    strategy: Strategy
    instance: Instance | None = None
    edits: Sequence[Edit] = ()
    remark: str = ""
    predictions: Sequence[ModelPrediction] = ()

    @property
    def html(self) -> str:
        """The card as HTML; all text is escaped."""
        gold = f" · {self.instance.polarity}" if self.instance else ""
        head = f'<p class="arts-title">{TITLES[self.strategy]}{gold}</p>'
        text = f"<p>{html_sentence.sentence_html(self.instance, self.edits)}</p>" if self.instance else ""
        remark = f'<p class="arts-remark">{escape(self.remark)}</p>' if self.remark else ""
        return f'<div class="arts-card">{head}{text}{remark}{self._predictions_html}</div>'

    @property
    def _predictions_html(self) -> str:
        """The predictions as an HTML list; empty if there are none."""
        if self.instance is None or not self.predictions:
            return ""
        items = (_prediction_html(prediction, self.instance.polarity) for prediction in self.predictions)
        return f'<ul class="arts-predictions">{"".join(items)}</ul>'


def unit_cards(unit: Unit, predictions: Mapping[str, PredictionsById]) -> list[InstanceCard]:
    """One card for each instance of a unit, the original first.

    Args:
        unit: The unit.
        predictions: The predictions of each model, keyed by the name that is shown. Each value is a dict of
            predicted labels, keyed by instance id; it may lack instances.
    """
    return [
        InstanceCard(
            instance.strategy,
            instance,
            () if instance is unit.original else edits_of(unit.original, instance),
            predictions=[
                ModelPrediction(name, by_id[instance.id])
                for name, by_id in predictions.items()
                if instance.id in by_id
            ],
        )
        for instance in unit.instances
    ]


def cards_html(cards: Iterable[InstanceCard]) -> str:
    """Cards as HTML: side by side, or one below another in a narrow window.

    Example:
        >>> "no opinion" in cards_html([InstanceCard(Strategy.REVTGT, remark="no opinion term found")])
        True
    """
    return f'<div class="arts-cards">{"".join(card.html for card in cards)}</div>'


def unit_summary_html(unit: Unit, predictions: Mapping[str, PredictionsById]) -> str:
    """How many instances of a unit each model has wrong, as an HTML list; empty without models.

    Args:
        unit: The unit.
        predictions: The predictions of each model, as `unit_cards` takes them.

    Example:
        >>> from arts.data.schema import Aspect
        >>> soup = Aspect("soup", 5, 9, Polarity.POSITIVE)
        >>> unit = Unit(Instance("1", "1", Strategy.ORIGINAL, "Good soup", soup))
        >>> html = unit_summary_html(unit, {"mine": {"1": "negative"}})
        >>> "mine: 1 of 1 wrong" in html
        True
    """
    size = len(unit.instances)
    items = (
        f'<li class="arts-{"wrong" if mistakes else "right"}">{_mark_html(right=not mistakes)} '
        f"{escape(name)}: {f'{mistakes} of {size} wrong' if mistakes else f'all {size} right'}</li>"
        for name, by_id in predictions.items()
        for mistakes in [unit.mistakes(by_id)]
    )
    return f'<ul class="arts-predictions arts-summary">{"".join(items)}</ul>' if predictions else ""


def _mark_html(*, right: bool) -> str:
    """A tick or a cross as HTML, which screen readers leave out."""
    return f'<span aria-hidden="true">{"✓" if right else "✗"}</span>'


def _prediction_html(prediction: ModelPrediction, gold: Polarity) -> str:
    """A prediction as an HTML list item that begins with ✓ if it is right and with ✗ if it is wrong.

    Args:
        prediction: The prediction.
        gold: The gold polarity of the instance.
    """
    right = prediction.label == gold
    unseen = f'<span class="arts-unseen">{"right" if right else "wrong"}: </span>'
    probabilities = " · ".join(
        f"{html_sentence.SIGNS[polarity]}&nbsp;{probability:.2f}"
        for polarity, probability in zip(POLARITIES, prediction.probabilities, strict=False)
    )
    kind = "arts-right" if right else "arts-wrong"
    name = escape(prediction.model)
    suffix = f" ({probabilities})" if probabilities else ""
    return f'<li class="{kind}">{_mark_html(right=right)}{unseen} {name}: {prediction.label}{suffix}</li>'
