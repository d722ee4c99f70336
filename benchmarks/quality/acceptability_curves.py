"""How well the judge of acceptability tells what readers accept: curves, tables and plots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from arts.data.schema import Strategy

SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)  # of the variants that are kept, for the table
BINS = 8


@dataclass(frozen=True)
class Curve:
    """What is accepted of the variants that a judge finds most acceptable.

    Args:
        scores: (n,) the judge's probabilities.
        accepted: (n,) whether both readers accepted each variant.
    """

    scores: NDArray[np.float64]
    accepted: NDArray[np.bool_]

    def kept(self) -> NDArray[np.float64]:
        """The share (n,) that is accepted of the k best variants, for k from 1 to n."""
        order = np.argsort(-self.scores, kind="stable")
        return np.cumsum(self.accepted[order]) / np.arange(1, len(order) + 1)

    def threshold(self, wanted: float) -> float:
        """The lowest score above which the wanted share is expected to be accepted.

        What is expected is fitted to the readings, by a logistic regression on the log-odds of the scores,
        since the share that was accepted jumps with single variants.

        Returns:
            1 when it is not expected of any number of the best variants.
        """
        odds = np.log(self.scores / (1 - self.scores))[:, None]
        expected = LogisticRegression(C=1e6).fit(odds, self.accepted).predict_proba(odds)[:, 1]
        order = np.argsort(-self.scores, kind="stable")
        shares = np.cumsum(expected[order]) / np.arange(1, len(order) + 1)
        enough = np.nonzero(shares >= wanted)[0]
        return float(self.scores[order[enough[-1]]]) if len(enough) else 1.0

    def above(self, threshold: float) -> tuple[float, float]:
        """The share of the variants above a threshold, and the share of these that is accepted."""
        above = self.scores >= threshold
        return float(above.mean()), float(self.accepted[above].mean()) if above.any() else float("nan")

    @property
    def auc(self) -> float:
        """The area under the ROC curve."""
        return float(roc_auc_score(self.accepted, self.scores))


def table_of(
    held_out: Mapping[Strategy, Curve],
    test: Mapping[Strategy, Curve],
    thresholds: Mapping[Strategy, float],
    wanted: Mapping[Strategy, float],
) -> str:
    """The curves as a table in Markdown: by cross-validation and on the test sentences."""
    heading = ["strategy", "sentences", "variants", "AUC", *(f"best {100 * s:.0f}%" for s in SHARES)]
    lines = ["| " + " | ".join([*heading, "threshold", "kept", "accepted"]) + " |"]
    lines.append("|---|---" + "|---:" * (len(heading) + 1) + "|")
    for strategy in wanted:
        for name, curve in (("cross-validated", held_out[strategy]), ("test", test[strategy])):
            shares = curve.kept()
            best = [f"{100 * shares[max(round(s * len(shares)) - 1, 0)]:.0f}" for s in SHARES]
            kept, accepted = curve.above(thresholds[strategy])
            cells = [strategy.upper(), name, f"{len(shares):,}", f"{curve.auc:.2f}", *best]
            cells += [f"{thresholds[strategy]:.2f}", f"{100 * kept:.0f}", f"{100 * accepted:.0f}"]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def draw_curves(
    held_out: Mapping[Strategy, Curve],
    test: Mapping[Strategy, Curve],
    thresholds: Mapping[Strategy, float],
    folder: Path,
) -> None:
    """Draw the curve of accepted against kept share, and the calibration, to two PNG files of a folder."""
    from matplotlib.figure import Figure

    figure = Figure((10, 3.4), layout="constrained")
    for axes, strategy in zip(figure.subplots(1, len(held_out), sharey=True), held_out, strict=True):
        for name, curve in (("cross-validated", held_out[strategy]), ("test", test[strategy])):
            shares = curve.kept()
            axes.plot(100 * np.arange(1, len(shares) + 1) / len(shares), 100 * shares, label=name)
            kept, accepted = curve.above(thresholds[strategy])
            axes.plot(100 * kept, 100 * accepted, "k.")
        axes.set(title=strategy.upper(), xlabel="variants kept (%)", ylim=(50, 100))
    figure.axes[0].set_ylabel("accepted by both readers (%)")
    figure.axes[0].legend()
    figure.savefig(folder / "acceptability.png", dpi=120)

    figure = Figure((4.2, 4), layout="constrained")
    axes = figure.subplots()
    scores = np.concatenate([curve.scores for curve in test.values()])
    accepted = np.concatenate([curve.accepted for curve in test.values()])
    found, expected = calibration_curve(accepted, scores, n_bins=BINS, strategy="quantile")
    axes.plot([0, 100], [0, 100], color="0.8")
    axes.plot(100 * expected, 100 * found, "o-")
    axes.set(xlabel="acceptance (%)", ylabel="accepted by both readers, test (%)")
    figure.savefig(folder / "calibration.png", dpi=120)
