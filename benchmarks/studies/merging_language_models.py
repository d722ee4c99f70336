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
from typing import Any

from conversations import Pair, answers, save, teach

from arts.data.corpus_registry import load_corpus
from arts.data.schema import Instance, Polarity, original_instances
from arts.merging.job import MergeJob
from arts.merging.methods import METHODS
from arts.models.language_model import LanguageModel

RATE, ASKED = 1e-4, 50
LONGEST, LONGEST_ANSWER = 90, 60  # of sentences: characters; of answers: pieces


@dataclass(frozen=True)
class Skill:
    """A kind of prompt, with its answer."""

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


def score(model: LanguageModel, skill: Skill, instances: Sequence[Instance]) -> float:
    """The share of exact answers, in percent."""
    questions, wanted = zip(*(skill.pair(instance) for instance in instances), strict=True)
    made = answers(model, questions, longest=LONGEST_ANSWER)
    return 100 * sum(map(str.__eq__, made, wanted)) / len(wanted)


def split() -> tuple[list[Instance], list[Instance]]:
    """Instances to teach with and to ask about, of different sentences, with as many of each polarity."""
    corpus = load_corpus("sample")
    taught = [one for one in original_instances((*corpus.train, *corpus.dev)) if len(one.text) <= LONGEST]
    known = {one.text for one in taught}
    left = [i for i in corpus.test if i.id == i.unit and i.text not in known and len(i.text) <= LONGEST]
    share = ASKED // len(Polarity) + 1
    asked: list[Instance] = []
    for polarity in Polarity:
        asked += [one for one in left if one.polarity is polarity][:share]
    return taught, asked


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    taught, asked = split()

    def row(name: str, model: Any) -> None:
        cells = [f"{score(model, skill, asked):.0f}" for skill in SKILLS.values()]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)

    print(f"| {len(asked)} prompts each | {' | '.join(SKILLS)} |\n|---{'|---:' * len(SKILLS)}|", flush=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as root:
        base = LanguageModel.load()
        row("base", base)
        start = save(base, Path(root, "base"))
        experts = []
        for name, skill in SKILLS.items():
            print(name, file=sys.stderr, flush=True)
            model = LanguageModel.load(start)
            pairs = [skill.pair(instance) for instance in taught]
            teach(model, pairs, steps=options.steps, rate=RATE, seed=options.seed)
            row(f"taught {name}", model)
            experts.append(save(model, Path(root, name)))
        for method in METHODS.values():
            MergeJob(start, experts, method=method).run(Path(root, f"merged-{method.name}"))
            row(f"merged by {method.name}", LanguageModel.load(str(Path(root, f"merged-{method.name}"))))


if __name__ == "__main__":
    main()
