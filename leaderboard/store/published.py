"""The paper's figures as board entries: nine models on three corpora."""

from __future__ import annotations

from collections.abc import Iterator

from arts.data.corpus_registry import RELEASED_CORPORA
from arts.data.published_scores import PublishedScore, published_table
from arts.data.schema import PERTURBATIONS, Strategy
from arts.evaluation.scores import Estimate
from arts.leaderboard.store.entry import BoardEntry, Status, family_of

TEST_SIZES = {  # number of originals, and of variants of each strategy in the order of PERTURBATIONS
    "laptop": (638, 466, 135, 638),
    "restaurant": (1120, 846, 444, 1120),
    "mams": (1336, 789, 402, 1336),
}


def published_entries() -> Iterator[BoardEntry]:
    """The entries of the paper's tables, which come without predictions.

    Their intervals are ours: binomial (Wilson), over the number of originals or variants.
    """
    for corpus in RELEASED_CORPORA:
        table = published_table(corpus)
        for score in table["scores"] if table else ():
            yield _published_entry(score, corpus, source=table["source"] if table else "")


def _published_entry(score: PublishedScore, corpus: str, *, source: str) -> BoardEntry:
    """The board entry of one row of the paper's table on a corpus."""
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
        status=Status.PUBLISHED,
        remark=source,
    )


def accuracy_by_strategy(score: PublishedScore) -> dict[Strategy, tuple[float | None, float]]:
    """The paper's accuracy on the originals (None where it is not given) and on the variants, in percent."""
    pairs = (score["revtgt"], score["revnon"], score["adddiff"])
    return dict(zip(PERTURBATIONS, pairs, strict=True))


def _wilson_estimate(percent: float, count: int) -> Estimate:
    """A percentage of a count with its 95% Wilson interval."""
    from scipy.stats import binomtest

    low, high = binomtest(round(percent * count / 100), count).proportion_ci(method="wilson")
    return Estimate(value=percent, low=round(100 * low, 2), high=round(100 * high, 2))
