"""Fuzzing of what reads the files of others: a value, or an `ArtsError` of one line, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from arts.data.errors import ArtsError

# of each format; ARTS_FUZZ_EXAMPLES=2000 takes about ten seconds a format
EXAMPLES = int(os.environ.get("ARTS_FUZZ_EXAMPLES", "200"))
fuzzed = settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 70_000),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["", "..", "../x", "\0", "F32", "BF16", "F4", "LORA", "model.safetensors", "10" * 200]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def check_refusal(read: Callable[[], Any]) -> bool:
    """Read something; whether it was taken. What is refused is refused in one line that can be printed."""
    try:
        read()
    except ArtsError as error:
        message = str(error)
        message.encode("utf-8")
        assert len(message) < 3_000
        return False
    return True


@st.composite
def flipped(draw: st.DrawFn, content: bytes) -> bytes:
    """A file in which some bytes were changed, or which was cut or doubled."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(content) - 1))
        changed[place] = draw(st.one_of(st.integers(0, 255), st.sampled_from(b'"[]{}:,0-9.e\\ \n')))
    end = draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    return bytes(changed[:end])


@st.composite
def changed_fields(draw: st.DrawFn, content: dict[str, Any]) -> dict[str, Any]:
    """An object in which some fields, at any depth, have other values, or are gone."""
    changed = dict(content)
    for _ in range(draw(st.integers(1, 3))):
        key = draw(st.sampled_from(sorted(content)))
        inner = content[key]
        if isinstance(inner, dict) and inner and draw(st.booleans()):
            changed[key] = draw(changed_fields(inner))
        elif draw(st.integers(0, 5)):
            changed[key] = draw(values)
        else:
            changed.pop(key, None)
    return changed
