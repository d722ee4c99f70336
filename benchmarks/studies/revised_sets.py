"""What a released set and its v2 say of the same models, and how much of the fall was broken English.

    arts evaluate --dataset laptop --model MODEL --intervention adversarial --output REPORTS
    arts evaluate --dataset laptop-v2 --model MODEL --intervention adversarial --output REPORTS
    python benchmarks/studies/revised_sets.py REPORTS [--release laptop] [--seed 1]

The second command takes the models that the first has trained. Without variants of the release at hand, only
the tables of the v2 set are printed: `--release ""`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from scipy.stats import kendalltau, spearmanr

from arts.data.readers.revisions import VARIANT_ENDINGS, Revision, read_revisions
from arts.data.schema import PERTURBATIONS, Polarity, Strategy
from arts.evaluation.report import Report

READINGS = Path(__file__).parents[1] / "quality" / "readings"
CELLS = ("accuracy", "ARS", *(strategy.upper() for strategy in PERTURBATIONS))
VERDICTS = ("fluent, label right", "fluent, label not", "not fluent")
BLIND = "bert-sent"  # it is not told the aspect

Board = Mapping[str, Report]  # reports of one corpus, keyed by the model's name, best ARS first


def read_board(folder: Path, corpus: str, *, seed: int) -> Board:
    """The reports of a corpus and a seed, keyed by the model's name, best ARS first."""
    reports = [Report.load(path) for path in sorted(folder.glob(f"{corpus}-*.json"))]
    mine = [report for report in reports if (report.dataset.name, report.model.seed) == (corpus, seed)]
    return {report.name: report for report in sorted(mine, key=lambda report: -report.ars.value)}


def scores(report: Report) -> list[float]:
    """Accuracy, ARS, and the accuracy on the variants of each strategy, in percent."""
    on_variants = [report.strategies[strategy].perturbed.value for strategy in PERTURBATIONS]
    return [report.accuracy.value, report.ars.value, *on_variants]


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; floats get one decimal."""
    lines = [f"| {' | '.join(head)} |", f"|---{'|---:' * (len(head) - 1)}|"]
    for row in rows:
        cells = [f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in row]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def rank_correlations(release: Board, revised: Board, names: Sequence[str]) -> str:
    """Spearman's and Kendall's rank correlation of the scores of some models on two boards."""
    columns = zip(
        zip(*(scores(release[name]) for name in names), strict=True),
        zip(*(scores(revised[name]) for name in names), strict=True),
        strict=True,
    )
    rows = [
        (cell, f"{spearmanr(a, b).statistic:.2f}", f"{kendalltau(a, b).statistic:.2f}")
        for cell, (a, b) in zip(CELLS, columns, strict=True)
    ]
    return markdown((f"{len(names)} models", "Spearman's rho", "Kendall's tau"), rows)


def verdicts(path: Path) -> dict[str, str]:
    """What the readings say of each variant, keyed by its id; one on which they differ is left out.

    Args:
        path: CSV file of readings with the columns id, reading, fluent, sentiment and intended.
    """
    found: dict[str, set[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            right = row["sentiment"] == row["intended"]
            verdict = VERDICTS[2 if row["fluent"] != "1" else 0 if right else 1]
            found.setdefault(row["id"], set()).add(verdict)
    return {id: said.pop() for id, said in found.items() if len(said) == 1}


def accuracies(board: Board, groups: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each model and one for their mean: the name, and a cell for each group of variants.

    A cell has the accuracy on the originals of the group, and that on its variants, in percent.

    Args:
        board: the reports.
        groups: the ids of the variants of each group.
    """
    pairs = {name: [_fall(report, ids) for ids in groups.values()] for name, report in board.items()}
    mean = np.mean(list(pairs.values()), axis=0)
    for name, row in [*pairs.items(), ("mean", mean)]:
        yield name, *(f"{original:.1f}→{variant:.1f}" for original, variant in row)


