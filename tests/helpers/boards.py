"""Results for a board, and the app in a test's own folder."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from arts.data.schema import Polarity
from arts.evaluation.benchmark import load_benchmark
from arts.evaluation.report import Report
from arts.evaluation.report_record import ModelInfo
from arts.interventions.base import Intervention
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
    monkeypatch.setattr("sys.argv", ["app.py", str(folder / "results"), "--no-read-only", *options])
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


def shown_models(app: AppTest) -> list[str]:
    """The names of the models in the table of the board, from the top."""
    (table,) = [one.proto for one in app.get("bidi_component") if one.proto.component_name == "arts_models"]
    names = re.findall('aria-label="tick ([^"]*)"', json.loads(table.json)["html"])
    return [html.unescape(name) for name in names]


def page_opener(view: str) -> Callable[..., AppTest]:
    """Opens a page with a state, and finds it without an exception."""

    def open_page(**state: str | Sequence[str]) -> AppTest:
        app = open_view(view, **state)
        assert not app.exception
        return app

    return open_page


def recorded_settings(intervention: Intervention) -> dict[str, object]:
    return {"name": intervention.name, **intervention.settings()}


def zoo_report(
    report: Report, intervention: Intervention | None = None, *, id: str = "bert", **further: Any
) -> Report:
    """The report as if it were of a model of the zoo, with an intervention and what it came to.

    What is recorded of the intervention can also be given as it is, as `recorded`.
    """
    outcome = further.pop("outcome", {})
    recorded = further.pop("recorded", recorded_settings(intervention) | outcome if intervention else None)
    known = {"kind": "zoo", "id": id, "seed": 1, "encoder": DEFAULT_ENCODER, **further}
    name = f"{id} + {recorded['name']}" if recorded else id
    model = ModelInfo(**known, intervention=recorded)
    return report.model_copy(update={"model": model, "name": name})


def own_store(three_results: Path) -> Store:
    return Store((str(three_results),), packaged=False)


def change_fields(path: Path, **fields: object) -> None:
    report = json.loads(path.read_text())
    path.write_text(json.dumps({**report, **fields}))
