"""MemNet against its equations."""

from __future__ import annotations

import torch
from helpers.equations import agrees, words


def test_memnet_hops_over_the_located_context(equation_inputs):
    model, batch = equation_inputs("memnet")
    vectors, first, last = words(model, batch)
    n = len(vectors)
    memory = [
        vectors[i] * (1 - (first - i if i < first else i - last) / n)
        for i in range(n)
        if not first <= i <= last
    ]
    query = vectors[first : last + 1].mean(0)
    for _ in range(3):
        scores = torch.stack([torch.tanh(model.score(torch.cat([m, query])))[0] for m in memory])
        alpha = scores.softmax(0)
        query = sum(a * m for a, m in zip(alpha, memory, strict=True)) + model.carry(query)
    assert agrees(model, batch, query)
