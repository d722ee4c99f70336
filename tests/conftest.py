"""What tests share: third-party data when it is at hand, a cache of their own, small things by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from helpers.folders import SHARED
from helpers.sentences import sentence, variant
from helpers.tiny_models import tiny_bert, tiny_letter_llama

from arts.data.corpus import Corpus
from arts.data.corpus_registry import load_corpus
from arts.data.schema import Instance

if TYPE_CHECKING:
    from arts.generators.opinions.analysis import Analyst


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("ARTS_DATA_HOME", raising=False)


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def shared_perturbations(session_folder: Path, tmp_path: Path) -> None:
    """A cache that has the variants which other tests have generated, and nothing else."""
    (session_folder / "perturbations").mkdir(exist_ok=True)
    (tmp_path / "cache").mkdir(exist_ok=True)
    (tmp_path / "cache" / "perturbations").symlink_to(session_folder / "perturbations")


@pytest.fixture
def shared_data(monkeypatch: pytest.MonkeyPatch) -> Path:
    if not SHARED.is_dir():
        pytest.skip("needs ../shared/data, the SemEval and ARTS files, which are not part of the project")
    monkeypatch.setenv("ARTS_DATA_HOME", str(SHARED / "ARTS_TestSet"))
    return SHARED


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a tiny BERT."""
    return tiny_bert(str(tmp_path_factory.mktemp("encoder")))


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes | object], Path]:
    """Write text, bytes or an object (as JSON) to a file in the test's own folder."""

    def write(name: str, content: str | bytes | object) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


@pytest.fixture
def units() -> list[Instance]:
    """Two units of three and one of one."""
    soup, staff = sentence("1", "Good soup, rude staff.", soup="positive", staff="negative").instances()
    (table,) = sentence("2", "We got a table.", table="neutral").instances()
    return [
        soup,
        variant(soup, "revtgt", "Bad soup, rude staff.", "negative"),
        variant(soup, "adddiff", "Good soup, rude staff, dry bread.", "positive"),
        staff,
        variant(staff, "revtgt", "Good soup, kind staff.", "positive"),
        variant(staff, "revnon", "Bad soup, rude staff.", "negative"),
        table,
    ]


@pytest.fixture(scope="session")
def sample() -> Corpus:
    return load_corpus("sample")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a causal language model that reads letters."""
    return tiny_letter_llama(str(tmp_path_factory.mktemp("letters")))


@pytest.fixture(scope="session")
def analyst() -> Analyst:
    """What reads sentences, with its parser and lexicon loaded."""
    from arts.generators.opinions.analysis import Analyst

    return Analyst()
