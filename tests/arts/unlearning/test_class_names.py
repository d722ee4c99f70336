"""Labels of the forget set and the retain set are the names of a model's classes, never their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from datasets import ClassLabel, Dataset, Features, Value

from arts.data.errors import ArtsError, DataError
from arts.data.label_names import LabelNames
from arts.data.readers.row_source import RowSource, read_row_source
from arts.unlearning.job import UnlearningJob
from arts.unlearning.loaded_model import UnlearningModel
from arts.unlearning.tokenization import LabelledTextTokenizer


class FakeTokenizer:
    """Turns any text into the same tokens."""

    pad_token_id = 0

    def __call__(self, text: str, pair: str | None, **options: object) -> dict[str, list[int]]:
        return {"input_ids": [1, 2]}


def numbers(classes: Sequence[str], source: RowSource, **labels: str) -> list[int]:
    """The class numbers that the rows of a source get."""
    by_name = {name: number for number, name in enumerate(classes)}
    tokenizer = LabelledTextTokenizer(FakeTokenizer(), 64, by_name, LabelNames.of(labels))
    return [features["labels"] for features in tokenizer.encode(source)]


def rows(*labels: object) -> RowSource:
    return RowSource("r", "", [(n, {"text": "good", "label": label}) for n, label in enumerate(labels, 1)])


def dataset(names: list[str], *labels: int) -> Dataset:
    features = Features({"text": Value("string"), "label": ClassLabel(names=names)})
    return Dataset.from_list([{"text": "good", "label": label} for label in labels], features=features)


@pytest.mark.parametrize("form", ["saved", "parquet"])
@pytest.mark.parametrize(
    ("names", "classes", "expected"),
    [
        (["neg", "pos"], ["pos", "neg"], [1, 0]),  # another order
        (["Spam", "HAM"], ["ham", "spam"], [1, 0]),  # in any case
        (["neg", "pos"], ["neutral", "neg", "pos"], [1, 2]),  # a model with more classes
        (["1", "0"], ["0", "1"], [1, 0]),  # names that look like numbers are names
    ],
)
def test_class_names_of_a_dataset_decide(
    form: str, names: list[str], classes: list[str], expected: list[int], tmp_path: Path
) -> None:
    made = dataset(names, 0, 1)
    if form == "saved":
        made.save_to_disk(tmp_path / "saved")
        place = tmp_path / "saved"
    else:
        place = tmp_path / "a.parquet"
        made.to_parquet(place)
    assert numbers(classes, read_row_source(str(place))) == expected


@pytest.mark.parametrize(
    ("classes", "labels", "names", "expected"),
    [
        (["ham", "spam"], ["spam", "Ham "], {}, [1, 0]),
        (["ham", "spam"], [0, "1", 1.0], {"0": "spam", "1": "ham"}, [1, 0, 0]),
        (["ham", "spam"], [True, "false"], {"true": "spam", "false": "ham"}, [1, 0]),
        (["LABEL_0", "LABEL_1"], ["LABEL_1"], {}, [1]),
        (["LABEL_0", "LABEL_1"], ["ham", "spam"], {"ham": "LABEL_1", "spam": "LABEL_0"}, [1, 0]),
        (["A", "a"], ["a"], {}, [1]),
    ],
)
def test_class_names_that_are_given_decide(
    classes: list[str], labels: list[object], names: dict[str, str], expected: list[int]
) -> None:
    assert numbers(classes, rows(*labels), **names) == expected


@pytest.mark.parametrize(
    ("classes", "label", "names", "message"),
    [
        (["ham", "spam"], 1, {}, 'r, line 1: label "1": a number names no class; .* --labels 0=ham,1=spam'),
        (["ham", "spam"], "1", {}, 'label "1": a number names no class'),
        (["ham", "spam"], True, {}, "a number names no class; .* --labels false=ham,true=spam"),
        (["1", "2"], 1, {}, "a number names no class; .* --labels 0=1,1=2"),
        (["LABEL_0", "LABEL_1"], 0, {}, "a number names no class; .* --labels 0=LABEL_0,1=LABEL_1"),
        (
            ["LABEL_0", "LABEL_1"],
            "spam",
            {},
            'label "spam" names no class; the model\'s classes are LABEL_0, LABEL_1: say which it is: '
            '--labels "spam=CLASS"',
        ),
        (["ham", "spam"], "egg", {}, 'label "egg" names no class; the model\'s classes are ham, spam'),
        (["ham", "spam"], 0, {"0": "egg"}, 'label "0" names no class; .* --labels says 0=egg'),
        (["ham", "spam"], 2, {"0": "ham"}, 'label "2" names no class; .* --labels says 0=ham'),
    ],
)
def test_class_names_labels_without_one_are_refused(
    classes: list[str], label: object, names: dict[str, str], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        numbers(classes, rows(label), **names)


def test_class_names_of_the_dataset_that_are_contradicted_are_an_error(tmp_path: Path) -> None:
    dataset(["ham", "spam"], 0).to_parquet(tmp_path / "a.parquet")
    source = read_row_source(str(tmp_path / "a.parquet"))
    with pytest.raises(DataError, match='--labels says that 0 is "spam", but the file names it "ham"'):
        numbers(["ham", "spam"], source, **{"0": "spam"})


def model(*names: str) -> Any:
    config = SimpleNamespace(id2label=dict(enumerate(names)), num_labels=len(names))
    return UnlearningModel(SimpleNamespace(config=config), None, False, "")


def test_class_names_that_two_classes_share_are_refused() -> None:
    with pytest.raises(ArtsError, match="the model's classes are a, a; expected a name for each"):
        model("a", "a").row_tokenizer(64)


def test_class_names_of_the_reference_are_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arts.unlearning.job.load_unlearning_model", lambda name: model("spam", "ham"))
    job = UnlearningJob("mine", forget="f", retain="r", reference="other")
    message = r"other and mine do not name the same classes in one order \(spam, ham and ham, spam\)"
    with pytest.raises(ArtsError, match=message):
        job._load_reference(model("ham", "spam"))
