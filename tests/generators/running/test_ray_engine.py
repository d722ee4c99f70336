"""Generation with Ray."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from arts.data.schema import Sentence, Strategy
from arts.generators.choices import Engine
from arts.generators.generator import GenerationOptions
from arts.generators.running import pipeline
from arts.generators.running.batches import GenerationJob
from arts.generators.running.pipeline import stream_outcomes
from arts.generators.strategies.aspectset import AspectSet


def test_ray_engine_gives_the_same_outcomes(
    sentences: list[Sentence], monkeypatch: pytest.MonkeyPatch
) -> None:
    if find_spec("ray") is None:
        pytest.skip("needs the extra ray")
    monkeypatch.setattr(pipeline, "BATCH_SIZE", 10)  # so that both workers get some
    job = GenerationJob(AspectSet(), GenerationOptions((Strategy.REVTGT, Strategy.REVNON)))
    expected = list(stream_outcomes(sentences[:30], job))
    found = list(stream_outcomes(sentences[:30], job, workers=2, engine=Engine.RAY))
    assert found == expected
