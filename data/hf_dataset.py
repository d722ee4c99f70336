"""The benchmark as a Hugging Face dataset repository: written without a loading script, and read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arts.data.corpus import Corpus, complete_test_split
from arts.data.errors import DataError, as_data_error
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.readers.class_labels import class_label_reader
from arts.data.readers.field_names import NO_COLUMNS, ColumnNames
from arts.data.readers.instances import distinct_instances
from arts.data.readers.span_opinions import SpanOpinions
from arts.data.readers.span_repair import ReadingNotes
from arts.data.readers.tables import RowReader, row_from_instance
from arts.data.schema import (
    Instance,
    Polarity,
    Sentence,
    Split,
    Strategy,
    group_sentences,
    original_instances,
)
from arts.data.support.atomic import new_folder

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features
    from huggingface_hub import DatasetCard


def instance_features() -> Features:
    """The columns of a table with one instance per row, as `datasets.Features`.

    Polarities and strategies are ClassLabels: integers in the order of `Polarity` and `Strategy`.
    """
    from datasets import ClassLabel, Features, List, Value

    text, offset = Value("string"), Value("int32")
    polarity = ClassLabel(names=[str(p) for p in Polarity])
    opinion = {"text": text, "start": offset, "end": offset}
    target = {"term": text, "start": offset, "end": offset, "polarity": polarity}
    return Features(
        {
            "id": text,
            "unit": text,
            "strategy": ClassLabel(names=[str(s) for s in Strategy]),
            "text": text,
            **target,
            "aspects": List({"id": text, **target, "opinions": List(opinion)}),
            "edits": List({"start": offset, "end": offset, "before": text, "after": text, "rule": text}),
            "acceptance": Value("float64"),
        }
    )


def to_dataset(instances: Iterable[Instance]) -> Dataset:
    """Convert instances to a `datasets.Dataset`, one row each, with the columns of `instance_features`."""
    from datasets import Dataset

    rows, features = [row_from_instance(instance) for instance in instances], instance_features()
    return Dataset.from_dict({name: [row[name] for row in rows] for name in features}, features=features)


def write_instances(instances: Iterable[Instance], path: Path) -> None:
    """Write instances to a Parquet file, without showing the progress bar of `datasets`.

    Args:
        instances: the instances; each becomes one row with the columns of `instance_features`.
        path: the file to write.
    """
    from datasets.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    were_disabled = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        to_dataset(instances).to_parquet(str(path))
    finally:
        if not were_disabled:
            enable_progress_bars()


def corpus_from_dataset(
    dataset: Dataset | DatasetDict,
    *,
    labels: LabelNames = NO_NAMES,
    columns: ColumnNames = NO_COLUMNS,
    name: str = "",
) -> Corpus:
    """Convert a Hugging Face dataset to a corpus.

    Its columns must be those that `arts.data.readers.tables.read_table` reads. A ClassLabel means what its
    names say, in whatever order they are.

    Args:
        dataset: the test split, or a dictionary of datasets keyed by split: ``test``, and optionally
            ``train`` and ``validation`` (or ``dev``, ``val`` or ``valid``).
        labels: what labels that do not name a polarity stand for.
        columns: the names that columns have in the dataset.
        name: the name of the corpus. Default: the name of the dataset.

    Raises:
        DataError: when it is no dataset, has no test split, or a row does not hold an instance; names the
            row.
    """
    from datasets import Dataset

    splits = {"test": dataset} if isinstance(dataset, Dataset) else dataset
    if not isinstance(splits, Mapping):
        raise DataError(type(dataset).__name__, "expected a Dataset, or a DatasetDict with the split test")
    if "test" not in splits:
        given = ", ".join(map(str, splits)) or "none"
        raise DataError(
            name or type(dataset).__name__,
            f"its splits are {given}; expected a Dataset, or a DatasetDict with the split test",
        )
    notes = ReadingNotes()

    def load(split: str) -> list[Sentence]:
        stems = [stem for stem in Split(split).file_stems if stem in splits]
        if len(stems) > 1:
            raise DataError(name or "dataset", f"several splits for {split}: {', '.join(stems)}")
        return group_sentences(_usable_instances(splits[stems[0]], stems[0], rows=rows())) if stems else []

    def rows() -> RowReader:
        return RowReader(notes, labels, columns)

    test = _usable_instances(splits["test"], "test", rows=rows())
    info = splits["test"].info
    name = name or info.config_name or info.dataset_name or "dataset"
    return Corpus(name, complete_test_split(test, notes), load, notes, labels=labels)


def _usable_instances(dataset: Dataset, split: str, *, rows: RowReader) -> list[Instance]:
    """The instances of a split, without those that `rows` or `SpanOpinions` leave out."""
    read = _read_instances(dataset, split, rows=rows)
    instances = list(distinct_instances(read, f"dataset, split {split}"))
    return SpanOpinions.usable_of(instances, rows.notes)


def _read_instances(dataset: Dataset, split: str, *, rows: RowReader) -> Iterator[Instance]:
    """Stream the instances in the rows of a split."""
    with as_data_error(f"dataset, split {split}"):
        name_labels = class_label_reader(dataset.features.to_dict())
    for number, row in enumerate(dataset.with_format(None)):
        try:
            yield from rows.instances(name_labels(row))
        except (TypeError, ValueError) as error:
            raise DataError(f"dataset, split {split}, row {number}", str(error)) from error


def export_corpora(corpora: Iterable[Corpus], folder: Path) -> Path:
    """Write corpora to a folder that is a Hugging Face dataset repository.

    The folder gets a card (README.md) with one config per corpus, and one Parquet file per split.
    ``datasets.load_dataset(folder, corpus.name)`` loads a corpus from it. The folder appears when all of it
    is written, or not at all.

    Returns:
        `folder`.

    Raises:
        DataError: when `folder` exists and is not empty, or two corpora have one name.
    """
    corpora = list(corpora)
    names = [corpus.name for corpus in corpora]
    if repeated := [name for name in names if names.count(name) > 1]:
        raise DataError(
            repeated[0], "is the name of two corpora; expected files or folders of different names"
        )
    with new_folder(folder) as work:
        work.result.mkdir()
        configs = [_write_config(corpus, work.result) for corpus in corpora]
        dataset_card(configs, _BENCHMARK_CARD + _data_statement(configs)).save(work.result / "README.md")
    return folder


def _write_config(corpus: Corpus, folder: Path) -> DatasetConfig:
    """Write the splits of a corpus to Parquet files in ``folder/<corpus name>``; empty splits are left out.

    Returns:
        The name of the corpus and the number of rows per split, for the card.
    """
    (folder / corpus.name).mkdir()
    splits = {
        Split.TRAIN: original_instances(corpus.train),
        Split.DEV: original_instances(corpus.dev),
        Split.TEST: corpus.test,
    }
    not_empty = {split.hf_name: instances for split, instances in splits.items() if instances}
    for split, instances in not_empty.items():
        write_instances(instances, folder / corpus.name / f"{split}.parquet")
    return DatasetConfig(corpus.name, {split: len(instances) for split, instances in not_empty.items()})


@dataclass(frozen=True)
class DatasetConfig:
    """A config of a dataset repository: a folder with one Parquet file per split.

    Args:
        name: the name of the config and of its folder.
        rows: the number of rows of each split, keyed by the split's name, e.g. ``validation``.
    """

    name: str
    rows: Mapping[str, int]


def dataset_card(configs: Sequence[DatasetConfig], text: str = "") -> DatasetCard:
    """The card (README.md) of a dataset repository.

    Args:
        configs: the configs that the repository holds.
        text: the body of the card, in Markdown, with ``{table}`` where the table of splits goes. By default
            it is a description of the benchmark.
    """
    from huggingface_hub import DatasetCard, DatasetCardData

    data = DatasetCardData(
        language="en",
        task_categories=["text-classification"],
        pretty_name="ARTS: aspect-robustness benchmark",
        tags=["aspect-based-sentiment-analysis", "robustness"],
        configs=[_declare_files(config) for config in configs],
        dataset_info=[
            {"config_name": config.name, "features": instance_features()._to_yaml_list()}
            for config in configs
        ],
    )
    table = "\n".join(
        f"| {config.name} | {split} | {rows} |" for config in configs for split, rows in config.rows.items()
    )
    return DatasetCard(f"---\n{data}\n---\n{(text or _BENCHMARK_CARD).format(table=table)}")


def _data_statement(configs: Iterable[DatasetConfig]) -> str:
    """The data statement of the v2 sets, if one of the configs is a v2 set; else an empty text."""
    revisions = files("arts.data") / "revisions"
    if not any(
        (revisions / f"{config.name.removesuffix('-undisputed')}.jsonl").is_file() for config in configs
    ):
        return ""
    return "\n" + (revisions / "README.md").read_text(encoding="utf-8")


def _declare_files(config: DatasetConfig) -> dict[str, Any]:
    """The card's entry for a config: its name, and the path of the Parquet file of each split."""
    files = [{"split": split, "path": f"{config.name}/{split}.parquet"} for split in config.rows]
    return {"config_name": config.name, "data_files": files}


_BENCHMARK_CARD = """
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
