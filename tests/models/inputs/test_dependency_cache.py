"""Parses, kept."""

from __future__ import annotations

import pytest

from arts.models.inputs import dependency_cache

pytestmark = pytest.mark.usefixtures("short_recipes")


def test_dependency_cache_parses_are_worked_out_once(monkeypatch):
    heads = dependency_cache.dependency_heads(["The soup was good."])
    assert [head for _, _, head in heads["The soup was good."]] == [1, 2, 2, 2, 2]
    monkeypatch.setattr(
        dependency_cache, "parse_texts", lambda items: [(None, text) for text, _ in items][:0]
    )
    assert dependency_cache.dependency_heads(["The soup was good."]) == heads
