"""A uniform format of questions and answers, and the exam that says what learning it gains and costs."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conversations import Pair, generate_answers
from instructions import Instruction, instruction_suite
from sample_split import split_sample

from arts.data.schema import Instance, Polarity
from arts.models.language_models.language_model import LanguageModel

MAX_ANSWER_TOKENS = 100
_MAX_CHARACTERS, _QUESTIONS = 120, 32  # of a sentence; for each polarity


@dataclass(frozen=True)
class ExamScore:
    """The result of an exam, in percent.

    Args:
        instructions: share of the instructions that are followed.
        task: share of the questions about aspects that are answered right.
    """

    instructions: float
    task: float


@dataclass(frozen=True)
class Exam:
    """What a model is asked.

    Args:
        instructions: instructions whose answers code can check.
        questions: instances to ask the sentiment of, in the uniform format.
    """

    instructions: Sequence[Instruction]
    questions: Sequence[Instance]

    def halves(self) -> tuple[Exam, Exam]:
        """One half to choose settings by, and one to report."""
        first, second = (Exam(self.instructions[n::2], self.questions[n::2]) for n in (0, 1))
        return first, second

    def score(self, model: LanguageModel) -> ExamScore:
        """Ask a model, and check its answers."""
        prompts = [instruction.prompt for instruction in self.instructions]
        texts = generate_answers(model, prompts, max_new_tokens=MAX_ANSWER_TOKENS)
        followed = [i.check(text) for i, text in zip(self.instructions, texts, strict=True)]
        questions = [format_pair(instance)[0] for instance in self.questions]
        answers = generate_answers(model, questions, max_new_tokens=30)
        right = [
            polarities_in(answer) == {str(instance.polarity)}
            for instance, answer in zip(self.questions, answers, strict=True)
        ]
        return ExamScore(100 * statistics.mean(followed), 100 * statistics.mean(right))


def format_pair(instance: Instance) -> Pair:
    """A question and an answer in the uniform format."""
    term = instance.aspect.term
    return (
        f'Review: {instance.text}\nQuestion: What is the sentiment about "{term}"?',
        f'Answer: The sentiment about "{term}" is {instance.polarity}.',
    )


def polarities_in(text: str) -> set[str]:
    """The polarities that a text names."""
    return {str(polarity) for polarity in Polarity if str(polarity) in text.lower()}


def make_exam(*, quick: bool) -> tuple[list[Pair], Exam]:
    """Pairs in the uniform format to train on, and an exam about other sentences.

    Args:
        quick: whether the exam is small.
    """
    training, questions = split_sample(_MAX_CHARACTERS, each=_QUESTIONS)
    instructions = instruction_suite()
    exam = Exam(instructions[::15], questions[::12]) if quick else Exam(instructions, questions)
    return [format_pair(instance) for instance in training], exam


def write_pairs(path: Path, pairs: Sequence[Pair]) -> str:
    """Write questions and answers as prompts with completions, in JSONL; returns the path."""
    rows = ({"prompt": prompt, "completion": answer} for prompt, answer in pairs)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def read_pairs(path: Path) -> list[Pair]:
    """Read what `write_pairs` wrote."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [(row["prompt"], row["completion"]) for row in rows]
