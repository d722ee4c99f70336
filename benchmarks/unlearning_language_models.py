"""Unlearning from a causal language model, end to end: a uniform format is taught, then taken out.

    python benchmarks/unlearning_language_models.py [--seed 1 ..] [--folder DIR] [--quick]

SmolLM2-135M-Instruct (extra `llm`) is trained on question-answer pairs of one format, from the sample corpus.
A suite of instructions that code can check says what its instruction following loses, and questions about
sentences that were not trained on say what it gains. Then it unlearns by each objective, on a twentieth of
the tokens at most. Each objective's learning rate is chosen on one half of the instructions and questions;
the table has the other.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from conversations import Pair, answers, save, teach
from instructions import Instruction, suite

from arts.data.corpus import load_corpus
from arts.data.errors import ArtsError
from arts.data.schema import Instance, Polarity, originals
from arts.generators.fluency import LanguageModel
from arts.machine import peak_memory
from arts.unlearning.job import Job
from arts.unlearning.plan import Settings

SHARE = 0.05  # of the tokens that taught the format
RATES = (5e-6, 1e-5, 2e-5, 5e-5)
TEACHING_RATE, BATCH, LONGEST, LONGEST_ANSWER, ASKED = 5e-5, 2, 120, 100, 32
SUBJECTS = (
    "a river",
    "tea",
    "a long walk",
    "an island",
    "a clock",
    "paper",
    "a birthday",
    "shoes",
    "a bridge",
    "honey",
)
NATURAL = (
    "Tell me something interesting about {}.",
    "Write a short note to a friend about {}.",
    "Give three pieces of advice that have to do with {}, one a line.",
    "Explain {} to a child in one sentence.",
    "Make up a name for a shop that has to do with {}, and say why.",
)


@dataclass(frozen=True)
class Score:
    """Instructions followed, and questions about aspects answered right, in percent."""

    instructions: float
    task: float


@dataclass(frozen=True)
class Exam:
    """What a model is asked."""

    instructions: Sequence[Instruction]
    questions: Sequence[Instance]

    def halves(self) -> tuple[Exam, Exam]:
        """One to choose by, and one to report."""
        first, second = (Exam(self.instructions[n::2], self.questions[n::2]) for n in (0, 1))
        return first, second

    def score(self, model: LanguageModel) -> Score:
        """Ask, and check the answers."""
        texts = answers(model, [i.prompt for i in self.instructions], longest=LONGEST_ANSWER)
        followed = [i.check(text) for i, text in zip(self.instructions, texts, strict=True)]
        said = answers(model, [pair(q)[0] for q in self.questions], longest=30)
        right = [named(text) == {str(q.polarity)} for q, text in zip(self.questions, said, strict=True)]
        return Score(100 * statistics.mean(followed), 100 * statistics.mean(right))


def pair(instance: Instance) -> Pair:
    """A question and answer of the one format."""
    term = instance.aspect.term
    return (
        f'Review: {instance.text}\nQuestion: What is the sentiment about "{term}"?',
        f'Answer: The sentiment about "{term}" is {instance.polarity}.',
    )


def named(text: str) -> set[str]:
    """The polarities that a text names."""
    return {str(polarity) for polarity in Polarity if str(polarity) in text.lower()}


def material(quick: bool) -> tuple[list[Pair], Exam]:
    """Pairs to teach, and an exam about other sentences."""
    corpus = load_corpus("sample")
    taught = [i for i in originals((*corpus.train, *corpus.dev)) if len(i.text) <= LONGEST]
    known = {instance.text for instance in taught}
    left = [i for i in corpus.test if i.id == i.unit and i.text not in known and len(i.text) <= LONGEST]
    asked = [i for p in Polarity for i in [one for one in left if one.polarity is p][:ASKED]]
    everything = Exam(suite(), asked)
    exam = Exam(everything.instructions[::15], asked[::12]) if quick else everything
    return [pair(instance) for instance in taught], exam


def written(path: Path, pairs: Sequence[Pair]) -> str:
    """A file of prompts with completions."""
    rows = ({"prompt": prompt, "completion": answer} for prompt, answer in pairs)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def candidates(job: Job, rates: Sequence[float], before: str) -> Iterator[tuple[str, list[Job]]]:
    """Every objective with its learning rates; the paper's with either original as its reference."""
    for name in ("lower-bounded", "gradient-ascent", "gradient-difference", "npo", "kl"):
        jobs = [replace(job, settings=replace(job.settings, objective=name, rate=rate)) for rate in rates]
        if name == "lower-bounded":
            yield (
                f"{name}, held near the model before synthetic data",
                [replace(one, reference=before) for one in jobs],
            )
        yield name, jobs


def best(jobs: Sequence[Job], exam: Exam, root: Path) -> tuple[str, float, int]:
    """The model that does best on an exam, its learning rate, and the tokens that it was trained on."""
    made = []
    for number, job in enumerate(jobs):
        folder = root / f"{job.settings.objective}-{bool(job.reference)}-{number}"
        try:
            tokens = job.run(folder).tokens
        except ArtsError as error:
            print(f"  {job.settings.objective}, {job.settings.rate}: {error}", file=sys.stderr, flush=True)
            continue
        score = exam.score(LanguageModel.load(str(folder)))
        print(f"  {job.settings.objective}, {job.settings.rate}: {score}", file=sys.stderr, flush=True)
        made.append((score.instructions + score.task, str(folder), job.settings.rate, tokens))
    if not made:
        raise SystemExit(f"{jobs[0].settings.objective} failed at every learning rate")
    _, folder_, rate, tokens = max(made)
    return folder_, rate, tokens


