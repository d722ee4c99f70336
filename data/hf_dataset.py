"""The benchmark as a Hugging Face dataset repository: written without a script, and read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arts.data.corpus import Corpus, completed
from arts.data.errors import DataError
from arts.data.readers.span_repair import Notes
from arts.data.readers.tables import instance_from_row, row_from_instance
from arts.data.schema import Instance, Polarity, Sentence, Split, Strategy, group_sentences, originals
from arts.data.support.atomic import new_folder

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features


def features() -> Features:
    """The columns of an instance; labels are ClassLabels in the order of `Polarity` and `Strategy`."""
    from datasets import ClassLabel, Features, List, Value

    text, offset = Value("string"), Value("int32")
    polarity = ClassLabel(names=[str(p) for p in Polarity])
    opinion = {"text": text, "start": offset, "end": offset}
    place = {"term": text, "start": offset, "end": offset, "polarity": polarity}
    return Features(
        {
            "id": text,
            "unit": text,
            "strategy": ClassLabel(names=[str(s) for s in Strategy]),
            "text": text,
            **place,
            "aspects": List({"id": text, **place, "opinions": List(opinion)}),
            "edits": List({"start": offset, "end": offset, "before": text, "after": text, "rule": text}),
        }
    )


def to_dataset(instances: Iterable[Instance]) -> Dataset:
    """The instances as a `datasets.Dataset` with `features`."""
    from datasets import Dataset

    return Dataset.from_list([row_from_instance(i) for i in instances], features=features())


def write_instances(instances: Iterable[Instance], path: Path) -> None:
    """Write the instances to a Parquet file, without the bar that `datasets` shows."""
    from datasets.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    hidden = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        to_dataset(instances).to_parquet(str(path))
    finally:
        if not hidden:
            enable_progress_bars()


def corpus_from_dataset(dataset: Dataset | DatasetDict) -> Corpus:
    """A corpus from a dataset (its test split) or from a dictionary of splits, as `export` makes them.

    Raises:
        DataError: when it is neither, or a row is not an instance.
    """
    from datasets import Dataset

    splits = {"test": dataset} if isinstance(dataset, Dataset) else dataset
    if not isinstance(splits, Mapping) or "test" not in splits:
        raise DataError(type(dataset).__name__, "expected a Dataset, or a DatasetDict with the split test")
    notes = Notes()

    def load(split: str) -> list[Sentence]:
        name = Split(split).hf_name
        return group_sentences(_instances(splits.get(name, ()), name, notes))

    test = _instances(splits["test"], "test", notes)
    name = splits["test"].info.config_name or splits["test"].info.dataset_name or "dataset"
    return Corpus(name, completed(test, notes), load, notes)


def _instances(rows: Iterable[Mapping[str, Any]], split: str, notes: Notes) -> list[Instance]:
    instances = []
    for number, row in enumerate(rows):
        try:
            instance = instance_from_row(row, notes)
        except KeyError as error:
            raise DataError(f"dataset, split {split}, row {number}", f"no column {error}") from error
        except (TypeError, ValueError) as error:
            raise DataError(f"dataset, split {split}, row {number}", str(error)) from error
        if instance:
            instances.append(instance)
    return instances


def export(corpora: Iterable[Corpus], folder: Path) -> Path:
    """Write a dataset repository: a card with one config a corpus, and a Parquet file a split.

    ``datasets.load_dataset(folder, corpus.name)`` loads it. The folder appears complete or not at all.

    Raises:
        DataError: when `folder` exists and is not empty.
    """
    with new_folder(folder) as work:
        work.result.mkdir()
        configs = [_write_config(corpus, work.result) for corpus in corpora]
        (work.result / "README.md").write_text(card(configs), encoding="utf-8")
    return folder


def _write_config(corpus: Corpus, folder: Path) -> dict[str, Any]:
    """Write the splits of a corpus; returns the card's entry for it."""
    (folder / corpus.name).mkdir()
    splits = {
        Split.TRAIN: originals(corpus.train),
        Split.DEV: originals(corpus.dev),
        Split.TEST: corpus.test,
    }
    kept = {split.hf_name: instances for split, instances in splits.items() if instances}
    for split, instances in kept.items():
        write_instances(instances, folder / corpus.name / f"{split}.parquet")
    return config_of(corpus.name, {split: len(instances) for split, instances in kept.items()})


def config_of(name: str, rows: Mapping[str, int]) -> dict[str, Any]:
    """The card's entry for a corpus: a Parquet file a split, from the number of rows by split."""
    files = [{"split": split, "path": f"{name}/{split}.parquet", "rows": n} for split, n in rows.items()]
    return {"config_name": name, "data_files": files}


def card(configs: list[dict[str, Any]], text: str = "") -> str:
    """The README.md of a dataset repository.

    Args:
        configs: as `config_of` gives them.
        text: what the card says, with the place ``{table}``; by default that of the benchmark.
    """
    import yaml

    declared = [
        {
            "config_name": config["config_name"],
            "data_files": [{"split": f["split"], "path": f["path"]} for f in config["data_files"]],
        }
        for config in configs
    ]
    head = {
        "language": "en",
        "task_categories": ["text-classification"],
        "tags": ["aspect-based-sentiment-analysis", "robustness"],
        "pretty_name": "ARTS: aspect-robustness benchmark",
        "configs": declared,
        "dataset_info": [
            {"config_name": config["config_name"], "features": features()._to_yaml_list()}
            for config in configs
        ],
    }
    table = "\n".join(
        f"| {config['config_name']} | {file['split']} | {file['rows']} |"
        for config in configs
        for file in config["data_files"]
    )
    return f"---\n{yaml.safe_dump(head, sort_keys=False)}---\n{(text or _CARD).format(table=table)}"


_CARD = """
# ARTS: aspect-robustness benchmark for aspect-based sentiment analysis

Written by `arts export`. One row is one question to a model: the polarity of `term`, at characters
`start` to `end` (exclusive) of `text`. Rows of the test split that share `unit` are an original and its
perturbed variants; a model has a unit right when it has every row of it right, and the share of units that
it has right is its Aspect Robustness Score (Xing et al., 2020).

| config | split | rows |
|---|---|---|
{table}

`strategy`: original; revtgt (the target's sentiment reversed); revnon (the other aspects' reversed);
adddiff (aspects of the opposite sentiment added). `aspects`: every aspect that is known, with its polarity
in this text. `edits`: what was replaced, as offsets into the original.

`sample` was written for this project (MIT licence). `laptop`, `restaurant` and `mams`, if they are here, come
from the ARTS_TestSet repository, SemEval 2014 Task 4 and MAMS, under their own terms: do not publish them.
"""
