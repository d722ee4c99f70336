"""The checksum of the generators' code and lexicons."""

from __future__ import annotations

from pathlib import Path

import pytest

import arts.generators
from arts.generators.english.word_lists import LEXICONS
from arts.generators.running import checksum, perturbation_cache
from arts.generators.running.checksum import generator_files, generators_checksum


def test_checksum_covers_the_modules_of_all_subpackages_and_all_lexicons() -> None:
    package = Path(arts.generators.__path__[0])
    modules = {path.relative_to(package).as_posix() for path in package.rglob("*.py")}
    assert {"generator.py", "opinions/lexicon.py", "english/negation/insert.py"} <= modules
    assert set(generator_files()) == {*package.rglob("*.py"), *LEXICONS.iterdir()}


def test_checksum_changes_with_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tmp_path / "a.py", tmp_path / "b.txt"]
    for path in files:
        path.write_text("old")
    monkeypatch.setattr(checksum, "generator_files", lambda: files)
    checksums = {generators_checksum.__wrapped__()}
    for path in files:
        path.write_text("new")
        checksums.add(generators_checksum.__wrapped__())
    assert len(checksums) == 3


def test_checksum_is_part_of_the_key_of_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    options = perturbation_cache.GenerationOptions()
    before = perturbation_cache._cache_key([], [], options)
    monkeypatch.setattr(perturbation_cache, "generators_checksum", lambda: "another")
    assert perturbation_cache._cache_key([], [], options) != before
