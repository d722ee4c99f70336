"""What makes a model more robust: interventions beside each other, over encoders, models and seeds.

    python benchmarks/studies/robustness.py run REPORTS --model bert --seed 1 --seed 2 --seed 3 [--encoder E]
    python benchmarks/studies/robustness.py tables REPORTS

`run` measures every model with every intervention by `arts evaluate`, one process each, which measures the
plain model, too. What is in the folder is not measured again, and models are kept in the cache, so a run that
was stopped goes on. Measuring with other values of --option needs another folder.

`tables` prints Markdown: means over the seeds with intervals over seeds and sentences, probes, pattern gaps,
and the paired differences from the plain models and from adversarial training.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

import numpy as np

from arts.data.schema import PERTURBATIONS
from arts.evaluation.report import Report
from arts.evaluation.seed_summary import SeedSummary, compare_seeds
from arts.leaderboard.analysis.intervention_words import intervention_label
from arts.models.encoders import DEFAULT_ENCODER

PLAIN = "plain"
WAYS = {  # what is compared: the options of `arts evaluate`, keyed by the name that reports have
    PLAIN: (),
    "adversarial": ("adversarial",),
    "consistency": ("consistency",),
    "position": ("position",),
    "noaspect": ("noaspect",),
    "consistency + position": ("consistency", "position"),
}
CORPORA = ("laptop", "laptop-v2")

Setting = tuple[str, str, str]  # encoder, model, intervention
Board = Mapping[Setting, Sequence[Report]]  # one report per seed


def way(report: Report) -> str:
    """The intervention of a report, with the settings that are not the defaults; or `PLAIN`."""
    return intervention_label(report.model.intervention) if report.model.intervention else PLAIN


def read_board(folder: Path, corpus: str) -> Board:
    """The reports of a corpus, one per seed, keyed by encoder, model and intervention."""
    board: dict[Setting, dict[int, Report]] = defaultdict(dict)
    for path in sorted(folder.glob("*.json")):
        report = Report.load(path)
        if report.dataset.name == corpus:
            encoder = Path(report.model.encoder or "").name
            board[encoder, report.model.id, way(report)][report.model.seed or 0] = report
    return {setting: [runs[seed] for seed in sorted(runs)] for setting, runs in board.items()}


def measure(arguments: argparse.Namespace) -> None:
    """Measure all cells of the study that are not in the folder.

    Raises:
        SystemExit: when a command fails; what was measured is kept.
    """
    encoder = Path(arguments.encoder or DEFAULT_ENCODER).name
    ways = arguments.intervention or WAYS
    for seed, model, corpus, name in product(arguments.seed, arguments.model, arguments.dataset, ways):
        if (encoder, model, corpus, name, seed) not in measured_cells(arguments.reports):
            evaluate(arguments, name, model=model, corpus=corpus, seed=seed)


def measured_cells(folder: Path) -> set[tuple[str, str, str, str, int | None]]:
    """Encoder, model, corpus, intervention and seed of all reports in a folder, whatever the settings."""
    infos = (
        (report.model, report.dataset.name)
        for report in map(Report.load_without_predictions, folder.glob("*.json"))
    )
    return {
        (
            Path(model.encoder or "").name,
            model.id,
            corpus,
            (model.intervention or {}).get("name", PLAIN),
            model.seed,
        )
        for model, corpus in infos
    }


def evaluate(arguments: argparse.Namespace, name: str, *, model: str, corpus: str, seed: int) -> None:
    """Run `arts evaluate` for one cell of the study."""
    command = [sys.executable, "-m", "arts.evaluate", "--dataset", corpus, "--model", model]
    command += ["--seed", str(seed), "--output", str(arguments.reports), "--probe", "all"]
    command += ["--encoder", arguments.encoder] if arguments.encoder else []
    for intervention in WAYS[name]:
        command += ["--intervention", intervention]
    print(" ".join(command[2:]), flush=True)
    subprocess.run([*command, *arguments.option], check=True)


def scores(reports: Sequence[Report]) -> list[str]:
    """Accuracy and ARS with their intervals, then the accuracy on each strategy's originals and variants."""
    mean: Report | SeedSummary = reports[0] if len(reports) == 1 else SeedSummary.of(reports, "mean")
    return [str(mean.accuracy), str(mean.ars), *(change(reports, strategy) for strategy in PERTURBATIONS)]


