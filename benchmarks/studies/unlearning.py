"""Unlearning as an intervention, end to end: a pattern is taught with some ADDDIFF templates, and taken out.

    python benchmarks/studies/unlearning.py --dataset laptop --model bert --seed 1 --seed 2 --seed 3 [--merge]

The pattern gap is the accuracy with templates that were held out minus that with templates that were trained
with, on the same originals and the same added aspects. ``--tune`` cross-validates within the training split,
which is where settings are to be chosen: each seed is trained on two thirds and measured on the other third,
seed 1 on the first, seed 2 on the second, and so on.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

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


def ways(unlearn: Unlearn, *, merged: bool) -> Iterator[tuple[str, Intervention]]:
    """Each intervention, and what it is called here."""
    taught = Adversarial(holdout=HOLDOUT)
    yield "adversarial, templates held out", taught
    yield "adversarial, templates held out, unlearn", replace(unlearn, taught=taught)
    if merged:
        merge = Merge(adversarial=taught)
        yield "merge, templates held out", merge
        yield "merge, templates held out, unlearn", replace(unlearn, taught=merge)


def fold(corpus: Corpus, seed: int) -> Corpus:
    """A corpus of the training split alone: a third of it, perturbed, is in the place of the test split."""
    shuffled = list(corpus.train)
    Random(7).shuffle(shuffled)
    size, place = len(shuffled), (seed - 1) % FOLDS
    apart = shuffled[place * size // FOLDS : (place + 1) * size // FOLDS]
    kept = tuple(sentence for sentence in corpus.train if sentence not in apart)
    variants = perturbations(apart, training=kept, options=GenerationOptions())
    splits = {"train": kept, "dev": corpus.dev}
    return Corpus(f"{corpus.name}-{place}", (*original_instances(apart), *variants), splits.__getitem__)


def share(report: Report, corpus: Corpus) -> float:
    """Tokens of unlearning, in percent of those of the adversarial training before it."""
    taught = Adversarial(holdout=HOLDOUT)
    model = taught.train(TrainingRequest(report.model.id, report.model.seed or 1), corpus)
    pieces = sum(len(features["input_ids"]) for features in model.inputs.encode(taught.splits(corpus)[0]))
    return 100 * float((report.model.intervention or {})["tokens"]) / (pieces * int(model.record["epoch"]))


def main() -> None:
    """Print a Markdown table, the mean of the seeds with the standard deviation, and the paired tests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="laptop")
    parser.add_argument("--model", default="bert")
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--merge", action="store_true", help="adversarial, merge, unlearn, too")
    parser.add_argument("--tune", action="store_true", help="cross-validate within the training split")
    parser.add_argument("--weight", type=float, default=Unlearn.weights[0], help="of forgetting")
    parser.add_argument("--steps", type=int, default=Unlearn.steps)
    parser.add_argument("--rate", type=float, default=Unlearn.rate)
    parser.add_argument("--output", type=Path, help="folder for the reports")
    options = parser.parse_args()
    unlearn = Unlearn(weights=(options.weight, 1, 1), steps=options.steps, rate=options.rate)
    bench = load_benchmark(options.dataset)
    found: dict[str, list[Report]] = {}
    for seed in options.seed or [1]:
        measured = Benchmark(fold(bench.corpus, seed)) if options.tune else bench
        for name, way in ways(unlearn, merged=options.merge):
            print(f"seed {seed}: {name} ..", file=sys.stderr, flush=True)
            report = measured.evaluate(
                options.model, seed=seed, intervention=way, name=f"{options.model} + {name}"
            )
            if options.output:
                report.save(options.output, blind=True)
            found.setdefault(name, []).append(report)
            if way.name == "unlearn":
                print(f"{share(report, measured.corpus):.1f}% of the tokens", file=sys.stderr, flush=True)
    print(f"| {options.model} | accuracy | ARS | seen templates | unseen | pattern gap |\n|---{'|---' * 5}|")
    for name, reports in found.items():
        print(f"| {name} | {' | '.join(_cells(reports))} |")
    for name, reports in found.items():
        for before, after in zip(reports, found.get(f"{name}, unlearn", ()), strict=False):
            change = after.compare(before)
            print(f"\nseed {after.model.seed}, {name}, after unlearning:", end=" ")
            print(f"accuracy {change.accuracy}; ARS {change.ars}")


def _cells(reports: Sequence[Report]) -> Iterator[str]:
    gaps = [report.pattern_gap for report in reports if report.pattern_gap]
    yield _spread([report.accuracy.value for report in reports])
    yield _spread([report.ars.value for report in reports])
    yield _spread([gap.seen.value for gap in gaps])
    yield _spread([gap.unseen.value for gap in gaps])
    yield _spread([gap.gap.value for gap in gaps])


def _spread(values: Sequence[float]) -> str:
    deviation = f" ± {statistics.stdev(values):.2f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.2f}{deviation}"


if __name__ == "__main__":
    main()
