"""Merging as an intervention, end to end: specialists, their merges by every method, and one model for all.

    python benchmarks/studies/merging.py --dataset laptop --model bert --seed 1 --seed 2 --seed 3

A specialist a strategy, by adversarial training on it alone; with ``--domain CORPUS`` (repeatable), a
specialist a corpus instead. The multi-task model is trained on the data of all specialists. The normalised
average is the mean over the tasks of a score over that of the task's own specialist.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from arts.data.corpus import Corpus
from arts.data.schema import PERTURBATIONS, original_instances
from arts.evaluation.benchmark import Benchmark, load_benchmark
from arts.evaluation.report import Report
from arts.interventions.adversarial import Adversarial
from arts.interventions.merge import Merge
from arts.merging.choices import Granularity
from arts.merging.methods import METHODS
from arts.models.recipe import TrainingRequest
from arts.models.trained_models import TrainedModel, train_or_load

Score = Callable[[Sequence[Report]], float]


@dataclass(frozen=True)
class Row:
    """A model in the study: its reports on every benchmark, and its scores on the tasks."""

    name: str
    reports: list[Report]
    tasks: list[float]


def rows(model: str, benchmarks: Sequence[Benchmark], way: Merge, seed: int) -> Iterator[Row]:
    """The plain and the multi-task model, the specialists, and every merge of them."""
    first, *others = (benchmark.corpus for benchmark in benchmarks)
    yield _row("plain", _plain(model, [first], seed), benchmarks, way)
    together = _plain(model, [first, *others], seed) if others else None
    yield _row(
        "multi-task", together or Adversarial().train(TrainingRequest(model, seed), first), benchmarks, way
    )
    for name, made in way.specialists(TrainingRequest(model, seed), first):
        yield _row(f"specialist: {name}", made, benchmarks, way)
    for method in METHODS:
        merge = Merge(method, domains=way.domains, adversarial=way.adversarial)
        yield _row(f"merged: {method}", merge.train(TrainingRequest(model, seed), first), benchmarks, way)
    layered = Merge(granularity=Granularity.LAYER, domains=way.domains, adversarial=way.adversarial)
    yield _row(
        "merged: metagpt by layer", layered.train(TrainingRequest(model, seed), first), benchmarks, way
    )


def _plain(model: str, corpora: Sequence[Corpus], seed: int) -> TrainedModel:
    train, dev = (
        [instance for corpus in corpora for instance in original_instances(getattr(corpus, split))]
        for split in ("train", "dev")
    )
    return train_or_load(TrainingRequest(model, seed), train=train, dev=dev)


def _row(name: str, model: TrainedModel, benchmarks: Sequence[Benchmark], way: Merge) -> Row:
    print(f"{name} ..", file=sys.stderr, flush=True)
    reports = [benchmark.evaluate(model, name=name) for benchmark in benchmarks]
    if way.domains:
        tasks = [report.accuracy.value for report in reports]
    else:
        tasks = [reports[0].strategies[strategy].perturbed.value for strategy in PERTURBATIONS]
    return Row(name, reports, tasks)


def normalised(row: Row, experts: Sequence[Row]) -> float:
    """The mean over the tasks of a row's score over that of the task's expert."""
    return statistics.mean(
        own / expert.tasks[task] for task, (own, expert) in enumerate(zip(row.tasks, experts, strict=True))
    )


def main() -> None:
    """Print a Markdown table, the mean of the seeds with the standard deviation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="laptop")
    parser.add_argument("--model", default="bert")
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--domain", action="append", default=[])
    options = parser.parse_args()
    way = Merge(domains=tuple(options.domain))
    benchmarks = [load_benchmark(name) for name in (options.dataset, *options.domain)]
    by_name: dict[str, list[tuple[Row, float]]] = {}
    for seed in options.seed or [1]:
        found = list(rows(options.model, benchmarks, way, seed))
        experts = [row for row in found if row.name.startswith("specialist")]
        for row in found:
            by_name.setdefault(row.name, []).append((row, normalised(row, experts)))
    columns: dict[str, Score] = {}
    for place, benchmark in enumerate(benchmarks):
        name = benchmark.corpus.name
        columns[f"{name} accuracy"] = partial(_value, place=place, score="accuracy")
        columns[f"{name} ARS"] = partial(_value, place=place, score="ars")
    print(f"| {options.model} | {' | '.join(columns)} | tasks | normalised average |")
    print("|---" * (len(columns) + 3) + "|")
    for name, runs in by_name.items():
        cells = [_spread([score(row.reports) for row, _ in runs]) for score in columns.values()]
        tasks = " / ".join(
            f"{statistics.mean(t):.1f}" for t in zip(*(row.tasks for row, _ in runs), strict=True)
        )
        average = _spread([value for _, value in runs], digits=3)
        print(f"| {name} | {' | '.join(cells)} | {tasks} | {average} |")


def _value(reports: Sequence[Report], *, place: int, score: str) -> float:
    return float(getattr(reports[place], score).value)


def _spread(values: Sequence[float], digits: int = 2) -> str:
    deviation = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.{digits}f}{deviation}"


if __name__ == "__main__":
    main()
