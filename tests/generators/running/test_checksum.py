"""The checksum of the generators' code and lexicons."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers.sentences import sentence

import arts.generators
from arts.data.schema import Opinion, Sentence
from arts.generators.acceptability.judge import JUDGE_FILE
from arts.generators.english import wordnet
from arts.generators.english.word_lists import LEXICONS
from arts.generators.generator import GenerationOptions
from arts.generators.opinions.analysis import Analyst
from arts.generators.running import batches, checksum, perturbation_cache
from arts.generators.running.checksum import generator_files, generators_checksum
from arts.generators.strategies.aspectset import mine_aspect_set


def test_checksum_covers_the_modules_of_all_subpackages_and_all_lexicons_and_the_judge() -> None:
    package = Path(arts.generators.__path__[0])
    modules = {path.relative_to(package).as_posix() for path in package.rglob("*.py")}
    assert {"generator.py", "opinions/lexicon.py", "english/negation/insert.py"} <= modules
    assert set(generator_files()) == {*package.rglob("*.py"), *LEXICONS.iterdir(), JUDGE_FILE}


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


def cache_key(sentences: list[Sentence]) -> str:
    return perturbation_cache._cache_key(sentences, sentences, GenerationOptions())


def job_fingerprint(sentences: list[Sentence]) -> str:
    return batches.GenerationJob(mine_aspect_set(sentences, Analyst()), GenerationOptions()).fingerprint


@pytest.mark.parametrize("key", [cache_key, job_fingerprint])
def test_checksum_and_data_and_libraries_are_part_of_every_key(
    key: Callable[[list[Sentence]], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {key([])}
    for name, value in (
        ("generators_checksum", "another"),
        ("variant_sources", {"wordnet": "WordNet 3.0, SHA-256 1"}),
        ("variant_sources", {"wordnet": "WordNet 3.0, SHA-256 2"}),
        ("variant_sources", {"wordnet": None, "spacy": "0.0"}),
    ):
        for module in (perturbation_cache, batches):
            monkeypatch.setattr(module, name, lambda value=value: value)
        keys.add(key([]))
    assert len(keys) == 5


def test_checksum_the_key_of_the_cache_has_opinion_terms_and_the_order_of_sentences() -> None:
    soup = sentence("1", "The soup was good and hot.", soup="positive")
    table = sentence("2", "We got a table.", table="neutral")
    annotated = replace(soup, aspects=(replace(soup.aspects[0], opinions=(Opinion("good", 13, 17),)),))
    keys = {cache_key(sentences) for sentences in ([soup, table], [table, soup], [annotated, table])}
    assert len(keys) == 3


def test_checksum_the_data_of_wordnet_is_told_apart_by_version_and_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two folders of little data, as NLTK finds it."""
    labels = []
    for content in ("1", "2"):
        reader = SimpleNamespace(
            ensure_loaded=lambda: None,
            fileids=lambda: ["data.adj"],
            open=lambda name, content=content: SimpleNamespace(
                stream=BytesIO(content.encode()), close=lambda: None
            ),
            get_version=lambda: "3.0",
        )
        monkeypatch.setattr(wordnet, "_wordnet", lambda reader=reader: reader)
        monkeypatch.setattr(wordnet, "available", lambda: True)
        labels.append(wordnet.data_label.__wrapped__())
    assert all(label.startswith("WordNet 3.0, SHA-256 ") for label in labels)
    assert labels[0] != labels[1]
    monkeypatch.setattr(wordnet, "available", lambda: False)
    assert wordnet.data_label.__wrapped__() is None


def test_checksum_the_data_of_wordnet_at_hand_has_a_label() -> None:
    if not wordnet.available():
        pytest.skip("needs the data of WordNet where NLTK looks for it; NLTK_DATA names a folder")
    assert re.fullmatch(r"WordNet 3\.\d, SHA-256 [0-9a-f]{64}", str(wordnet.data_label()))
