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
from dataclasses import asdict, dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from conversations import Pair, answers, asked, save, teach
from instructions import Instruction, suite

from arts.data.corpus_registry import load_corpus
from arts.data.errors import ArtsError
from arts.data.readers.row_source import read_row_source
from arts.data.schema import Instance, Polarity, original_instances
from arts.data.support.atomic import atomic_file
from arts.models.encoders import load_tokenizer
from arts.models.language_model import LanguageModel
from arts.provenance import peak_memory
from arts.unlearning.job import UnlearningJob
from arts.unlearning.settings import UnlearningSettings
from arts.unlearning.tokenization import AnswerTokenizer

SHARE = 0.048  # of the tokens that taught the format; what is drawn varies, and 5% are not to be passed
RATES = (5e-6, 2e-5, 5e-5)
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
    taught = [i for i in original_instances((*corpus.train, *corpus.dev)) if len(i.text) <= LONGEST]
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


NEAR = "lower-bounded, held near the model before synthetic data"
OBJECTIVES = (NEAR, "gradient-ascent", "lower-bounded", "gradient-difference", "npo", "kl")


def tried(job: UnlearningJob, name: str, before: str) -> UnlearningJob:
    """The job by one of `OBJECTIVES`: the paper's is there with either original as its reference."""
    if name == NEAR:
        return replace(job, reference=before)
    return replace(job, settings=replace(job.settings, objective=name))


class Study:
    """One seed of the study, in a folder; what is there already is not done again.

    Args:
        folder: of its files.
        seed: of teaching and unlearning.
        steps: of teaching.
        rates: of learning, to choose from.
        chosen: by an earlier seed, for the objectives that it has been through; those of this one are added.
        quick: with few of everything.
    """

    def __init__(
        self,
        folder: Path,
        seed: int,
        steps: int,
        rates: Sequence[float],
        chosen: dict[str, float],
        *,
        quick: bool,
    ) -> None:
        self.folder, self.seed, self.steps, self.rates, self.chosen = folder, seed, steps, rates, chosen
        self.taught, exam = material(quick)
        self.tuning, self.reported = exam.halves()
        self.prompts = [prompt.format(subject) for prompt in NATURAL for subject in SUBJECTS]
        if quick:
            self.prompts = self.prompts[:4]
        folder.mkdir(parents=True, exist_ok=True)

    def kept(self, name: str, make: Callable[[], Any]) -> Any:
        """What was made before and is in a file, or else is made now."""
        path = self.folder / f"{name}.json"
        if not path.is_file():
            value = make()
            with atomic_file(path) as whole:
                whole.write_text(json.dumps(value), encoding="utf-8")
            print(f"seed {self.seed}: {name}: {str(value)[:200]}", file=sys.stderr, flush=True)
        return json.loads(path.read_text("utf-8"))

    def score(self, name: str, model: str, exam: Exam) -> Score:
        """Of a model on one half of the exam."""
        return Score(**self.kept(name, lambda: asdict(exam.score(asked(model)))))

    def run(self, objectives: Sequence[str]) -> dict[str, Score]:
        """The scores before, after synthetic data, and after unlearning by each objective."""
        before, synthetic = str(self.folder / "before"), str(self.folder / "synthetic")
        self.kept("original", lambda: save(LanguageModel.load(), Path(before)))
        natural = self.kept("natural", lambda: self._natural(before))
        tokens = self.kept("tokens", lambda: self._teach(synthetic))
        found = {
            "before": self.score("score-before", before, self.reported),
            "after synthetic data": self.score("score-synthetic", synthetic, self.reported),
        }
        job = self._job(synthetic, natural, tokens)
        for name in objectives:
            folder = self._best(name, tried(job, name, before), tokens)
            found[name] = self.score(f"score-{name}", folder, self.reported)
        return found

    def _natural(self, before: str) -> list[Pair]:
        said = answers(asked(before), self.prompts, longest=LONGEST_ANSWER)
        return list(zip(self.prompts, said, strict=True))

    def _teach(self, folder: str) -> int:
        model = LanguageModel.load()
        tokens = teach(model, self.taught, steps=self.steps, rate=TEACHING_RATE, seed=self.seed)
        save(model, Path(folder))
        return tokens

    def _job(self, synthetic: str, natural: Sequence[Pair], tokens: int) -> UnlearningJob:
        """Half of the format is forgotten; kept are the original's answers, and as many of the other half."""
        half = len(self.taught) // 2
        forget = self.taught[:half]
        retain = [*natural, *self.taught[half : half + len(natural)]]
        files = written(self.folder / "forget.jsonl", forget), written(self.folder / "retain.jsonl", retain)
        encoder = AnswerTokenizer(load_tokenizer(synthetic), longest=1024)
        lengths = [
            statistics.mean(len(text["input_ids"]) for text in encoder.encode(read_row_source(file)))
            for file in files
        ]
        updates = max(2, int(SHARE * tokens / (BATCH * sum(lengths))))
        settings = UnlearningSettings(
            batch_size=BATCH, steps=updates, every=max(updates // 2, 1), tolerance=1.0, seed=self.seed
        )
        return UnlearningJob(synthetic, *files, settings)

    def _best(self, name: str, job: UnlearningJob, tokens: int) -> str:
        """The model that does best on the half that is to choose by; only its weights stay on the disk."""
        made: list[tuple[float, float, Path]] = []
        for rate in [self.chosen[name]] if name in self.chosen else self.rates:
            title = f"{name}, rate {rate}"
            folder = self.folder / title
            one = replace(job, settings=replace(job.settings, rate=rate))
            spent = self.kept(f"tokens-{title}", partial(_tokens, one, folder))
            if spent is None:
                continue
            print(f"seed {self.seed}: {title}: {100 * spent / tokens:.1f}% of the tokens", file=sys.stderr)
            score = self.score(f"tuning-{title}", str(folder), self.tuning)
            made.append((score.instructions + score.task, rate, folder))
        if not made:
            raise SystemExit(f"{name} failed at every learning rate")
        _, self.chosen[name], best = max(made)
        for _, _, folder in made:
            if folder != best:
                shutil.rmtree(folder, ignore_errors=True)
        return str(best)


def _tokens(job: UnlearningJob, folder: Path) -> int | None:
    """The tokens that unlearning was trained on; None where it came to nothing."""
    try:
        return job.run(folder).tokens
    except ArtsError as error:
        print(f"  {folder.name}: {error}", file=sys.stderr, flush=True)
        return None


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
    settings = UnlearningSettings(batch_size=BATCH, steps=6, every=6, tolerance=10.0)
    job = UnlearningJob(f"{root}/synthetic", f"{root}/forget.jsonl", f"{root}/retain.jsonl", settings)
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
    parser.add_argument("--objective", action="append", choices=OBJECTIVES, help="default: all")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--quick", action="store_true", help="few of everything, to see that it runs")
    options = parser.parse_args()
    steps, rates = (6, RATES[-1:]) if options.quick else (options.steps, RATES)
    runs: list[dict[str, Score]] = []
    chosen: dict[str, float] = {}
    with ExitStack() as stack:
        root = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for seed in options.seed or [1]:
            one = Study(root / f"seed{seed}", seed, steps, rates, chosen, quick=options.quick)
            runs.append(one.run(options.objective or OBJECTIVES))
        more = memory(one.folder)
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
