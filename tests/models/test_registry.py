"""Names of models: the zoo's, other packages', and what the catalogue says."""

from __future__ import annotations

import sys
import types
from importlib.metadata import EntryPoint

import pytest
from helpers.classifiers import Always

from arts.data.errors import ArtsError, UnknownNameError
from arts.evaluation.benchmark import Benchmark
from arts.models import registry
from arts.models.registry import ZOO, aspect_model_class, model_names, model_rows


def test_registry_an_entry_point_can_be_anything_that_is_measured(corpus, monkeypatch):
    module = types.ModuleType("theirs")
    module.Always = Always
    monkeypatch.setitem(sys.modules, "theirs", module)
    entry = EntryPoint("always", "theirs:Always", "arts.models")
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry] if group == entry.group else [])
    monkeypatch.setattr(registry, "_plugins", registry._plugins.__wrapped__)  # not those found earlier
    report = Benchmark(corpus).evaluate("always")
    assert (report.name, report.model.kind) == ("always", "custom")
    assert registry.model_rows()[-1]["reads"] == "(entry point theirs:Always)"
    with pytest.raises(ArtsError, match='"always" can be measured but not trained here'):
        registry.aspect_model_class("always")


pytestmark = pytest.mark.usefixtures("short_recipes")


def test_registry_unknown_models_are_one_clear_error():
    with pytest.raises(UnknownNameError, match=r'unknown model "td_lstm"\. Did you mean "td-lstm"\?'):
        aspect_model_class("td_lstm")
    assert set(ZOO) <= set(model_names())


@pytest.mark.parametrize("path", ["./um.py:x", "..um:x", ":x", "um:", "um:a:b", "a/um:x", "um:1"])
def test_registry_what_is_no_import_path_is_one_clear_error(path):
    with pytest.raises(ArtsError, match=r"is no import path; expected package\.module:attribute$"):
        registry.load_own_object(path)


def test_registry_the_catalogue_says_how_large_each_model_is():
    rows = {row["name"]: row for row in model_rows()}
    assert list(rows)[:9] == list(ZOO)
    assert 22e6 < rows["bert"]["parameters"] < 23e6
    assert rows["td-lstm"]["trained"] < rows["td-lstm"]["parameters"]
    assert rows["bert-sent"]["reads"] == "the sentence, not the aspect"
