"""Unlearning from a causal language model, end to end: a uniform format is taught, then taken out.

    python benchmarks/studies/unlearning_language_models.py [--seed 1 ..] [--objective NAME ..] [--folder DIR]

With `--folder`, a study that was cut off goes on where it was; `--quick` only shows that it runs.

SmolLM2-135M-Instruct (extra `llm`) is trained on question-answer pairs of one format, from the sample corpus.
A suite of instructions that code can check says what its instruction following loses, and questions about
sentences that were not trained on say what it gains. Then it unlearns by each objective, on a twentieth of
the tokens at most. Each objective's learning rate is chosen with the first seed, on one half of the
instructions and questions; the table has the other half.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from conversations import Pair, fine_tune, generate_answers, load_in_bf16, save
from format_exam import MAX_ANSWER_TOKENS, Exam, ExamScore, make_exam, read_pairs, write_pairs
from seed_statistics import mean_and_deviation

from arts.data.errors import ArtsError
from arts.data.readers.row_source import read_row_source
from arts.data.support.atomic import atomic_file
from arts.models.encoders import load_tokenizer
from arts.models.language_models.language_model import LanguageModel
from arts.provenance import peak_memory
from arts.unlearning.job import UnlearningJob
from arts.unlearning.settings import MAX_LENGTH, UnlearningSettings
from arts.unlearning.tokenization import AnswerTokenizer

TOKEN_SHARE = 0.048  # of the tokens that taught the format; what is drawn varies, and 5% is the limit
LEARNING_RATES = (5e-6, 2e-5, 5e-5)
FINE_TUNING_RATE, BATCH_SIZE = 5e-5, 2
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
NATURAL_PROMPTS = (
    "Tell me something interesting about {}.",
    "Write a short note to a friend about {}.",
    "Give three pieces of advice that have to do with {}, one a line.",
    "Explain {} to a child in one sentence.",
    "Make up a name for a shop that has to do with {}, and say why.",
)
NEAR_BEFORE = "lower-bounded, held near the model before synthetic data"
OBJECTIVES = (NEAR_BEFORE, "gradient-ascent", "lower-bounded", "gradient-difference", "npo", "kl")


def with_objective(job: UnlearningJob, name: str, *, before: str) -> UnlearningJob:
    """The job by one of `OBJECTIVES`.

    Args:
        job: the job by the default objective.
        name: name of the objective; the paper's is there with either original as its reference.
        before: folder of the model before synthetic data.
    """
    if name == NEAR_BEFORE:
        return replace(job, reference=before)
    return replace(job, settings=replace(job.settings, objective=name))


@dataclass
class Study:
    """The study with one seed, in a folder; what is there already is not done again.

    Args:
        folder: folder of its files.
        seed: random seed of fine-tuning and unlearning.
        steps: number of optimizer steps of fine-tuning.
        rates: learning rates of unlearning to choose from.
        chosen_rates: by objective, the learning rates that an earlier seed chose; new ones are added.
        quick: whether to do little of everything.
    """

    folder: Path
    seed: int
    steps: int
    rates: Sequence[float]
    chosen_rates: dict[str, float]
    quick: bool
    pairs: list[Pair] = field(init=False)
    tuning: Exam = field(init=False)
    reported: Exam = field(init=False)

    def __post_init__(self) -> None:
        self.pairs, exam = make_exam(quick=self.quick)
        self.tuning, self.reported = exam.halves()
        self.folder.mkdir(parents=True, exist_ok=True)

    def load_or_make(self, name: str, make: Callable[[], Any]) -> Any:
        """The value that an earlier run stored in a file, or else a new one, stored for the next run."""
        path = self.folder / f"{name}.json"
        if not path.is_file():
            value = make()
            with atomic_file(path) as partial_file:
                partial_file.write_text(json.dumps(value), encoding="utf-8")
            print(f"seed {self.seed}: {name}: {str(value)[:200]}", file=sys.stderr, flush=True)
        return json.loads(path.read_text("utf-8"))

    def score(self, name: str, exam: Exam, *, model: str) -> ExamScore:
        """The score of a model on one half of the exam."""
        return ExamScore(**self.load_or_make(name, lambda: asdict(exam.score(load_in_bf16(model)))))

    def run(self, objectives: Sequence[str]) -> dict[str, ExamScore]:
        """The scores before and after synthetic data, and after unlearning by each objective."""
        before, synthetic = str(self.folder / "before"), str(self.folder / "synthetic")
        self.load_or_make("original", lambda: save(LanguageModel.load(), Path(before)))
        natural = self.load_or_make("natural", lambda: self._natural_pairs(before))
        tokens = self.load_or_make("tokens", lambda: self._teach_format(synthetic))
        scores = {
            "before": self.score("score-before", self.reported, model=before),
            "after synthetic data": self.score("score-synthetic", self.reported, model=synthetic),
        }
        job = self._job(synthetic, natural, tokens=tokens)
        for name in objectives:
            folder = self._best_model(name, with_objective(job, name, before=before), tokens=tokens)
            scores[name] = self.score(f"score-{name}", self.reported, model=folder)
        return scores

    def _natural_pairs(self, before: str) -> list[Pair]:
        """Prompts with the answers of the model before synthetic data."""
        prompts = [prompt.format(subject) for prompt in NATURAL_PROMPTS for subject in SUBJECTS]
        prompts = prompts[:4] if self.quick else prompts
        answers = generate_answers(load_in_bf16(before), prompts, max_new_tokens=MAX_ANSWER_TOKENS)
        return list(zip(prompts, answers, strict=True))

    def _teach_format(self, folder: str) -> int:
        """Fine-tune the model on the uniform format; returns the number of tokens trained on."""
        model = LanguageModel.load()
        tokens = fine_tune(
            model, self.pairs, steps=self.steps, learning_rate=FINE_TUNING_RATE, seed=self.seed
        )
        save(model, Path(folder))
        return tokens

    def _job(self, synthetic: str, natural: Sequence[Pair], *, tokens: int) -> UnlearningJob:
        """Forget half of the pairs; retain the original's answers, and as many pairs of the other half."""
        half = len(self.pairs) // 2
        forget = write_pairs(self.folder / "forget.jsonl", self.pairs[:half])
        retained = [*natural, *self.pairs[half : half + len(natural)]]
        retain = write_pairs(self.folder / "retain.jsonl", retained)
        tokenizer = AnswerTokenizer(load_tokenizer(Path(synthetic)), MAX_LENGTH)
        lengths = [
            statistics.mean(len(text["input_ids"]) for text in tokenizer.encode(read_row_source(file)))
            for file in (forget, retain)
        ]
        steps = max(2, int(TOKEN_SHARE * tokens / (BATCH_SIZE * sum(lengths))))
        settings = UnlearningSettings(
            batch_size=BATCH_SIZE, steps=steps, eval_steps=max(steps // 2, 1), tolerance=1.0, seed=self.seed
        )
        return UnlearningJob(synthetic, forget=forget, retain=retain, settings=settings)

    def _best_model(self, name: str, job: UnlearningJob, *, tokens: int) -> str:
        """The model of the best learning rate, by the tuning half; only its weights stay on the disk."""
        candidates: list[tuple[float, float, Path]] = []
        for rate in [self.chosen_rates[name]] if name in self.chosen_rates else self.rates:
            title = f"{name}, rate {rate}"
            folder = self.folder / title
            candidate = replace(job, settings=replace(job.settings, learning_rate=rate))
            trained_on = self.load_or_make(f"tokens-{title}", partial(_run_job, candidate, folder))
            if trained_on is None:
                continue
            share = 100 * trained_on / tokens
            print(f"seed {self.seed}: {title}: {share:.1f}% of the tokens", file=sys.stderr)
            score = self.score(f"tuning-{title}", self.tuning, model=str(folder))
            candidates.append((score.instructions + score.task, rate, folder))
        if not candidates:
            raise SystemExit(f"{name} failed at every learning rate")
        _, self.chosen_rates[name], best = max(candidates)
        for _, _, folder in candidates:
            if folder != best:
                shutil.rmtree(folder, ignore_errors=True)
        return str(best)


def _run_job(job: UnlearningJob, folder: Path) -> int | None:
    """Unlearn; returns the number of tokens trained on, or None if it failed."""
    try:
        return job.run(folder).tokens
    except ArtsError as error:
        print(f"  {folder.name}: {error}", file=sys.stderr, flush=True)
        return None


def _fine_tuning_memory(root: str) -> int:
    """Peak memory of plain fine-tuning, in bytes."""
    model = LanguageModel.load(f"{root}/synthetic")
    pairs = read_pairs(Path(root, "forget.jsonl"))
    fine_tune(model, pairs, steps=6, learning_rate=1e-5, seed=1, batch_size=BATCH_SIZE)
    return peak_memory()


def _unlearning_memory(root: str) -> int:
    """Peak memory of unlearning, in bytes."""
    settings = UnlearningSettings(batch_size=BATCH_SIZE, steps=6, eval_steps=6, tolerance=10.0)
    files = {"forget": f"{root}/forget.jsonl", "retain": f"{root}/retain.jsonl"}
    job = UnlearningJob(f"{root}/synthetic", **files, settings=settings)
    return job.run(Path(root, "measured")).peak_memory


def memory_ratio(root: Path) -> float:
    """Peak memory of unlearning over that of plain fine-tuning, each in a process of its own."""
    peaks: list[Any] = []
    for work in (_fine_tuning_memory, _unlearning_memory):
        with get_context("spawn").Pool(1) as pool:
            peaks.append(pool.apply(work, (str(root),)))
    print(f"peak memory: {[round(peak / 1e6) for peak in peaks]} MB", file=sys.stderr, flush=True)
    return float(peaks[1] / peaks[0])


def main() -> None:
    """Print a Markdown table: the mean over the seeds, with the standard deviation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--objective", action="append", choices=OBJECTIVES, help="default: all")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--quick", action="store_true", help="do little of everything, to see that it runs")
    options = parser.parse_args()
    steps, rates = (6, LEARNING_RATES[-1:]) if options.quick else (options.steps, LEARNING_RATES)
    runs: list[dict[str, ExamScore]] = []
    chosen_rates: dict[str, float] = {}
    with ExitStack() as stack:
        root = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for seed in options.seed or [1]:
            study = Study(root / f"seed{seed}", seed, steps, rates, chosen_rates, options.quick)
            runs.append(study.run(options.objective or OBJECTIVES))
        ratio = memory_ratio(study.folder)
    print("| | instructions followed | questions right | won back | kept |\n|---|---:|---:|---:|---:|")
    for name in runs[0]:
        scores = [run[name] for run in runs]
        cells = [
            mean_and_deviation([score.instructions for score in scores], digits=1),
            mean_and_deviation([score.task for score in scores], digits=1),
        ]
        if name not in ("before", "after synthetic data"):
            cells += _recovered_shares(name, runs)
        print(f"| {name} | {' | '.join([*cells, '', ''][:4])} |")
    print(f"\nPeak memory: {ratio:.2f} of plain fine-tuning.")


def _recovered_shares(name: str, runs: Sequence[dict[str, ExamScore]]) -> list[str]:
    """How much of the loss in instructions came back, and how much of the gain in questions stayed."""

    def mean(row: str, score: str) -> float:
        return statistics.mean(getattr(run[row], score) for run in runs)

    cells = []
    for score, start, end in (
        ("instructions", "after synthetic data", "before"),
        ("task", "before", "after synthetic data"),
    ):
        change = mean(end, score) - mean(start, score)
        cells.append(f"{100 * (mean(name, score) - mean(start, score)) / change:.0f}%" if change > 0 else "–")
    return cells


if __name__ == "__main__":
    main()
