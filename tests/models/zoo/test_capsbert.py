"""CapsBERT against its equations."""

from __future__ import annotations

import pytest
import torch

from arts.models.zoo.capsbert import margin_loss, squash


def test_capsbert_weighs_by_the_aspect_and_routes_by_guides(equation_inputs):
    model, batch = equation_inputs("capsbert")
    segments = batch["segments"][0]
    inputs = {name: tensor for name, tensor in batch.items() if name != "segments"}
    states = model.encoder(**inputs).last_hidden_state[0]
    aspect = squash(model.aspect(states[segments == 1].mean(0)))
    capsules = [squash(model.primary(h)) for h in states[segments == 0]]
    relevance = torch.stack([model.relevance(p) @ aspect for p in capsules]).softmax(0)
    guides = squash(model.guides)
    categories = torch.zeros(3, model.config.capsule_size)
    for u, p in zip(relevance, capsules, strict=True):
        route = torch.stack([model.routing(p) @ z for z in guides]).softmax(0)
        categories = categories + model.scale * u * route.unsqueeze(1) * p
    assert torch.allclose(model.encode(**batch)[0], squash(categories), atol=1e-5)


def test_capsbert_reads_the_sentence_and_the_aspect_apart(equation_inputs):
    model, batch = equation_inputs("capsbert")
    tokens = batch["input_ids"][0]
    count = {segment: int((batch["segments"][0] == segment).sum()) for segment in (0, 1)}
    assert count == {0: 11, 1: 1}  # words and marks of the sentence; soup
    special = batch["segments"][0] == -1
    assert set(tokens[special].tolist()) <= {0, 2, 3}  # [PAD], [CLS], [SEP]
    assert model(**batch).logits.exp().max() < 1  # lengths of capsules


def test_capsbert_squash_shortens_to_below_one_and_keeps_the_direction():
    vector = torch.tensor([3.0, 4.0])
    assert torch.allclose(squash(vector), vector / 5 * 25 / 26, atol=1e-5)
    assert squash(torch.zeros(2)).isfinite().all()


def test_capsbert_margin_loss_is_nought_when_lengths_are_beyond_the_margins():
    lengths = torch.tensor([[0.95, 0.05, 0.1], [0.5, 0.5, 0.1]])
    assert margin_loss(lengths[:1], torch.tensor([0])) == 0
    expected = (0.9 - 0.5) ** 2 + 0.6 * (0.5 - 0.1) ** 2
    assert margin_loss(lengths[1:], torch.tensor([0])).item() == pytest.approx(expected)
