"""Checksums of code: whatever a result's code imports, anywhere, changes them."""

from __future__ import annotations

import sys
import types

import pytest

from arts.data.support import code_checksum as module
from arts.data.support.code_checksum import code_checksum, source_modules


@pytest.fixture
def package(write, tmp_path, monkeypatch):
    """A package of somebody else, of five modules."""
    files = {
        "plugin_a/__init__.py": "",
        "plugin_a/model.py": "from plugin_a import losses\nfrom .shapes import narrow\n",
        "plugin_a/losses.py": "def loss():\n    import plugin_a.deep.inner\n",
        "plugin_a/shapes.py": "narrow = 1\n",
        "plugin_a/deep/__init__.py": "",
        "plugin_a/deep/inner.py": "import json\nfrom arts.data.errors import ArtsError\n",
        "plugin_a/unused.py": "unused = 1\n",
    }
    for name, content in files.items():
        write(name, content)
    for name in [name for name in sys.modules if name.partition(".")[0] == "plugin_a"]:
        del sys.modules[name]  # of another test
    monkeypatch.syspath_prepend(tmp_path)
    for function in (module._imports, module._source_file, module._file_checksum):
        monkeypatch.setattr(module, function.__name__, function.__wrapped__)
    return tmp_path / "plugin_a"


def test_code_checksum_covers_what_is_imported_anywhere_in_the_package_and_in_ours(package):
    assert set(source_modules("plugin_a.model")) == {
        *("plugin_a", "plugin_a.model", "plugin_a.losses", "plugin_a.shapes", "plugin_a.deep.inner"),
        *("arts.data.errors", "arts.data.support.printable"),
    }


@pytest.mark.parametrize("name", ["model.py", "losses.py", "shapes.py", "deep/inner.py"])
def test_code_checksum_changes_with_every_module_that_is_reached(name, package):
    before = code_checksum("plugin_a.model")
    path = package / name
    path.write_text(path.read_text() + "\nchanged = True\n")
    assert code_checksum("plugin_a.model") != before


def test_code_checksum_does_not_change_with_a_module_that_is_not_reached(package):
    before = code_checksum("plugin_a.model")
    (package / "unused.py").write_text("unused = 2\n")
    assert code_checksum("plugin_a.model") == before


@pytest.mark.parametrize(
    ("start", "reached"),
    [
        ("arts.interventions.merge", "engine methods sparsify survey workers metagpt plan job vocabulary"),
        ("arts.interventions.unlearn", "objectives reference schedule stopping trainer settings"),
        ("arts.unlearning.job", "objectives reference schedule stopping trainer settings tokenization"),
    ],
)
def test_code_checksum_of_an_intervention_covers_the_package_that_does_the_work(start, reached):
    package = "arts.merging" if start.endswith("merge") else "arts.unlearning"
    assert {f"{package}.{name}" for name in reached.split()} <= set(source_modules(start))


def test_code_checksum_of_code_without_a_file_is_never_that_of_another_process(monkeypatch):
    monkeypatch.setitem(sys.modules, "typed_in", types.ModuleType("typed_in"))
    before = code_checksum("typed_in")
    module._file_checksum.cache_clear()
    monkeypatch.setattr(module, "_UNKNOWN", "as in another process")
    assert code_checksum("typed_in") != before
    module._file_checksum.cache_clear()
