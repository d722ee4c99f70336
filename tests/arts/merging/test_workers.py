"""Spans of tensors."""

from __future__ import annotations

from arts.merging.workers import span_size


def test_workers_spans_are_smaller_for_more_models_and_never_too_small():
    sizes = [span_size(count) for count in range(1, 40)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] == 2**18
    assert sizes[-1] == 2**16
