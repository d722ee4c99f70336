"""What the wheel must carry, and imports that go one way, everywhere."""

from __future__ import annotations

import configparser
import fnmatch
import re
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from helpers.folders import ROOT
from helpers.source_code import FOLDERS, imports, libraries, modules

COMMANDS = "commands"  # the modules at the root of `arts`
# From top to bottom: a module imports from its own layer and from those below. A name stands for a module, or
# for a package with all in it that has no line of its own. Rooms in one line do not know each other.
LAYERS = (
    ("arts.leaderboard.__main__", "arts.leaderboard.app"),
    ("arts.leaderboard.command",),
    ("arts.leaderboard.views",),
    ("arts.leaderboard.web",),
    ("arts.leaderboard.analysis",),
    ("arts.leaderboard.store",),
    ("arts.leaderboard",),
    ("arts.__init__",),
    (COMMANDS,),
    ("arts.cli",),
    ("arts.evaluation",),
    ("arts.leaks",),
    ("arts.diagnosis",),
    ("arts.interventions",),
    ("arts.merging", "arts.unlearning"),
    ("arts.provenance",),
    ("arts.models.checkpoints",),
    ("arts.models.trained_models",),
    ("arts.models.cache_keys",),
    ("arts.models.registry",),
    ("arts.models.zoo",),
    ("arts.models.no_aspect",),
    ("arts.models.training",),
    ("arts.models.precision",),
    ("arts.models.inputs",),
    ("arts.models.training_plan",),
    ("arts.models.objectives",),
    ("arts.models.memory_saving",),
    ("arts.models.base",),
    ("arts.models.language_models",),
    ("arts.models",),
    ("arts.generators.running",),
    ("arts.generators.generator",),
    ("arts.generators.writing",),
    ("arts.generators.strategies",),
    ("arts.generators.acceptability",),
    ("arts.generators.opinions",),
    ("arts.generators.english",),
    ("arts.generators",),
    ("arts.data.__init__",),
    ("arts.data.corpus_registry",),
    ("arts.data.corpus_files",),
    ("arts.data.hf_dataset",),
    ("arts.data.predictions_template",),
    ("arts.data.corpus",),
    ("arts.data.readers",),
    ("arts.data.polarity_labels",),
    ("arts.data.schema",),
    ("arts.data.support",),
    ("arts.data",),
    ("arts.data.support.printable",),
)
STRANGERS = (
    ("arts.evaluation", "arts.interventions"),
    ("arts.models", "arts.generators"),
    ("arts.leaderboard", COMMANDS),
)


@cache
def room(module: str) -> str:
    """The line of the layers that a module belongs to: the longest name that it begins with."""
    path = f"{module}.__init__." if modules()[module].name == "__init__.py" else f"{module}."
    names = [name for layer in LAYERS for name in layer if path.startswith(f"{name}.")]
    return max(names, key=len, default=COMMANDS)


def setup() -> configparser.ConfigParser:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    return settings


@pytest.mark.parametrize("module", modules())
def test_packaging_imports_go_down(module):
    depth = {name: n for n, layer in enumerate(LAYERS) for name in layer}
    own = room(module)
    for other in sorted(imports(module)):
        theirs = room(other)
        assert own == theirs or depth[own] < depth[theirs], f"{module} ({own}) imports {other} ({theirs})"
        for one, another in STRANGERS:
            strangers = f"{own}.".startswith(f"{one}.") and f"{theirs}.".startswith(f"{another}.")
            assert not strangers, f"{module} imports {other}"


def test_packaging_imports_have_no_cycle():
    try:
        TopologicalSorter({module: imports(module) for module in modules()}).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_packaging_every_package_is_installed():
    packages = {name for name, path in modules().items() if path.name == "__init__.py"}
    folders = {path.parent for path in modules().values()}
    assert {modules()[name].parent for name in packages} == folders
    assert setup()["options"]["packages"].split() == sorted(packages)
    assert setup()["options"]["package_dir"].split("\n")[1:] == [
        f"{package} = {folder}" for folder, package in sorted(FOLDERS.items(), key=lambda item: item[1])
    ]


def test_packaging_every_data_file_is_declared():
    declared = setup()["options.package_data"]
    patterns = {modules()[package].parent: declared[package].split() for package in declared}
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix not in (".py", ".pyc"):
                assert any(
                    parent in path.parents and fnmatches(path.relative_to(parent), pattern)
                    for parent in patterns
                    for pattern in patterns[parent]
                ), path


def fnmatches(path: Path, pattern: str) -> bool:
    """As setuptools does it: a star stays within a folder."""
    parts = pattern.split("/")
    return len(parts) == len(path.parts) and all(map(fnmatch.fnmatchcase, path.parts, parts))


def test_packaging_every_library_is_declared():
    lists = (setup()["options"]["install_requires"], *setup()["options.extras_require"].values())
    declared = {normal(re.split(r"[^\w.-]", line)[0]) for text in lists for line in text.split()}
    owners = packages_distributions()
    for module in modules():
        for library in libraries(module):
            names = {normal(name) for name in owners.get(library, [library])}
            assert names & declared, f"{module} imports {library}, of {', '.join(names)}"


def normal(name: str) -> str:
    """The name of a distribution as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_packaging_evaluate_runs_as_a_script(tmp_path):
    command = [sys.executable, str(ROOT / "arts" / "evaluate.py"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "--dataset" in done.stdout


def test_packaging_every_model_of_the_zoo_has_reports_plain_and_adversarially_trained():
    from arts.evaluation.report import Report
    from arts.models.registry import ZOO

    reports = [Report.load(path) for path in sorted((ROOT / "leaderboard" / "results").glob("*.json"))]
    trained = [r for r in reports if r.dataset.name == "laptop" and not r.language_model]
    found = {(r.model.id, bool(r.model.intervention)) for r in trained}
    assert found == {(name, way) for name in ZOO for way in (False, True)}
