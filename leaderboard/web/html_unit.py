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
        return f"<ul>{''.join(items)}</ul>"


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


def _prediction_html(prediction: ModelPrediction, gold: Polarity) -> str:
    """A prediction as an HTML list item that begins with ✓ if it is right and with ✗ if it is wrong.

    Args:
        prediction: The prediction.
        gold: The gold polarity of the instance.
    """
    right = prediction.label == gold
    mark = '<span aria-hidden="true">✓</span>' if right else '<span aria-hidden="true">✗</span>'
    unseen = f'<span class="arts-unseen">{"right" if right else "wrong"}: </span>'
    probabilities = " · ".join(
        f"{html_sentence.SIGNS[polarity]}&nbsp;{probability:.2f}"
        for polarity, probability in zip(POLARITIES, prediction.probabilities, strict=False)
    )
    kind = "arts-right" if right else "arts-wrong"
    name = escape(prediction.model)
    suffix = f" ({probabilities})" if probabilities else ""
    return f'<li class="{kind}">{mark}{unseen} {name}: {prediction.label}{suffix}</li>'
