"""Results for a board, and the app in a test's own folder."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random

from arts.benchmark import load_benchmark
from arts.data.schema import Polarity
from arts.report import Report

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
