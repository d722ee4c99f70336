"""An app with a few entries, to be looked at in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.boards import sample_report, zoo_report
from serving import RunningApp, serve_leaderboard

from arts.interventions.adversarial import Adversarial
from arts.leaderboard.store.entry import entry_of


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Keys of what `app` shows: on the sample ant, bert and the same with an intervention; fox elsewhere."""
    folder = tmp_path_factory.mktemp("addresses")
    ant, bee, cow = (
        sample_report(folder, name, right=right, seed=seed)
        for seed, (name, right) in enumerate((("ant", 0.95), ("bee", 0.8), ("cow", 0.6)))
    )
    dataset = ant.dataset.model_copy(update={"name": "other", "checksum": "0" * 64})
    fox = ant.model_copy(update={"name": "fox", "dataset": dataset})
    for report in (ant, zoo_report(bee, Adversarial()), zoo_report(cow)):
        report.save(folder / "results")
    fox.write_json(folder / "results" / "fox.json")
    return {"ant": entry_of(ant).key, "fox": entry_of(fox).key, "folder": str(folder)}


@pytest.fixture(scope="session")
def app(keys: dict[str, str]) -> Iterator[RunningApp]:
    folder = Path(keys["folder"])
    cache = str(folder / "cache")
    with serve_leaderboard(folder / "results", "--no-packaged", ARTS_CACHE_HOME=cache) as served:
        yield served