def change(reports: Sequence[Report], strategy: object) -> str:
    """The accuracy on a strategy's originals and on its variants, averaged over the seeds."""
    rows = [report.strategies[strategy] for report in reports if strategy in report.strategies]
    if not rows:
        return ""
    before, after = (
        np.mean([getattr(row, part).value for row in rows]) for part in ("original", "perturbed")
    )
    return f"{before:.1f}→{after:.1f}"


def probed(reports: Sequence[Report]) -> list[str]:
    """The figures of the probes and the pattern gap, averaged over the seeds; empty where not measured.

    They are how accuracy changes by clauses that agree with the target and by a masked aspect, how often the
    answer changes when an aspect with another label is asked, and the pattern gap.
    """
    columns = zip(*map(probe_values, reports), strict=True)
    return ["" if None in values else f"{np.mean(values):+.1f}" for values in columns]


def probe_values(report: Report) -> list[float | None]:
    """The figures of one report that `probed` averages."""
    same, masked, swapped, gap = (
        report.same_side,
        report.aspect_masked,
        report.aspect_swapped,
        report.pattern_gap,
    )
    return [
        same and same.change.value,
        masked and masked.change.value,
        swapped and swapped.changed.share.value,
        gap and gap.gap.value,
    ]


def seconds(reports: Sequence[Report]) -> str:
    """The seconds of training, averaged over the seeds."""
    times = [report.model.train_seconds for report in reports if report.model.train_seconds is not None]
    return f"{np.mean(times):.0f} s" if times else ""


def gains(board: Board, against: str) -> Iterator[tuple[str, ...]]:
    """Yield a row per intervention: its differences from another one with the same seeds, and p-values."""
    for (encoder, model, name), reports in board.items():
        base = board.get((encoder, model, against), ())
        pairs = [(a, b) for a in reports for b in base if a.model.seed == b.model.seed]
        if name != against and pairs:
            left, right = zip(*pairs, strict=True)
            compared = compare_seeds(left, right)
            yield encoder, model, name, str(len(pairs)), str(compared.accuracy), str(compared.ars)


def table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def print_tables(folder: Path) -> None:
    """Print the tables of all corpora that the folder has reports of."""
    for corpus in sorted({Report.load(path).dataset.name for path in folder.glob("*.json")}):
        board = read_board(folder, corpus)
        print(f"\n## {corpus}\n")
        names = [strategy.upper() for strategy in PERTURBATIONS]
        probes = ("same side", "masked", "swapped", "pattern gap")
        head = ("encoder", "model", "intervention", "seeds", "accuracy", "ARS", *names, *probes, "training")
        rows = (
            (*setting, str(len(reports)), *scores(reports), *probed(reports), seconds(reports))
            for setting, reports in sorted(board.items())
        )
        print(table(head, rows))
        for against in (PLAIN, "adversarial"):
            print(f"\n### {corpus}: against {against}\n")
            head = ("encoder", "model", "intervention", "seeds", "accuracy gained", "ARS gained")
            print(table(head, gains(board, against)))


def main() -> None:
    """Run the study, or print its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in ("run", "tables"):
        commands.add_parser(command).add_argument("reports", type=Path)
    run = commands.choices["run"]
    run.add_argument("--model", action="append", required=True)
    run.add_argument("--seed", type=int, action="append", required=True)
    run.add_argument("--dataset", action="append", help="default: laptop and laptop-v2")
    run.add_argument("--intervention", action="append", choices=WAYS, help="default: all")
    run.add_argument("--encoder", help="folder or Hub id; default: that of arts evaluate")
    run.add_argument("--option", action="append", default=[], help="a further argument of arts evaluate")
    arguments = parser.parse_args()
    if arguments.command == "tables":
        print_tables(arguments.reports)
        return
    arguments.dataset = arguments.dataset or list(CORPORA)
    measure(arguments)


if __name__ == "__main__":
    main()
