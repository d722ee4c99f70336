"""ATAE-LSTM against its equations."""

from __future__ import annotations

import torch
from helpers.equations import agrees, words


def test_atae_lstm_attends_with_the_aspect_at_every_word(equation_inputs):
    model, batch = equation_inputs("atae-lstm")
    vectors, first, last = words(model, batch)
    aspect = vectors[first : last + 1].mean(0)
    states = model.lstm(torch.stack([torch.cat([v, aspect]) for v in vectors]))[0]
    keys = torch.stack([torch.cat([model.key(h), model.aspect(aspect)]).tanh() for h in states])
    alpha = model.score(keys)[:, 0].softmax(0)
    read = (alpha.unsqueeze(1) * states).sum(0)
    assert agrees(model, batch, (model.project(read) + model.carry(states[-1])).tanh())
