"""Unlearning as an intervention, end to end: a pattern is taught with some ADDDIFF templates, and taken out.

    python benchmarks/studies/unlearning.py --dataset laptop --model bert --seed 1 --seed 2 --seed 3 [--merge]

The pattern gap is the accuracy with templates that were held out minus that with templates that were trained
with, on the same originals and the same added aspects. ``--tune`` cross-validates within the training split,
which is where settings are to be chosen: each seed is trained on two thirds and measured on the other third,
seed 1 on the first, seed 2 on the second, and so on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from seed_statistics import mean_and_deviation

from arts.data.corpus import Corpus
from arts.data.schema import original_instances
from arts.evaluation.benchmark import Benchmark, load_benchmark
from arts.evaluation.report import Report
from arts.generators.generator import GenerationOptions
from arts.generators.running.perturbation_cache import perturbations
from arts.interventions.adversarial import Adversarial
from arts.interventions.base import Intervention
from arts.interventions.merge import Merge
from arts.interventions.unlearn import Unlearn
from arts.models.recipe import TrainingRequest

HOLDOUT = ("side", "sentence", "before")
FOLDS = 3


def study_interventions(unlearn: Unlearn, *, merged: bool) -> Iterator[tuple[str, Intervention]]:
    """Each intervention with its name in the table.

    Args:
        unlearn: unlearning with its settings.
        merged: whether to unlearn after a merge, too.
    """
    adversarial = Adversarial(holdout=HOLDOUT)
    yield "adversarial, templates held out", adversarial
    yield "adversarial, templates held out, unlearn", replace(unlearn, training=adversarial)
    if merged:
        merge = Merge(adversarial=adversarial)
        yield "merge, templates held out", merge
        yield "merge, templates held out, unlearn", replace(unlearn, training=merge)


def training_fold(corpus: Corpus, seed: int) -> Corpus:
    """A corpus made of the training split alone: a third of it, perturbed, is the test split."""
    shuffled = list(corpus.train)
    Random(7).shuffle(shuffled)
    size, fold = len(shuffled), (seed - 1) % FOLDS
    test = shuffled[fold * size // FOLDS : (fold + 1) * size // FOLDS]
    train = tuple(sentence for sentence in corpus.train if sentence not in test)
    variants = perturbations(test, training=train, options=GenerationOptions())
    splits = {"train": train, "dev": corpus.dev}
    return Corpus(f"{corpus.name}-{fold}", (*original_instances(test), *variants), splits.__getitem__)


def token_share(report: Report, corpus: Corpus) -> float:
    """Tokens of unlearning, in percent of those of the adversarial training before it."""
    adversarial = Adversarial(holdout=HOLDOUT)
    model = adversarial.train(TrainingRequest(report.model.id, report.model.seed or 1), corpus)
    tokens = sum(
        len(features["input_ids"]) for features in model.inputs.encode(adversarial.splits(corpus)[0])
    )
    return 100 * float((report.model.intervention or {})["tokens"]) / (tokens * int(model.record["epoch"]))


def main() -> None:
    """Print a Markdown table, the mean of the seeds with the standard deviation, and the paired tests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="laptop")
    parser.add_argument("--model", default="bert")
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--merge", action="store_true", help="unlearn after a merge, too")
    parser.add_argument("--tune", action="store_true", help="cross-validate within the training split")
    parser.add_argument(
        "--weight", type=float, default=Unlearn.weights[0], help="weight of the forgetting loss"
    )
    parser.add_argument("--steps", type=int, default=Unlearn.steps)
    parser.add_argument("--rate", type=float, default=Unlearn.learning_rate)
    parser.add_argument("--output", type=Path, help="folder for the reports")
    options = parser.parse_args()
    unlearn = Unlearn(weights=(options.weight, 1, 1), steps=options.steps, learning_rate=options.rate)
    bench = load_benchmark(options.dataset)
    reports_by_name: dict[str, list[Report]] = {}
    for seed in options.seed or [1]:
        seed_bench = Benchmark(training_fold(bench.corpus, seed)) if options.tune else bench
        for name, intervention in study_interventions(unlearn, merged=options.merge):
            print(f"seed {seed}: {name} ..", file=sys.stderr, flush=True)
            report = seed_bench.evaluate(
                options.model, seed=seed, intervention=intervention, name=f"{options.model} + {name}"
            )
            if options.output:
                report.save(options.output, blind=True)
            reports_by_name.setdefault(name, []).append(report)
            if intervention.name == "unlearn":
                share = token_share(report, seed_bench.corpus)
                print(f"{share:.1f}% of the tokens", file=sys.stderr, flush=True)
    print(f"| {options.model} | accuracy | ARS | seen templates | unseen | pattern gap |\n|---{'|---' * 5}|")
    for name, reports in reports_by_name.items():
        print(f"| {name} | {' | '.join(_cells(reports))} |")
    for name, reports in reports_by_name.items():
        for before, after in zip(reports, reports_by_name.get(f"{name}, unlearn", ()), strict=False):
            change = after.compare(before)
            print(f"\nseed {after.model.seed}, {name}, after unlearning:", end=" ")
            print(f"accuracy {change.accuracy}; ARS {change.ars}")


def _cells(reports: Sequence[Report]) -> Iterator[str]:
    """The cells of a row of the table, from the reports of all seeds."""
    gaps = [report.pattern_gap for report in reports if report.pattern_gap]
    yield mean_and_deviation([report.accuracy.value for report in reports])
    yield mean_and_deviation([report.ars.value for report in reports])
    yield mean_and_deviation([gap.seen.value for gap in gaps])
    yield mean_and_deviation([gap.unseen.value for gap in gaps])
    yield mean_and_deviation([gap.gap.value for gap in gaps])


if __name__ == "__main__":
    main()
