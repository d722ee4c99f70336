"""Conversations of one question and one answer with a causal language model: fine-tuning and answering."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import torch

from arts.models.language_models.language_model import LanguageModel

BATCH_SIZE, GENERATION_BATCH_SIZE = 4, 64

Pair = tuple[str, str]  # question and answer


def question_tokens(model: LanguageModel, question: str) -> list[int]:
    """The tokens of a question in the model's chat template, up to where the answer begins."""
    text = model.tokenizer.apply_chat_template(
        [{"role": "user", "content": question}], tokenize=False, add_generation_prompt=True
    )
    return list(model.tokenizer(text, add_special_tokens=False)["input_ids"])


def fine_tune(
    model: LanguageModel,
    pairs: Sequence[Pair],
    *,
    steps: int,
    learning_rate: float,
    seed: int,
    batch_size: int = BATCH_SIZE,
) -> int:
    """Fine-tune a model on answers, in place, by AdamW with a learning rate that falls to 0.

    Args:
        model: the model.
        pairs: questions and answers, of which each batch is drawn anew.
        steps: number of optimizer steps.
        learning_rate: learning rate at the first step.
        seed: random seed of batches and dropout.
        batch_size: number of pairs a batch.

    Returns:
        The number of tokens that were trained on, questions and answers.
    """
    rng, tokens = Random(seed), 0
    torch.manual_seed(seed)
    optimizer = torch.optim.AdamW(model.model.parameters(), learning_rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, steps)
    model.model.train()
    for step in range(steps):
        inputs = _training_batch(model, rng.sample(list(pairs), batch_size))
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


def _training_batch(model: LanguageModel, pairs: Sequence[Pair]) -> dict[str, torch.Tensor]:
    """A padded batch with labels on the answers alone."""
    questions = [question_tokens(model, question) for question, _ in pairs]
    answers = [model.tokenizer(answer + model.tokenizer.eos_token)["input_ids"] for _, answer in pairs]
    width = max(len(q) + len(a) for q, a in zip(questions, answers, strict=True))
    ids = torch.full((len(pairs), width), model.tokenizer.pad_token_id)
    labels, mask = torch.full_like(ids, -100), torch.zeros_like(ids)
    for row, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        end = len(question) + len(answer)
        ids[row, :end] = torch.tensor(question + answer)
        labels[row, len(question) : end] = torch.tensor(answer)
        mask[row, :end] = 1
    device = model.model.device
    return {"input_ids": ids.to(device), "attention_mask": mask.to(device), "labels": labels.to(device)}


@torch.inference_mode()
def generate_answers(model: LanguageModel, questions: Sequence[str], *, max_new_tokens: int) -> list[str]:
    """The model's answer to each question, by greedy decoding."""
    prompts = [question_tokens(model, question) for question in questions]
    order = sorted(range(len(prompts)), key=lambda row: len(prompts[row]))
    answers = [""] * len(prompts)
    pad, device = model.tokenizer.pad_token_id, model.model.device
    for first in range(0, len(order), GENERATION_BATCH_SIZE):
        rows = order[first : first + GENERATION_BATCH_SIZE]
        width = max(len(prompts[row]) for row in rows)
        ids = torch.tensor([[pad] * (width - len(prompts[row])) + prompts[row] for row in rows])
        mask = torch.tensor([[0] * (width - len(prompts[row])) + [1] * len(prompts[row]) for row in rows])
        generated = model.model.generate(
            input_ids=ids.to(device),
            attention_mask=mask.to(device),
            max_new_tokens=max_new_tokens,
            do_sample=False,
            pad_token_id=pad,
        )
        texts = model.tokenizer.batch_decode(generated[:, width:], skip_special_tokens=True)
        for row, text in zip(rows, texts, strict=True):
            answers[row] = text.strip()
    return answers


def load_in_bf16(name: str) -> LanguageModel:
    """Load a model in bf16, in which it answers fastest."""
    model = LanguageModel.load(name)
    model.model.to(torch.bfloat16)
    return model


def save(model: LanguageModel, folder: Path) -> str:
    """Write a model as safetensors, with its tokenizer; returns the folder."""
    model.model.save_pretrained(folder)
    model.tokenizer.save_pretrained(folder)
    return str(folder)
