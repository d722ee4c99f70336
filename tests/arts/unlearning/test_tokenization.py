"""Texts and labels as tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.tiny_models import tiny_letter_llama
from helpers.unlearning import FORGET, QUICK, RETAIN
from transformers import PreTrainedTokenizerFast

from arts.data.errors import ArtsError, DataError
from arts.data.readers.row_source import RowSource, read_row_source
from arts.unlearning.job import UnlearningJob, count_truncated_by_set
from arts.unlearning.loaded_model import load_unlearning_model
from arts.unlearning.objectives import IGNORED_LABEL
from arts.unlearning.tokenization import AnswerTokenizer, count_truncated, pad_batch


def test_tokenization_messages_prompts_and_text(causal: str) -> None:
    tokenizer = load_unlearning_model(causal).tokenizer
    chat = [{"role": "user", "content": "the soup"}, {"role": "assistant", "content": "is good"}]
    rows = [{"messages": chat}, {"prompt": "the soup", "completion": "is good"}, {"text": "is good"}]
    made = AnswerTokenizer(tokenizer, 64).encode(RowSource("rows", "", list(enumerate(rows, 1))))
    end = tokenizer.eos_token_id
    answer = [*tokenizer.convert_tokens_to_ids(["is", "good"]), end]
    before = tokenizer.convert_tokens_to_ids(["<user>", "the", "soup", "<reply>"])
    assert made[0] == made[1] == {"input_ids": before + answer, "labels": [IGNORED_LABEL] * 4 + answer}
    assert made[2] == {"input_ids": answer, "labels": answer}
    batch = pad_batch(made, end)
    assert batch["attention_mask"].sum(1).tolist() == [7, 7, 3]
    assert batch["labels"][2].tolist() == [*answer, *[IGNORED_LABEL] * 4]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "there is nothing to forget"),
        ([{"question": "a"}], r"forget.jsonl, line 1: a row with question; expected messages or"),
        ([FORGET[0], {"prompt": "the"}], "forget.jsonl, line 2: a row with prompt; expected"),
        ([FORGET[0], RETAIN[3]], "line 2: to be forgotten, but line 4 of retain.jsonl says the same"),
        ([{"prompt": "good " * 80, "completion": "bad"}], "line 1: no answer within the first 64 tokens"),
        ([{"messages": [{"role": "user", "content": "the"}]}], "line 1: a row with messages; expected"),
    ],
)
def test_tokenization_bad_texts(
    rows: list[Any], message: str, job: UnlearningJob, lines: Callable[..., str], tmp_path: Path
) -> None:
    with pytest.raises(ArtsError, match=message):
        replace(job, forget=lines("forget.jsonl", rows)).run(tmp_path / "made")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "good"}, "line 1: no label; expected one for a classifier"),
        (
            {"text": "good", "label": "quiet"},
            'line 1: label "quiet" names no class; the model\'s classes are calm, loud: say which it is: '
            '--labels "quiet=CLASS"',
        ),
        (
            {"text": "good", "label": 1},
            'line 1: label "1": a number names no class; the model\'s classes are calm, loud: say what each '
            "stands for, e.g. --labels 0=calm,1=loud",
        ),
        ({"text": "good", "label": True}, 'label "True": a number names no class'),
        ({"text": "good", "label": "0"}, 'label "0": a number names no class'),
        ({"label": "calm"}, "line 1: a row with label; expected text"),
    ],
)
def test_tokenization_bad_labels(
    row: dict[str, Any], message: str, classifier: str, lines: Callable[..., str], tmp_path: Path
) -> None:
    retain = lines("r.jsonl", [{"text": "bad", "label": "loud"}] * 3)
    with pytest.raises(DataError, match=message):
        UnlearningJob(classifier, forget=lines("f.jsonl", [row]), retain=retain, settings=QUICK).run(
            tmp_path / "made"
        )


def test_tokenization_the_formats_say_the_same(
    causal: str, lines: Callable[..., str], tmp_path: Path
) -> None:
    from datasets import Dataset

    data = Dataset.from_list(FORGET)
    data.to_csv(tmp_path / "f.csv")
    data.to_parquet(tmp_path / "f.parquet")
    data.save_to_disk(tmp_path / "saved")
    data.to_json(tmp_path / "folder" / "f.jsonl")
    tokenizer = load_unlearning_model(causal).row_tokenizer(64)
    places = (
        lines("f.jsonl", FORGET),
        *(str(tmp_path / n) for n in ("f.csv", "f.parquet", "saved", "folder")),
    )
    read = [tokenizer.encode(read_row_source(place)) for place in places]
    assert all(features == read[0] for features in read)


@pytest.mark.parametrize("template", ["$A", "<s> $A", "<s> $A </s>"])
def test_tokenization_special_tokens_stand_once_at_the_beginning_and_at_the_end(
    template: str, tmp_path: Path
) -> None:
    from tokenizers import processors

    folder = tiny_letter_llama(str(tmp_path / "letters"))
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single=template, special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    before = [0] if template.startswith("<s>") else []
    a, b = tokenizer.convert_tokens_to_ids(["a", "b"])
    rows = [{"prompt": "a", "completion": "b"}, {"text": "ab"}]
    made = AnswerTokenizer(tokenizer, 64).encode(RowSource("rows", "", list(enumerate(rows, 1))))
    assert [text["input_ids"] for text in made] == [[*before, a, b, 1]] * 2


@pytest.mark.parametrize(("max_length", "used", "truncated"), [(12, 12, 3), (20, 20, 0), (4000, 64, 0)])
def test_tokenization_truncated_texts_are_counted_and_the_limit_of_the_model_holds(
    max_length: int, used: int, truncated: int, causal: str, caplog: pytest.LogCaptureFixture
) -> None:
    original = load_unlearning_model(causal)
    assert original.row_tokenizer(max_length).max_length == used
    rows = [{"prompt": "the soup", "completion": "good " * size} for size in (1, 2, 9, 10, 11)]
    source = RowSource("rows", "", list(enumerate(rows, 1)))
    other = RowSource("others", "", [(1, {"text": "bad"}), (2, {"text": "kind"})])
    job = UnlearningJob(causal, forget="rows", retain="others", max_length=max_length)
    texts = job._tokenize(original, (source, other))
    assert count_truncated_by_set(texts) == {"forget": truncated, "retain": 0}
    warning = f"{truncated} texts of the forget set were truncated to {used} tokens"
    assert (warning in caplog.text) == bool(truncated)


@pytest.mark.parametrize(("max_length", "truncated"), [(6, 1), (8, 0)])
def test_tokenization_truncated_texts_of_a_classifier_are_counted(
    max_length: int, truncated: int, classifier: str
) -> None:
    rows = [
        {"text": "the soup was good", "text_pair": "soup", "label": "calm"},
        {"text": "good", "label": "calm"},
    ]
    tokenizer = load_unlearning_model(classifier).row_tokenizer(max_length)
    assert count_truncated(tokenizer.encode(RowSource("rows", "", list(enumerate(rows, 1))))) == truncated
