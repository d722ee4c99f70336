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
from dataclasses import dataclass, replace
from functools import partial

from seed_statistics import mean_and_deviation

from arts.data.corpus import Corpus
from arts.data.schema import PERTURBATIONS, original_instances
from arts.evaluation.benchmark import Benchmark, load_benchmark
from arts.evaluation.report import Report
from arts.interventions.adversarial import Adversarial
from arts.interventions.merge import Merge
from arts.merging.methods import METHODS
from arts.merging.policies import Granularity
from arts.models.recipe import TrainingRequest
from arts.models.trained_models import TrainedModel, train_or_load

Score = Callable[[Sequence[Report]], float]


@dataclass(frozen=True)
class Row:
    """A model in the study.

    Args:
        name: its name in the table.
        reports: its report on each benchmark.
        tasks: its score on each task.
    """

    name: str
    reports: list[Report]
    tasks: list[float]


def study_rows(
    request: TrainingRequest, benchmarks: Sequence[Benchmark], *, intervention: Merge
) -> Iterator[Row]:
    """The plain and the multi-task model, the specialists, and every merge of them.

    Args:
        request: the model and the seed.
        benchmarks: the benchmark that is merged for, and those of the other domains.
        intervention: a merge with the specialists to train.
    """
    corpus, *others = (benchmark.corpus for benchmark in benchmarks)

    def row(name: str, model: TrainedModel) -> Row:
        return _measure(name, model, benchmarks=benchmarks, by_domain=bool(intervention.domains))

    yield row("plain", _train_plain(request, [corpus]))
    if others:
        yield row("multi-task", _train_plain(request, [corpus, *others]))
    else:
        yield row("multi-task", Adversarial().train(request, corpus))
    for name, specialist in intervention.specialists(request, corpus):
        yield row(f"specialist: {name}", specialist)
    for method in METHODS:
        merge = replace(intervention, method=method)
        yield row(f"merged: {method}", merge.train(request, corpus))
    layered = replace(intervention, granularity=Granularity.LAYER)
    yield row("merged: metagpt by layer", layered.train(request, corpus))


def _train_plain(request: TrainingRequest, corpora: Sequence[Corpus]) -> TrainedModel:
    """A model trained on the originals of some corpora."""
    train, dev = (
        [instance for corpus in corpora for instance in original_instances(getattr(corpus, split))]
        for split in ("train", "dev")
    )
    return train_or_load(request, train=train, dev=dev)


def _measure(name: str, model: TrainedModel, *, benchmarks: Sequence[Benchmark], by_domain: bool) -> Row:
    """Evaluate a model; its tasks are the domains, or else the strategies."""
    print(f"{name} ..", file=sys.stderr, flush=True)
    reports = [benchmark.evaluate(model, name=name) for benchmark in benchmarks]
    if by_domain:
        tasks = [report.accuracy.value for report in reports]
    else:
        tasks = [reports[0].strategies[strategy].perturbed.value for strategy in PERTURBATIONS]
    return Row(name, reports, tasks)


def normalised_average(row: Row, specialists: Sequence[Row]) -> float:
    """The mean over the tasks of a row's score divided by that of the task's specialist."""
    return statistics.mean(
        score / specialist.tasks[task]
        for task, (score, specialist) in enumerate(zip(row.tasks, specialists, strict=True))
    )


def main() -> None:
    """Print a Markdown table, the mean of the seeds with the standard deviation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="laptop")
    parser.add_argument("--model", default="bert")
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--domain", action="append", default=[])
    options = parser.parse_args()
    intervention = Merge(domains=tuple(options.domain))
    benchmarks = [load_benchmark(name) for name in (options.dataset, *options.domain)]
    by_name: dict[str, list[tuple[Row, float]]] = {}
    for seed in options.seed or [1]:
        request = TrainingRequest(options.model, seed)
        rows = list(study_rows(request, benchmarks, intervention=intervention))
        specialists = [row for row in rows if row.name.startswith("specialist")]
        for row in rows:
            by_name.setdefault(row.name, []).append((row, normalised_average(row, specialists)))
    columns: dict[str, Score] = {}
    for index, benchmark in enumerate(benchmarks):
        name = benchmark.corpus.name
        columns[f"{name} accuracy"] = partial(_report_score, index=index, score="accuracy")
        columns[f"{name} ARS"] = partial(_report_score, index=index, score="ars")
    print(f"| {options.model} | {' | '.join(columns)} | tasks | normalised average |")
    print("|---" * (len(columns) + 3) + "|")
    for name, runs in by_name.items():
        cells = [mean_and_deviation([score(row.reports) for row, _ in runs]) for score in columns.values()]
        tasks = " / ".join(
            f"{statistics.mean(t):.1f}" for t in zip(*(row.tasks for row, _ in runs), strict=True)
        )
        average = mean_and_deviation([value for _, value in runs], digits=3)
        print(f"| {name} | {' | '.join(cells)} | {tasks} | {average} |")


def _report_score(reports: Sequence[Report], *, index: int, score: str) -> float:
    """A score of one of the reports, by name."""
    return float(getattr(reports[index], score).value)


if __name__ == "__main__":
    main()
