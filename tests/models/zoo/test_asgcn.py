"""ASGCN against its equations."""

from __future__ import annotations

import torch
from helpers.equations import agrees, words

from arts.models.zoo.asgcn import dependency_links


def test_asgcn_convolves_over_the_parse_and_reads_at_the_aspect(equation_inputs):
    model, batch = equation_inputs("asgcn")
    vectors, first, last = words(model, batch)
    n = len(vectors)
    context = model.lstm(vectors)[0]
    near = [0.0 if first <= i <= last else 1 - (first - i if i < first else i - last) / n for i in range(n)]
    states = list(context)
    for layer in model.layers:
        inputs = [q * h for q, h in zip(near, states, strict=True)]
        states = []
        for i in range(n):
            linked = [j for j in range(n) if batch["graph"][0, i, j]]
            total = sum(inputs[j] @ layer.weight.T + layer.bias for j in linked)
            states.append((total / (len(linked) + 1)).relu())
    beta = torch.stack([sum(context[t] @ states[i] for i in range(first, last + 1)) for t in range(n)])
    assert agrees(model, batch, (beta.softmax(0).unsqueeze(1) * context).sum(0))


def test_asgcn_links_are_symmetric_and_hold_each_word_itself(equation_inputs):
    _, batch = equation_inputs("asgcn")
    graph = batch["graph"][0]
    assert torch.equal(graph, graph.T)
    size = int(batch["word_ids"][0].max()) + 1
    assert graph.diagonal()[:size].all()
    assert graph.sum() > size  # and the parse links some
    assert dependency_links([(0, 3)], [[0, 3, 0]]) == [(0, 0)]
