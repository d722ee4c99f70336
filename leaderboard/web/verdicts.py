"""What the predictions of models for a typed sentence come to, in a line for each model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from arts.leaderboard.web.escaping import escape_markdown
from arts.leaderboard.web.html_unit import ModelPrediction
from arts.leaderboard.web.typed_sentence import TargetVariants


def verdicts(
    targets: Sequence[TargetVariants], predictions: Mapping[str, Sequence[ModelPrediction]]
) -> Iterator[str]:
    """Yield a line of Markdown for each model: how many aspects it reads right, and where it fails.

    Args:
        targets: The variants, one item per aspect.
        predictions: What models predict, keyed by instance id; each value has one prediction per model.
    """
    for model in dict.fromkeys(one.model for row in predictions.values() for one in row):
        failures = {
            target.original.aspect.term: _failures(target, predictions, model=model) for target in targets
        }
        right = sum(not failed for failed in failures.values())
        said = [f"*{escape_markdown(term)}* {failed}" for term, failed in failures.items() if failed]
        rest = f"; it fails on {', '.join(said)}" if said else ""
        yield f"**{escape_markdown(model)}** reads {right} of {len(failures)} aspects right throughout{rest}."


def _failures(
    target: TargetVariants, predictions: Mapping[str, Sequence[ModelPrediction]], *, model: str
) -> str:
    """Where a model is wrong on a target: "as typed", or "under REVTGT and ADDDIFF"; empty if nowhere."""
    wrong = [
        instance.strategy
        for instance in target.instances
        for one in predictions.get(instance.id, ())
        if one.model == model and one.label != instance.polarity
    ]
    if target.original.strategy in wrong:
        return "as typed"
    return f"under {' and '.join(str(strategy).upper() for strategy in wrong)}" if wrong else ""
