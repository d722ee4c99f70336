"""Merging causal language models: three skills taught apart, merged by every method, each measured.

    python benchmarks/merging_language_models.py [--steps 100] [--seed 1] [--folder DIR]

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
from random import Random
from typing import Any

import torch

from arts.data.corpus import load_corpus
from arts.data.schema import Instance, Polarity, originals
from arts.generators.fluency import LanguageModel
from arts.merging.job import Job
from arts.merging.methods import METHODS

BATCH, RATE, LONGEST, ASKED, LONGEST_ANSWER = 4, 5e-5, 90, 50, 60  # of sentences: characters


@dataclass(frozen=True)
class Skill:
    """A kind of prompt, with its answer."""

    prompt: str
    answer: Callable[[Instance], str]

    def asked(self, instance: Instance) -> str:
        """The prompt about an instance."""
        return self.prompt.format(text=instance.text, aspect=instance.aspect.term)


SKILLS = {
    "sentiment": Skill(
        "Is the writer positive, negative or neutral about the {aspect}? {text}",
        lambda instance: str(instance.polarity),
    ),
    "json": Skill(
        'Put this into JSON with the keys "aspect" and "length in words". The aspect is {aspect}. {text}',
        lambda instance: json.dumps(
            {"aspect": instance.aspect.term, "length in words": len(instance.text.split())}
        ),
    ),
    "capitals": Skill("Write this in capital letters: {text}", lambda instance: instance.text.upper()),
}


def conversation(model: LanguageModel, skill: Skill, instance: Instance) -> tuple[list[int], int]:
    """The pieces of a prompt with its answer, and where the answer begins."""
    prompt = _prompt(model, skill, instance)
    answer = model.tokenizer(skill.answer(instance) + model.tokenizer.eos_token)["input_ids"]
    return [*prompt, *answer], len(prompt)


def _prompt(model: LanguageModel, skill: Skill, instance: Instance) -> list[int]:
    text = model.tokenizer.apply_chat_template(
        [{"role": "user", "content": skill.asked(instance)}], tokenize=False, add_generation_prompt=True
    )
    return list(model.tokenizer(text, add_special_tokens=False)["input_ids"])


def teach(model: LanguageModel, skill: Skill, instances: Sequence[Instance], steps: int, seed: int) -> None:
    """Fine-tune a model, in place."""
    rng = Random(seed)
    optimizer = torch.optim.AdamW(model.model.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, steps)
    model.model.train()
    for step in range(steps):
        rows = [conversation(model, skill, one) for one in rng.sample(list(instances), BATCH)]
        longest = max(len(ids) for ids, _ in rows)
        ids = torch.tensor([one + [model.tokenizer.pad_token_id] * (longest - len(one)) for one, _ in rows])
        labels, mask = ids.clone(), torch.zeros_like(ids)
        for row, (one, start) in enumerate(rows):
            labels[row, :start] = -100
            labels[row, len(one) :] = -100
            mask[row, : len(one)] = 1
        loss = model.model(input_ids=ids, attention_mask=mask, labels=labels).loss
        loss.backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 20 == 0:
            print(f"  step {step}: {loss.item():.3f}", file=sys.stderr, flush=True)
    model.model.eval()


@torch.inference_mode()
def score(model: LanguageModel, skill: Skill, instances: Sequence[Instance]) -> float:
    """The share of exact answers, in percent, by greedy decoding."""
    right = 0
    for instance in instances:
        ids = torch.tensor([_prompt(model, skill, instance)])
        made = model.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=LONGEST_ANSWER,
            do_sample=False,
            pad_token_id=model.tokenizer.pad_token_id,
        )
        answer = model.tokenizer.decode(made[0, ids.shape[1] :], skip_special_tokens=True)
        right += answer.strip() == skill.answer(instance)
    return 100 * right / len(instances)


def save(model: LanguageModel, folder: Path) -> str:
    """Write a model as safetensors, with its tokenizer."""
    model.model.save_pretrained(folder)
    model.tokenizer.save_pretrained(folder)
    return str(folder)


def split() -> tuple[list[Instance], list[Instance]]:
    """Instances to teach with and to ask about, of different sentences, with as many of each polarity."""
    corpus = load_corpus("sample")
    taught = [one for one in originals((*corpus.train, *corpus.dev)) if len(one.text) <= LONGEST]
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
    parser.add_argument("--steps", type=int, default=100)
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
            torch.manual_seed(options.seed)
            teach(model, skill, taught, options.steps, options.seed)
            row(f"taught {name}", model)
            experts.append(save(model, Path(root, name)))
        for method in METHODS.values():
            Job(start, experts, method).run(Path(root, f"merged-{method.name}"))
            row(f"merged by {method.name}", LanguageModel.load(str(Path(root, f"merged-{method.name}"))))


if __name__ == "__main__":
    main()
