"""The learning curve: the scores of each epoch of training, and the epoch whose weights were kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EpochScores:
    """The scores of one epoch of training, which are one point of the learning curve.

    Args:
        epoch: number of the epoch, from 1.
        loss: training loss averaged over the optimizer steps of the epoch.
        accuracy: accuracy on the dev split, in percent.
        macro_f1: macro-F1 on the dev split, in percent.
    """

    epoch: int
    loss: float
    accuracy: float
    macro_f1: float


def learning_curve(history: list[dict[str, float]]) -> list[EpochScores]:
    """The scores of each epoch, taken from the log history of the trainer."""
    losses = {round(entry["epoch"]): entry["loss"] for entry in history if "loss" in entry}
    return [
        EpochScores(
            number := round(entry["epoch"]),
            round(losses[number], 4),
            round(100 * entry["eval_accuracy"], 2),
            round(100 * entry["eval_macro_f1"], 2),
        )
        for entry in history
        if "eval_macro_f1" in entry
    ]


def kept_epoch(history: list[dict[str, float]], step: int | None) -> int:
    """The number (from 1) of the epoch whose weights were kept.

    Args:
        history: the log history of the trainer.
        step: number of the optimizer step whose checkpoint the trainer took for the best; None when it kept
            the weights of the last epoch.
    """
    evaluated = [entry for entry in history if "eval_macro_f1" in entry]
    kept = (entry for entry in evaluated if entry["step"] == step)
    return round(next(kept, evaluated[-1])["epoch"])
