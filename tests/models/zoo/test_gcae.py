"""GCAE against its equations."""

from __future__ import annotations

import torch
from helpers.equations import agrees, words
from torch.nn import functional


def test_gcae_gates_features_by_the_aspect(equation_inputs):
    model, batch = equation_inputs("gcae")
    vectors, first, last = words(model, batch)
    aspect = model.aspect(vectors[first : last + 1].T).relu()[:, : last - first + 1].amax(1)
    outputs = []
    for features, gates, steer in zip(model.features, model.gates, model.steer, strict=True):
        width = features.kernel_size[0]
        padded = functional.pad(vectors, (0, 0, width // 2, width // 2))
        passed = []
        for i in range(len(vectors)):
            window = padded[i : i + width].T.unsqueeze(0)  # (1, embedding, width)
            carried = functional.conv1d(window, features.weight, features.bias)[0, :, 0].tanh()
            gate = (functional.conv1d(window, gates.weight, gates.bias)[0, :, 0] + steer(aspect)).relu()
            passed.append(carried * gate)
        outputs.append(torch.stack(passed).amax(0))
    assert agrees(model, batch, torch.cat(outputs))
