"""TD-LSTM against its equations."""

from __future__ import annotations

import torch
from helpers.equations import agrees, words


def test_td_lstm_is_two_lstms_that_meet_at_the_target(equation_inputs):
    model, batch = equation_inputs("td-lstm")
    vectors, first, last = words(model, batch)
    size = model.config.hidden_size
    single = [torch.nn.LSTM(vectors.shape[-1], size) for _ in range(2)]
    for one, suffix in zip(single, ("", "_reverse"), strict=True):
        one.load_state_dict({n: getattr(model.lstm, n + suffix) for n in one.state_dict()})
    left = single[0](vectors[: last + 1])[0][-1]
    right = single[1](vectors[first:].flip(0))[0][-1]
    assert agrees(model, batch, torch.cat([left, right]))
