"""Products of matrices on a CPU in fp32, by the faster of the libraries that torch has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

LARGEST = 8192  # outputs of a layer; that of the logits has more, and is left to torch


class FastProducts(TorchFunctionMode):
    """Has oneDNN compute the linear layers of a model on a CPU in fp32, inside a ``with`` block.

    torch takes MKL for them, which is half as fast on processors that are not of its vendor. The sums are
    made in another order. Without gradients only; where torch has no oneDNN, nothing changes.
    """

    def __init__(self) -> None:
        super().__init__()
        available = torch.backends.mkldnn.is_available()
        self._product = getattr(torch.ops.mkldnn, "_linear_pointwise", None) if available else None

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Call a function of torch, or oneDNN in its place."""
        if func is torch.nn.functional.linear and self._product is not None and not kwargs:
            values, weight, *bias = args
            ours = values.device.type == "cpu" and values.dtype == weight.dtype == torch.float32
            if ours and weight.shape[0] <= LARGEST:
                return self._product(values, weight, bias[0] if bias else None, "none", [], "")
        return func(*args, **(kwargs or {}))
