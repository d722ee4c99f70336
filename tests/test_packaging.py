"""What the wheel must carry, and the one-way imports between the rooms."""

from __future__ import annotations

import ast
import configparser
import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("data", "generators", "models", "arts", "leaderboard")
MAY_IMPORT = {
    "data": {"data"},
    "generators": {"data", "generators"},
    "models": {"data", "models"},
    "arts": {"data", "generators", "models", "arts"},
    "leaderboard": set(ROOMS),
}
NAMES_EVERY_COMMAND = ("cli.py", "arts.leaderboard.command")


def test_every_data_file_is_declared():
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    for room in ("data", "leaderboard", "arts"):
        package = room if room == "arts" else f"arts.{room}"
        patterns = settings["options.package_data"][package].split()
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and path.suffix not in (".py", ".pyc"):
                name = path.relative_to(ROOT / room).as_posix()
                assert any(fnmatch.fnmatch(name, pattern) for pattern in patterns), f"{room}/{name}"


@pytest.mark.parametrize("room", ROOMS)
def test_imports_between_rooms_go_one_way(room):
    for path in (ROOT / room).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                if name and name.split(".")[0] == "arts" and (path.name, name) != NAMES_EVERY_COMMAND:
                    second = [*name.split("."), ""][1]
                    other = second if second in ROOMS else "arts"
                    assert other in MAY_IMPORT[room], f"{path.name} imports {name}"


def test_every_model_of_the_zoo_has_reports_plain_and_adversarially_trained():
    from arts.evaluation.report import Report
    from arts.models.registry import ZOO

    reports = [Report.load(path) for path in sorted((ROOT / "leaderboard" / "results").glob("*.json"))]
    found = {(r.model.id, bool(r.model.intervention)) for r in reports if r.dataset.name == "laptop"}
    assert found == {(name, way) for name in ZOO for way in (False, True)}
