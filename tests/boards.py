"""Results for a board, and the app in a test's own folder."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from arts.data.schema import Polarity
from arts.evaluation.benchmark import load_benchmark
from arts.evaluation.report import Report
from arts.leaderboard.store.live_board import watch

APP = Path(__file__).parents[1] / "leaderboard" / "app.py"


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


def measured(folder: Path, name: str, *, right: float = 0.8, seed: int = 1) -> Report:
    """The report on such a file, of which nothing is saved."""
    path = predictions(folder / "made" / f"{seed}.csv", right=right, seed=seed)
    return load_benchmark("sample").score(path, name=name)


def started(folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Path:
    """The results of an app that is about to be opened, in a folder; the options are the app's."""
    monkeypatch.setattr("sys.argv", ["app.py", str(folder / "results"), *options])
    st.cache_resource.clear()
    st.cache_data.clear()
    watch.cache_clear()
    return folder / "results"


def opened(view: str, **state: str | Sequence[str]) -> AppTest:
    """A page of the app, at an address with a state."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    if view != "board":  # which is what opens first
        app.run().switch_page(f"views/{view}.py")
    for name, value in state.items():
        app.query_params[name] = value
    return app.run()
