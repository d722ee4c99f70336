"""Merging causal language models: three skills taught apart, merged by every method, each measured.

    python benchmarks/studies/merging_language_models.py [--steps 200] [--seed 1] [--folder DIR]

SmolLM2-135M-Instruct (extra `llm`) is fine-tuned on small data of our own, from the sample corpus: saying
the sentiment of an aspect in a word, writing JSON, writing in capitals. A score is the share of exact
answers to prompts over sentences that were not trained on.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conversations import Pair, fine_tune, generate_answers, save
from sample_split import split_sample

from arts.data.schema import Instance, Polarity
from arts.merging.job import MergeJob
from arts.merging.methods import METHODS
from arts.models.language_models.language_model import LanguageModel

LEARNING_RATE, PROMPTS = 1e-4, 50
MAX_CHARACTERS, MAX_ANSWER_TOKENS = 90, 60  # of a sentence; of an answer


@dataclass(frozen=True)
class Skill:
    """A skill that is taught and tested.

    Args:
        prompt: template of its prompts, with ``{text}`` and perhaps ``{aspect}``.
        answer: gives the right answer about an instance.
    """

    prompt: str
    answer: Callable[[Instance], str]

    def pair(self, instance: Instance) -> Pair:
        """The prompt about an instance, and its answer."""
        return self.prompt.format(text=instance.text, aspect=instance.aspect.term), self.answer(instance)


SKILLS = {
    "sentiment": Skill(
        "Is the writer positive, negative or neutral about the {aspect}? {text}",
        lambda instance: str(instance.polarity),
    ),
    "json": Skill(
        'Put this into JSON with the keys "aspect" and "text". The aspect is {aspect}. {text}',
        lambda instance: json.dumps({"aspect": instance.aspect.term, "text": instance.text}),
    ),
    "capitals": Skill("Write this in capital letters: {text}", lambda instance: instance.text.upper()),
}


def skill_score(model: LanguageModel, skill: Skill, *, instances: Sequence[Instance]) -> float:
    """The share of prompts about some instances that a model answers exactly right, in percent."""
    questions, expected = zip(*(skill.pair(instance) for instance in instances), strict=True)
    answers = generate_answers(model, questions, max_new_tokens=MAX_ANSWER_TOKENS)
    return 100 * sum(map(str.__eq__, answers, expected)) / len(expected)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    training, asked = split_sample(MAX_CHARACTERS, each=PROMPTS // len(Polarity) + 1)

    def print_row(name: str, model: LanguageModel) -> None:
        cells = [f"{skill_score(model, skill, instances=asked):.0f}" for skill in SKILLS.values()]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)

    print(f"| {len(asked)} prompts each | {' | '.join(SKILLS)} |\n|---{'|---:' * len(SKILLS)}|", flush=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as root:
        base = LanguageModel.load()
        print_row("base", base)
        start = save(base, Path(root, "base"))
        specialists = []
        for name, skill in SKILLS.items():
            print(name, file=sys.stderr, flush=True)
            model = LanguageModel.load(start)
            pairs = [skill.pair(instance) for instance in training]
            fine_tune(model, pairs, steps=options.steps, learning_rate=LEARNING_RATE, seed=options.seed)
            print_row(f"taught {name}", model)
            specialists.append(save(model, Path(root, name)))
        for method in METHODS.values():
            folder = Path(root, f"merged-{method.name}")
            MergeJob(start, specialists, method=method).run(folder)
            print_row(f"merged by {method.name}", LanguageModel.load(str(folder)))


if __name__ == "__main__":
    main()
