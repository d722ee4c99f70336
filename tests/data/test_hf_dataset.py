"""Corpora as datasets of the Hub, out and in."""

from __future__ import annotations

import datasets
import pytest
import yaml
from helpers.folders import ROOT

import arts
from arts.data import hf_dataset
from arts.data.corpus import Corpus
from arts.data.corpus_registry import load_corpus
from arts.data.errors import DataError
from arts.data.schema import Polarity, Strategy


@pytest.fixture(autouse=True)
def offline(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "datasets")


def same(first: Corpus, second: Corpus) -> None:
    assert (first.test, first.train, first.dev) == (second.test, second.train, second.dev)
    assert first.checksum == second.checksum


def test_hf_dataset_exported_corpora_are_loaded_by_name(sample, units, tmp_path):
    mine = Corpus("mine", tuple(units))
    folder = hf_dataset.export_corpora([sample, mine], tmp_path / "out")
    loaded = datasets.load_dataset(str(folder), "sample")
    assert set(loaded) == {"train", "validation", "test"}
    assert loaded["test"].features == hf_dataset.instance_features()
    assert loaded["test"].features["polarity"].names == [str(p) for p in Polarity]
    assert loaded["test"].features["strategy"].names == [str(s) for s in Strategy]
    same(hf_dataset.corpus_from_dataset(loaded), sample)
    assert datasets.load_dataset(str(folder), "mine", split="test").num_rows == len(units)


def test_hf_dataset_the_sample_loads_from_a_checkout(sample):
    loaded = datasets.load_dataset(str(ROOT / "data" / "sample"))
    assert loaded["train"].features == hf_dataset.instance_features()
    same(hf_dataset.corpus_from_dataset(loaded), sample)


def test_hf_dataset_the_card_of_the_sample_declares_the_features():
    head = (ROOT / "data" / "sample" / "README.md").read_text("utf-8").split("---\n")[1]
    declared = yaml.safe_load(head)["dataset_info"]["features"]
    assert datasets.Features._from_yaml_list(declared) == hf_dataset.instance_features()


def test_hf_dataset_a_benchmark_is_made_from_a_dataset(sample):
    rows = hf_dataset.to_dataset(sample.test)
    bench = arts.load_benchmark(rows)
    assert bench.corpus.checksum == sample.checksum
    assert bench.evaluate(lambda instances: ["positive"] * len(instances)).dataset.units > 80


def test_hf_dataset_an_exported_folder_is_a_corpus_by_its_path(sample, tmp_path):
    folder = hf_dataset.export_corpora([sample], tmp_path / "out")
    same(load_corpus(folder / "sample"), sample)


def test_hf_dataset_export_does_not_touch_a_folder_that_has_something(sample, tmp_path):
    (tmp_path / "out").mkdir()
    hf_dataset.export_corpora([sample], tmp_path / "out")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DataError, match="exists and is not empty"):
        hf_dataset.export_corpora([sample], tmp_path / "out")
    assert sorted(tmp_path.rglob("*")) == before


def test_hf_dataset_an_export_that_fails_leaves_nothing(sample, tmp_path, monkeypatch):
    monkeypatch.setattr(hf_dataset, "dataset_card", lambda *arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        hf_dataset.export_corpora([sample], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_hf_dataset_rows_that_are_no_instances_are_one_clear_error(units):
    rows = hf_dataset.to_dataset(units)
    with pytest.raises(DataError, match="dataset, split test, row 0: missing field 'polarity'"):
        arts.load_benchmark(rows.remove_columns("polarity"))
    with pytest.raises(DataError, match="expected a Dataset, or a DatasetDict with the split test"):
        arts.load_benchmark(datasets.DatasetDict(train=rows))


@pytest.mark.parametrize(
    ("name", "stated"), [("laptop-v2", True), ("restaurant-v2-undisputed", True), ("mine", False)]
)
def test_hf_dataset_the_card_of_a_v2_set_has_its_data_statement(name, stated, units, tmp_path):
    folder = hf_dataset.export_corpora([Corpus(name, tuple(units))], tmp_path / "out")
    card = (folder / "README.md").read_text("utf-8")
    assert all(
        (text in card) == stated for text in ("Data statement", "Cohen's kappa", "CC BY 4.0", "**2.0**")
    )