def _fall(report: Report, ids: Sequence[str]) -> tuple[float, float]:
    """The accuracy on the originals of some variants and on the variants, in percent."""
    predictions = report.predictions
    rows = np.flatnonzero(np.isin(predictions.ids, ids))
    right = 100 * predictions.correct
    return float(right[predictions.layout.original[rows]].mean()), float(right[rows].mean())


def release_groups(board: Board, readings: Path, strategies: Sequence[Strategy]) -> dict[str, list[str]]:
    """The ids of a release's variants made by some strategies, by what the readings say of them.

    Variants of neutral targets are left out: the v2 sets have none, and models err on their originals.
    """
    report = next(iter(board.values()))
    ids, layout = report.predictions.ids, report.predictions.layout
    asked = np.isin(layout.strategy, [tuple(Strategy).index(strategy) for strategy in strategies])
    asked &= layout.gold[layout.original] != tuple(Polarity).index(Polarity.NEUTRAL)
    said = verdicts(readings)
    chosen = [id for id, is_asked in zip(ids, asked, strict=True) if is_asked]
    groups = {verdict: [id for id in chosen if said.get(id) == verdict] for verdict in VERDICTS}
    return {f"{verdict} ({len(ids)})": ids for verdict, ids in groups.items() if ids}


def revised_groups(corpus: str) -> dict[str, list[str]]:
    """The ADDDIFF variants of a corpus of revisions, by number of claims and by place."""
    path = Path(str(files("arts.data").joinpath("revisions", f"{corpus}.jsonl")))
    groups: dict[str, list[str]] = {}
    for unit in read_revisions(path)[1]:
        for revision in unit.revisions:
            for group in adddiff_groups(revision):
                groups.setdefault(group, []).append(f"{unit.unit}_{VARIANT_ENDINGS[revision.strategy]}")
    order = ("k = 1", "k = 2", "k = 3", "first", "inside", "last")
    return {f"{group} ({len(groups[group])})": groups[group] for group in order}


def adddiff_groups(revision: Revision) -> Iterator[str]:
    """Yield the groups that an ADDDIFF revision belongs to: number of claims, and place."""
    if revision.strategy is Strategy.ADDDIFF and revision.place:
        yield f"k = {len(revision.added)}"
        yield revision.place


def main() -> None:
    """Print the tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("reports", type=Path)
    parser.add_argument("--release", default="laptop")
    parser.add_argument("--revised", default="laptop-v2")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    revised = read_board(options.reports, options.revised, seed=options.seed)
    if options.release:
        release = read_board(options.reports, options.release, seed=options.seed)
        print_both(release, revised, READINGS / f"{options.release}.csv")
    else:
        print(markdown(("", *CELLS), ((name, *scores(report)) for name, report in revised.items())))
    groups = revised_groups(options.revised)
    print("\n## ADDDIFF by number of claims and place\n")
    print(markdown(("", *groups), accuracies(revised, groups)))


def print_both(release: Board, revised: Board, readings: Path) -> None:
    """Print the tables that need both boards: scores, rank correlations, accuracy by verdict."""
    names = [name for name in revised if name in release]
    rows = ((name, *scores(release[name]), *scores(revised[name])) for name in names)
    print(markdown(("", *(f"{cell}, {kind}" for kind in ("release", "v2") for cell in CELLS)), rows))
    aspect_models = [name for name in names if not name.startswith(BLIND)]
    print("\n## Rank correlation of the two boards\n")
    print(rank_correlations(release, revised, names), "\n")
    print(rank_correlations(release, revised, aspect_models))
    for strategies in (PERTURBATIONS, *((strategy,) for strategy in PERTURBATIONS)):
        groups = release_groups(release, readings, strategies)
        print(f"\n## Accuracy on the release's variants, {', '.join(strategies)}\n")
        print(markdown(("", *groups), accuracies(release, groups)))


if __name__ == "__main__":
    main()
