"""Honest reports, what a forger does to their files, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from helpers.boards import own_store
from helpers.commands import call

from arts.data.corpus import Corpus
from arts.data.corpus_registry import load_corpus
from arts.evaluation.benchmark import Benchmark, load_benchmark
from arts.evaluation.report import Report
from arts.evaluation.scores import Scores
from arts.evaluation.verification import Status
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.store import PACKAGED_RESULTS

REFUSED = "refused"  # not on the board, and an error of `arts validate`
DIFFERS = "differs"  # shown with what the predictions give, and an error of `arts validate`
LABELS = ["positive", "negative", "neutral"]


def skilled(instances):
    """A model that is right about three times of four."""
    draw = np.random.default_rng(len(instances))
    gold = [LABELS.index(instance.polarity) for instance in instances]
    scores = draw.random((len(instances), 3)) + 0.45 * np.eye(3)[gold]
    return scores / scores.sum(1, keepdims=True)


def honest_reports(folder: Path) -> dict[str, Path]:
    """Honest reports by kind; all but those of the package have a folder of their own."""
    bench = load_benchmark("sample")
    own = Benchmark(Corpus("own-reviews", load_corpus("sample").test))
    rows = [f"{i.id},{LABELS[k % 3]}" for k, i in enumerate(bench.corpus.test)]
    (folder / "brought.csv").write_text("\n".join(["id,prediction", *rows]))
    paths = {
        "custom": bench.evaluate(skilled, name="mine").save(folder / "custom"),
        "blind": bench.evaluate(skilled, name="mine").save(folder / "blind", blind=True),
        "claim": bench.evaluate(skilled, name="mine").save(folder / "claim"),
        "own": own.evaluate(skilled, name="mine").save(folder / "own"),
        "brought": bench.score(folder / "brought.csv").save(folder / "brought"),
    }
    paths["claim"].with_suffix(".parquet").unlink()
    return paths | {
        "zoo": PACKAGED_RESULTS / "sample-bert-seed1.json",
        "intervention": PACKAGED_RESULTS / "sample-bert_adversarial-seed1.json",
    }


@dataclass
class Forged:
    """The files of a report in a forger's hands.

    Args:
        path: the report's file in the forger's folder.
        report: its fields.
        columns: the columns of its predictions; empty without any.
    """

    path: Path
    report: dict[str, Any]
    columns: dict[str, list[Any]]

    @classmethod
    def of(cls, honest: Path, folder: Path) -> Forged:
        beside = honest.with_suffix(".parquet")
        columns = pq.read_table(beside).to_pydict() if beside.is_file() else {}
        return cls(folder / honest.name, json.loads(honest.read_text()), columns)

    def write(self) -> Path:
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(json.dumps(self.report), encoding="utf-8")
        if self.columns:
            pq.write_table(pa.table(self.columns), self.path.with_suffix(".parquet"))
        return self.path

    def put(self, field: str, value: object) -> None:
        """Give a field of the report, named by its path, another value."""
        *way, last = [int(part) if part.isdigit() else part for part in field.split(".")]
        place: Any = self.report
        for part in way:
            place = place[part]
        place[last] = value

    def rows(self, keep: Callable[[int], object]) -> None:
        for name, column in self.columns.items():
            self.columns[name] = [value for row, value in enumerate(column) if keep(row)]

    def repeat(self, row: int, **other: object) -> None:
        for name, column in self.columns.items():
            column.append(other.get(name, column[row]))

    def set(self, name: str, row: int, value: object) -> None:
        self.columns[name][row] = value

    @property
    def wrong(self) -> list[int]:
        """The rows whose label is not gold."""
        gold, said = self.columns["polarity"], self.columns["prediction"]
        return [row for row in range(len(said)) if gold[row] != said[row]]


Forge = Callable[[Forged], object]


def put(field: str, value: object, **more: object) -> Forge:
    return lambda f: [f.put(*pair) for pair in ((field, value), *more.items())]


def score(field: str, value: float) -> Forge:
    return put(field, {"value": value, "low": value - 5, "high": min(value + 5, 100)})


def cell(name: str, row: int, value: object) -> Forge:
    return lambda f: f.set(name, row, value)


def column(name: str, values: list[Any]) -> Forge:
    return lambda f: f.columns.update({name: values})


def without(name: str) -> Forge:
    return lambda f: f.columns.pop(name)


def curve(*values: tuple[float, float, float], units: int = 138) -> Forge:
    estimates = [{"value": v, "low": low, "high": high} for v, low, high in values]
    points = [{"added": k, "accuracy": estimate} for k, estimate in enumerate(estimates)]
    return put("adddiff_curve", {"units": units, "points": points})


def gap(**other: object) -> Forge:
    half = {"value": 50.0, "low": 41.3, "high": 58.7}
    difference = {"value": 0.0, "low": -5.0, "high": 5.0, "only_first": 6, "only_second": 6, "p_value": 1.0}
    templates = {"seen_templates": ["but"], "unseen_templates": ["though"]}
    figures = {"units": 138, **templates, "seen": half, "unseen": half, "gap": difference | other}
    return put("pattern_gap", figures)


def probe(**other: object) -> Forge:
    half = {"value": 50.0, "low": 41.3, "high": 58.7}
    change = {"value": 0.0, "low": -5.0, "high": 5.0, "only_first": 6, "only_second": 6, "p_value": 1.0}
    return put(
        "same_side", {"count": 138, "left_out": 0, "original": half, "probed": half, "change": change} | other
    )


def swapped(value: float, low: float, high: float, *, count: int = 50) -> Forge:
    share = {"value": value, "low": low, "high": high}
    return put("aspect_swapped", {"changed": {"count": count, "share": share}})


def board_row(path: Path) -> tuple[str, str, BoardEntry | None]:
    """What the board makes of a report: its status or "refused", the remark or reason, and the entry."""
    board = own_store(path.parent).read()
    if board.entries:
        (entry,) = board.entries
        return str(entry.status), entry.remark, entry
    (file,) = board.invalid_files
    return REFUSED, file.reason, None


def check_forgery(forged: Forged, forge: Forge, *, outcome: str, message: str) -> None:
    """Forge a report, and find that it is not verified, and that both name the fault."""
    forge(forged)
    path = forged.write()
    status, reason, entry = board_row(path)
    done = call("arts.validate", path, folder=path.parent)
    if outcome == DIFFERS:
        assert status == Status.RECOMPUTED
        assert message in reason.rpartition("(differing: ")[2]
        assert f'field "{message}' in done.stderr
        assert entry.ars.value == Scores.of(Report.load_unchecked(path).predictions).ars.value
    else:
        assert status == outcome
        assert message in reason
        assert message in (done.stderr if outcome == REFUSED else done.stdout)
    assert done.returncode == (2 if outcome in (REFUSED, DIFFERS) else 0)
    assert "verified:" not in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def moved_confusion(f: Forged) -> None:
    """One right answer less of the first label, one more of the second: the accuracy stays."""
    (a, *_), (_, b, _), _ = f.report["confusion"]
    f.put("confusion.0.0", a - 1)
    f.put("confusion.1.1", b + 1)


def narrow(f: Forged) -> None:
    for name in ("accuracy", "ars", "macro_f1"):
        value = f.report[name]["value"]
        f.put(name, {"value": value, "low": value - 0.1, "high": value + 0.1})


def narrow_strategy(f: Forged) -> None:
    value = f.report["strategies"]["revtgt"]["perturbed"]["value"]
    f.put("strategies.revtgt.perturbed", {"value": value, "low": value, "high": value})
