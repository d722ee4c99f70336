"""Results for a board, and the app in a test's own folder."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from arts.data.schema import Polarity
from arts.evaluation.benchmark import load_benchmark
from arts.evaluation.report import ModelInfo, Report
from arts.interventions.adversarial import Adversarial
from arts.interventions.merge import Merge
from arts.interventions.unlearn import Unlearn
from arts.leaderboard.store.live_board import live_board
from arts.leaderboard.store.store import Store
from arts.models.encoders import DEFAULT_ENCODER

APP = Path(__file__).parents[2] / "leaderboard" / "app.py"


def predictions(path: Path, *, right: float = 0.8, seed: int = 1) -> Path:
    """A predictions file on the sample, of which about this share is right."""
    draw = Random(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "prediction"])
        for instance in load_benchmark("sample").corpus.test:
            others = [polarity for polarity in Polarity if polarity is not instance.polarity]
            said = instance.polarity if draw.random() < right else draw.choice(others)
            writer.writerow([instance.id, said])
    return path


def sample_report(folder: Path, name: str, *, right: float = 0.8, seed: int = 1) -> Report:
    """The report on such a file, of which nothing is saved."""
    path = predictions(folder / "made" / f"{seed}.csv", right=right, seed=seed)
    return load_benchmark("sample").score(path, name=name)


def prepare_app(folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Path:
    """The results of an app that is about to be opened, in a folder; the options are the app's."""
    monkeypatch.setattr("sys.argv", ["app.py", str(folder / "results"), *options])
    st.cache_resource.clear()
    st.cache_data.clear()
    live_board.cache_clear()
    return folder / "results"


def open_view(view: str, **state: str | Sequence[str]) -> AppTest:
    """A page of the app, at an address with a state."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    if view != "board":  # which is what opens first
        app.run().switch_page(f"views/{view}.py")
    for name, value in state.items():
        app.query_params[name] = value
    return app.run()


def page_opener(view: str) -> Callable[..., AppTest]:
    """Opens a page with a state, and finds it without an exception."""

    def open_page(**state: str | Sequence[str]) -> AppTest:
        app = open_view(view, **state)
        assert not app.exception
        return app

    return open_page


def zoo(report: Report, **model: object) -> Report:
    """As if it were of a model of the zoo."""
    known = {"kind": "zoo", "id": "bert", "seed": 3, "encoder": DEFAULT_ENCODER, **model}
    name = str(known["id"]) + (f" + {model['intervention']['name']}" if "intervention" in model else "")
    return report.model_copy(update={"model": ModelInfo(**known), "name": name})


def recorded_settings(way: Adversarial | Merge | Unlearn) -> dict[str, object]:
    return {"name": way.name, **way.settings()}


def zoo_report(report: Report, way: Any = None, *, seed: int = 1, id: str = "bert", **further: Any) -> Report:
    """As if it were of a model of the zoo, with an intervention and what it came to."""
    outcome = further.pop("outcome", {})
    intervention = {"name": way.name, **way.settings(), **outcome} if way else None
    model = {"kind": "zoo", "id": id, "seed": seed, "encoder": DEFAULT_ENCODER, **further}
    name = f"{id} + {way.name}" if way else id
    return report.model_copy(update={"model": ModelInfo(**model, intervention=intervention), "name": name})


def own_store(three_results: Path) -> Store:
    return Store((str(three_results),), packaged=False)


def change_fields(path: Path, **fields: object) -> None:
    report = json.loads(path.read_text())
    path.write_text(json.dumps({**report, **fields}))
