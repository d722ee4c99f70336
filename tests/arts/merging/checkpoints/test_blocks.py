"""Numbers as bytes and back."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from arts.merging.checkpoints.blocks import encode


@given(st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=20))
def test_blocks_fp64_is_rounded_to_bf16_as_torch_does_it_from_fp64(numbers):
    exact = np.array(numbers)
    raw = np.empty(2 * len(exact), np.uint8)
    encode(exact, "BF16", out=raw)
    ours = torch.from_numpy((raw.view(np.uint16).astype(np.uint32) << 16).view(np.float32).astype(np.float64))
    other = [
        torch.nextafter(torch.tensor(v, dtype=torch.bfloat16), torch.tensor(d, dtype=torch.bfloat16))
        for v in numbers
        for d in (torch.inf, -torch.inf)
    ]
    nearest = np.array([float(v) for v in other]).reshape(-1, 2)
    assert (np.abs(ours.numpy() - exact) <= np.abs(nearest - exact[:, None]).min(1)).all()