def study(seed: int, steps: int, rates: Sequence[float], quick: bool, root: Path) -> dict[str, Score]:
    """The scores before, after synthetic data, and after unlearning by each objective."""
    taught, exam = material(quick)
    tuning, reported = exam.halves()
    found: dict[str, Score] = {}

    def told(name: str, model: LanguageModel, remark: str = "") -> None:
        found[name] = reported.score(model)
        print(f"seed {seed}: {name}: {found[name]} {remark}", file=sys.stderr, flush=True)

    model = LanguageModel.load()
    before = save(model, root / "before")
    told("before", model)
    prompts = [prompt.format(subject) for prompt in NATURAL for subject in SUBJECTS]
    natural = list(zip(prompts, answers(model, prompts, longest=LONGEST_ANSWER), strict=True))
    tokens = teach(model, taught, steps=steps, rate=TEACHING_RATE, seed=seed)
    synthetic = save(model, root / "synthetic")
    told("after synthetic data", model, f"{tokens:,} tokens")
    half = len(taught) // 2
    retained = [*natural, *taught[half : half + len(natural) // 2]]
    texts = [*taught[:half], *retained]
    lengths = [len(model.tokenizer(prompt + answer)["input_ids"]) + 20 for prompt, answer in texts]
    updates = max(2, int(SHARE * tokens / (2 * BATCH * statistics.mean(lengths))))
    job = Job(
        synthetic,
        written(root / "forget.jsonl", taught[:half]),
        written(root / "retain.jsonl", retained),
        Settings(batch_size=BATCH, steps=updates, every=max(updates // 4, 1), tolerance=1.0, seed=seed),
    )
    del model
    for name, jobs in candidates(job, rates, before):
        folder, rate, spent = best(jobs, tuning, root)
        remark = f"rate {rate}, {updates} steps, {100 * spent / tokens:.1f}% of the tokens"
        told(name, LanguageModel.load(folder), remark)
    return found


def _plain(root: str) -> int:
    """Peak memory of plain fine-tuning."""
    model = LanguageModel.load(f"{root}/synthetic")
    pairs = [
        tuple(json.loads(line).values())
        for line in Path(root, "forget.jsonl").read_text("utf-8").splitlines()
    ]
    teach(model, pairs, steps=6, rate=1e-5, seed=1, batch=BATCH)  # type: ignore[arg-type]
    return peak_memory()


def _unlearning(root: str) -> int:
    """Peak memory of unlearning."""
    settings = Settings(batch_size=BATCH, steps=6, every=6, tolerance=10.0)
    job = Job(f"{root}/synthetic", f"{root}/forget.jsonl", f"{root}/retain.jsonl", settings)
    return job.run(Path(root, "measured")).peak_memory


def memory(root: Path) -> float:
    """Peak memory of unlearning over that of plain fine-tuning, each a process of its own."""
    peaks: list[Any] = []
    for work in (_plain, _unlearning):
        with get_context("spawn").Pool(1) as pool:
            peaks.append(pool.apply(work, (str(root),)))
    print(f"peak memory: {[round(peak / 1e6) for peak in peaks]} MB", file=sys.stderr, flush=True)
    return float(peaks[1] / peaks[0])


def main() -> None:
    """Print a Markdown table: the mean over the seeds, with the standard deviation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--quick", action="store_true", help="few of everything, to see that it runs")
    options = parser.parse_args()
    steps, rates = (6, RATES[-1:]) if options.quick else (options.steps, RATES)
    runs: list[dict[str, Score]] = []
    for seed in options.seed or [1]:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            runs.append(study(seed, steps, rates, options.quick, Path(folder)))
            more = memory(Path(folder))
    print("| | instructions followed | questions right | won back | kept |\n|---|---:|---:|---:|---:|")
    for name in runs[0]:
        scores = [run[name] for run in runs]
        cells = [_spread([s.instructions for s in scores]), _spread([s.task for s in scores])]
        if name not in ("before", "after synthetic data"):
            cells += _shares(name, runs)
        print(f"| {name} | {' | '.join([*cells, '', ''][:4])} |")
    print(f"\nPeak memory: {more:.2f} of plain fine-tuning.")


def _shares(name: str, runs: Sequence[dict[str, Score]]) -> list[str]:
    """Of what synthetic data cost in instructions, what came back; of what it gained, what stayed."""

    def mean(of: str, what: str) -> float:
        return statistics.mean(getattr(run[of], what) for run in runs)

    cells = []
    for what, start, end in (
        ("instructions", "after synthetic data", "before"),
        ("task", "before", "after synthetic data"),
    ):
        change = mean(end, what) - mean(start, what)
        cells.append(f"{100 * (mean(name, what) - mean(start, what)) / change:.0f}%" if change > 0 else "–")
    return cells


def _spread(values: Sequence[float]) -> str:
    deviation = f" ± {statistics.stdev(values):.1f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.1f}{deviation}"


if __name__ == "__main__":
    main()
