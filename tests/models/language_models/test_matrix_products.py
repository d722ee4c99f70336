"""Linear layers by oneDNN."""

from __future__ import annotations

import pytest
import torch

from arts.models.language_models.matrix_products import LARGEST, FastProducts


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(7, 16), (2, 7, 16), (1, 1, 16)])
def test_matrix_products_are_those_of_torch(shape, bias):
    torch.manual_seed(0)
    layer, values = torch.nn.Linear(16, 24, bias=bias), torch.randn(shape)
    with torch.inference_mode():
        usual = layer(values)
        with FastProducts():
            fast = layer(values)
    torch.testing.assert_close(fast, usual, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(
    ("outputs", "dtype", "calls"),
    [(24, torch.float32, 1), (LARGEST + 1, torch.float32, 0), (24, torch.bfloat16, 0)],
    ids=["fp32", "as many outputs as tokens", "bf16"],
)
def test_matrix_products_of_another_kind_are_left_to_torch(outputs, dtype, calls):
    products = FastProducts()
    if products._product is None:
        pytest.skip("torch has no oneDNN here")
    taken, product = [], products._product
    products._product = lambda *args: taken.append(args) or product(*args)
    layer = torch.nn.Linear(16, outputs, dtype=dtype)
    with torch.inference_mode(), products:
        assert layer(torch.ones(3, 16, dtype=dtype)).shape == (3, outputs)
    assert len(taken) == calls


def test_matrix_products_stay_those_of_torch_without_one_dnn(monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    layer, values = torch.nn.Linear(16, 24), torch.ones(3, 16)
    with torch.inference_mode(), FastProducts() as products:
        assert products._product is None
        fast = layer(values)
    assert torch.equal(fast, layer(values))
