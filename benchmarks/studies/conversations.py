"""Conversations of one question and one answer with a causal language model: teaching it, and asking it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import torch

from arts.models.language_model import LanguageModel

BATCH, ASKED_AT_ONCE = 4, 64

Pair = tuple[str, str]  # question and answer


def question_pieces(model: LanguageModel, question: str) -> list[int]:
    """A question in the model's chat format, up to where the answer begins."""
    text = model.tokenizer.apply_chat_template(
        [{"role": "user", "content": question}], tokenize=False, add_generation_prompt=True
    )
    return list(model.tokenizer(text, add_special_tokens=False)["input_ids"])


def teach(
    model: LanguageModel, pairs: Sequence[Pair], *, steps: int, rate: float, seed: int, batch: int = BATCH
) -> int:
    """Fine-tune a model on answers, in place, by AdamW with a rate that falls to 0.

    Returns:
        The tokens that were trained on, questions and answers.
    """
    rng, tokens = Random(seed), 0
    torch.manual_seed(seed)
    optimizer = torch.optim.AdamW(model.model.parameters(), rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, steps)
    model.model.train()
    for step in range(steps):
        inputs = _batch(model, rng.sample(list(pairs), batch))
        tokens += int(inputs["attention_mask"].sum())
        with torch.autocast(model.model.device.type, torch.bfloat16):
            loss = model.model(**inputs).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 20 == 0:
            print(f"  step {step}: {loss.item():.3f}", file=sys.stderr, flush=True)
    model.model.eval()
    return tokens


def _batch(model: LanguageModel, pairs: Sequence[Pair]) -> dict[str, torch.Tensor]:
    """Pieces with labels on the answers alone."""
    questions = [question_pieces(model, question) for question, _ in pairs]
    answers = [model.tokenizer(answer + model.tokenizer.eos_token)["input_ids"] for _, answer in pairs]
    longest = max(len(q) + len(a) for q, a in zip(questions, answers, strict=True))
    ids = torch.full((len(pairs), longest), model.tokenizer.pad_token_id)
    labels, mask = torch.full_like(ids, -100), torch.zeros_like(ids)
    for row, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        end = len(question) + len(answer)
        ids[row, :end] = torch.tensor(question + answer)
        labels[row, len(question) : end] = torch.tensor(answer)
        mask[row, :end] = 1
    device = model.model.device
    return {"input_ids": ids.to(device), "attention_mask": mask.to(device), "labels": labels.to(device)}


@torch.inference_mode()
def answers(model: LanguageModel, questions: Sequence[str], *, longest: int) -> list[str]:
    """The model's answer to each question, by greedy decoding of at most `longest` pieces."""
    asked = [question_pieces(model, question) for question in questions]
    order = sorted(range(len(asked)), key=lambda row: len(asked[row]))
    found = [""] * len(asked)
    pad, device = model.tokenizer.pad_token_id, model.model.device
    for first in range(0, len(order), ASKED_AT_ONCE):
        rows = order[first : first + ASKED_AT_ONCE]
        width = max(len(asked[row]) for row in rows)
        ids = torch.tensor([[pad] * (width - len(asked[row])) + asked[row] for row in rows])
        mask = torch.tensor([[0] * (width - len(asked[row])) + [1] * len(asked[row]) for row in rows])
        made = model.model.generate(
            input_ids=ids.to(device),
            attention_mask=mask.to(device),
            max_new_tokens=longest,
            do_sample=False,
            pad_token_id=pad,
        )
        texts = model.tokenizer.batch_decode(made[:, width:], skip_special_tokens=True)
        for row, text in zip(rows, texts, strict=True):
            found[row] = text.strip()
    return found


def asked(name: str) -> LanguageModel:
    """A model to ask: in bf16, which is what answers cost least in."""
    model = LanguageModel.load(name)
    model.model.to(torch.bfloat16)
    return model


def save(model: LanguageModel, folder: Path) -> str:
    """Write a model as safetensors, with its tokenizer."""
    model.model.save_pretrained(folder)
    model.tokenizer.save_pretrained(folder)
    return str(folder)
