"""What the board has of this package: its reports, and the scores of the ARTS paper (Xing et al., 2020)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from arts.data.corpus_registry import RELEASED_CORPORA
from arts.data.published_scores import PublishedScore, published_table
from arts.data.schema import PERTURBATIONS, Strategy
from arts.evaluation.scores import Estimate
from arts.evaluation.verification import Status
from arts.leaderboard.store.entry import BoardEntry, family_of

PACKAGED_RESULTS = Path(__file__).parents[1] / "results"
TEST_SIZES = {  # number of originals, and of variants of each strategy in the order of PERTURBATIONS
    "laptop": (638, 466, 135, 638),
    "restaurant": (1120, 846, 444, 1120),
    "mams": (1336, 789, 402, 1336),
}


def is_packaged(entry: BoardEntry) -> bool:
    """Whether an entry comes with this package: a figure of the paper, or one of its own reports."""
    return entry.status is Status.PUBLISHED or Path(entry.path or "").parent == PACKAGED_RESULTS


def published_entries() -> Iterator[BoardEntry]:
    """Yield one entry per model and corpus of the paper; these entries have no predictions.

    The paper has no intervals. Those of the entries are binomial (Wilson) intervals at 95%, computed here
    from the number of originals or variants.
    """
    for corpus in RELEASED_CORPORA:
        table = published_table(corpus)
        for score in table["scores"] if table else ():
            yield _published_entry(score, corpus, source=table["source"] if table else "")


def _published_entry(score: PublishedScore, corpus: str, *, source: str) -> BoardEntry:
    """Make the board entry of one model on one corpus.

    Args:
        score: The row of the paper's table.
        corpus: Name of the corpus.
        source: Citation of the table.
    """
    name, (units, *variants) = score["model"], TEST_SIZES[corpus]
    counts = dict(zip(PERTURBATIONS, variants, strict=True))
    return BoardEntry(
        key=f"paper-{corpus}-{name}",
        name=name,
        corpus=corpus,
        units=units,
        family=family_of(name),
        model=name,
        encoder="BERT-base" if family_of(name) == "encoder" else "GloVe",
        kind="published",
        accuracy=_wilson_estimate(score["accuracy"], units),
        ars=_wilson_estimate(score["ars"], units),
        strategies={
            strategy: _wilson_estimate(on_variants, counts[strategy])
            for strategy, (_, on_variants) in accuracy_by_strategy(score).items()
        },
        originals={
            strategy: on_originals
            for strategy, (on_originals, _) in accuracy_by_strategy(score).items()
            if on_originals is not None
        },
        status=Status.PUBLISHED,
        remark=source,
    )


def accuracy_by_strategy(score: PublishedScore) -> dict[Strategy, tuple[float | None, float]]:
    """The paper's accuracy of one model in percent, keyed by strategy.

    Each value is a pair: the accuracy on the originals that have a variant by the strategy (None where the
    paper does not give it), and the accuracy on these variants.
    """
    pairs = (score["revtgt"], score["revnon"], score["adddiff"])
    return dict(zip(PERTURBATIONS, pairs, strict=True))


def _wilson_estimate(percent: float, count: int) -> Estimate:
    """A score with its 95% Wilson interval, in percent.

    Args:
        percent: The score: the percentage of instances that are predicted right.
        count: Number of instances.
    """
    from scipy.stats import binomtest

    low, high = binomtest(round(percent * count / 100), count).proportion_ci(method="wilson")
    return Estimate(value=percent, low=round(100 * low, 2), high=round(100 * high, 2))
