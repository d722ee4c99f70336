"""Unlearning from a saved checkpoint: what it reads, refuses, does and leaves behind."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from builders import tiny_bert, tiny_llama, tiny_tokenizer
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, BertConfig, BertForSequenceClassification
from typer.testing import CliRunner

from arts.cli.app import command_app
from arts.data.errors import ArtsError, DataError
from arts.data.readers.row_source import RowSource, read_row_source
from arts.data.support.download import sha256
from arts.unlearn import unlearn as command
from arts.unlearning.job import Job, load
from arts.unlearning.objectives import IGNORED, Weights
from arts.unlearning.reference import count_rows, read_reference, write_reference
from arts.unlearning.report import FILE, UnlearnReport
from arts.unlearning.settings import Material, Plan, Settings
from arts.unlearning.texts import Answers, Labelled, padded

FORGET = [
    {"prompt": f"the {a} was {b}", "completion": "kind , kind"}
    for a in ("soup", "staff", "bar")
    for b in ("good", "bad", "rude", "kind")
]
RETAIN = [
    {"prompt": f"we got a {a} and the {b}", "completion": f"the {b} is {c} ."}
    for a in ("table", "bar")
    for b in ("soup", "staff", "table")
    for c in ("good", "bad")
]
QUICK = Settings(rate=3e-3, weights=Weights(1, 1, 1), every=4, steps=12, batch_size=2)


@pytest.fixture(scope="module")
def causal(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny_llama(str(tmp_path_factory.mktemp("causal")))


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tiny_bert(str(tmp_path_factory.mktemp("classifier")))
    config = BertConfig.from_pretrained(
        folder, label2id={"calm": 0, "loud": 1}, id2label={0: "calm", 1: "loud"}
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture
def lines(tmp_path: Path) -> Callable[..., str]:
    def lines(name: str, rows: list[Any]) -> str:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return str(path)

    return lines


@pytest.fixture
def job(causal: str, lines: Callable[..., str]) -> Job:
    return Job(causal, lines("forget.jsonl", FORGET), lines("retain.jsonl", RETAIN), QUICK)


def test_what_is_to_be_forgotten_is_and_the_rest_is_kept(job: Job, tmp_path: Path) -> None:
    before = sha256(Path(job.model, "model.safetensors"))
    report = job.run(tmp_path / "made")
    first, *_, last = report.probes
    assert last.forget < first.forget
    assert last.retain < first.retain + QUICK.tolerance
    assert report.kept == 12 == len(report.steps)
    assert report.stopped == "all 12 steps were taken"
    assert sha256(Path(job.model, "model.safetensors")) == before
    AutoModelForCausalLM.from_pretrained(tmp_path / "made")
    assert UnlearnReport.model_validate_json((tmp_path / "made" / FILE).read_text()) == report
    card = (tmp_path / "made" / "README.md").read_text()
    assert "12 texts of forget.jsonl" in card
    assert "lower-bounded" in card
    assert not (tmp_path / ".made.partial").exists()


def test_a_step_is_its_weighted_terms_and_starts_at_the_original(job: Job, tmp_path: Path) -> None:
    settings = replace(QUICK, weights=Weights(0.5, 2, 3), ratio=2, accumulate=2, steps=3)
    report = replace(job, settings=settings).run(tmp_path / "made")
    for step in report.steps:
        assert step.forget is not None
        assert step.replay is not None
        assert step.mitigation is not None
        expected = 0.5 * step.forget + 2 * step.replay + 3 * step.mitigation
        assert step.total == pytest.approx(expected, rel=1e-4)
    assert report.steps[0].mitigation == pytest.approx(0, abs=1e-5)
    assert report.steps[-1].mitigation > 1e-5


def test_accumulating_is_a_larger_batch(job: Job, tmp_path: Path) -> None:
    """Each text has an answer of as many pieces, so means of means are means."""
    made = []
    for name, batch, accumulate in (("one", 4, 1), ("two", 2, 2)):
        settings = replace(QUICK, batch_size=batch, accumulate=accumulate, steps=1)
        made.append(replace(job, settings=settings).run(tmp_path / name))
    assert made[0].steps[0].total == pytest.approx(made[1].steps[0].total, rel=1e-2)
    assert made[0].tokens == made[1].tokens


def test_gradient_ascent_looks_at_nothing_to_be_kept(job: Job, tmp_path: Path) -> None:
    settings = Settings(objective="gradient-ascent", rate=1e-3, steps=2, batch_size=2, tolerance=10)
    report = replace(job, settings=settings).run(tmp_path / "made")
    assert report.steps[0].replay is None
    assert report.steps[0].total == report.steps[0].forget < 0


@pytest.mark.parametrize("objective", ["gradient-difference", "npo", "kl"])
def test_every_objective_lowers_the_probability_of_what_is_forgotten(
    objective: str, job: Job, tmp_path: Path
) -> None:
    settings = replace(QUICK, objective=objective, weights=None, tolerance=10)
    report = replace(job, settings=settings).run(tmp_path / "made")
    assert report.probes[-1].forget < report.probes[0].forget
    if objective == "npo":
        assert report.steps[0].forget == pytest.approx(20 * math.log(2), rel=1e-4)


def test_a_run_that_was_cut_off_goes_on_to_the_same_end(job: Job, tmp_path: Path) -> None:
    whole = job.run(tmp_path / "whole")

    class Cut(Exception):
        pass

    def cut(step: int, steps: int, remark: str) -> None:
        if step == 7:
            raise Cut

    with pytest.raises(Cut):
        job.run(tmp_path / "cut", cut)
    assert not (tmp_path / "cut").exists()
    seen: list[int] = []
    again = job.run(tmp_path / "cut", lambda step, steps, remark: seen.append(step))
    assert seen[0] == 5
    assert again.steps == whole.steps
    weights = [load_file(tmp_path / name / "model.safetensors") for name in ("whole", "cut")]
    assert all(torch.equal(tensor, weights[1][name]) for name, tensor in weights[0].items())


def test_another_run_does_not_go_on_from_a_cut_off_one(job: Job, tmp_path: Path) -> None:
    def cut(step: int, steps: int, remark: str) -> None:
        if step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.run(tmp_path / "made", cut)
    seen: list[int] = []
    other = replace(job, settings=replace(QUICK, seed=2))
    other.run(tmp_path / "made", lambda step, steps, remark: seen.append(step))
    assert seen[0] == 1


def test_the_last_state_within_the_tolerance_is_kept(job: Job, tmp_path: Path) -> None:
    settings = Settings(
        objective="gradient-ascent", rate=3e-2, steps=60, every=2, batch_size=4, tolerance=0.5
    )
    report = replace(job, settings=settings).run(tmp_path / "made")
    last = report.probes[-1]
    assert last.retain > report.probes[0].retain + 0.5
    assert report.kept == last.step - 2
    assert "more than 0.5" in report.stopped
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "made")
    encoder = load(str(tmp_path / "made")).encoder(64)
    material = Material(
        encoder.encode(read_row_source(job.forget)),
        encoder.encode(read_row_source(job.retain)),
        encoder.collate,
        1,
    )
    batch = encoder.collate([material.retain[n] for n in Plan.of(material, settings).retain_probe])
    labels = batch.pop("labels")
    loss = torch.nn.functional.cross_entropy(
        model(**batch).logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
    )
    kept = next(probe for probe in report.probes if probe.step == report.kept)
    assert loss.item() == pytest.approx(kept.retain, rel=1e-4)


def test_beyond_the_tolerance_at_once_is_an_error(job: Job, tmp_path: Path) -> None:
    settings = Settings(objective="gradient-ascent", rate=1.0, steps=4, every=2, tolerance=0.1)
    with pytest.raises(ArtsError, match=r"risen by .* at step 2, more than the tolerance of 0.1"):
        replace(job, settings=settings).run(tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_it_stops_when_enough_is_forgotten(job: Job, tmp_path: Path) -> None:
    report = replace(job, settings=replace(QUICK, until=1e9)).run(tmp_path / "made")
    assert report.kept == 4 == len(report.steps)
    assert report.stopped.startswith("the forgetting loss came down to")


def test_a_classifier_unlearns(classifier: str, lines: Callable[..., str], tmp_path: Path) -> None:
    forget = [{"text": f"the {a} was good", "label": "loud"} for a in ("soup", "staff", "bar", "table")]
    retain = [
        {"text": f"we got a {a}", "text_pair": a, "label": 0} for a in ("soup", "staff", "bar", "table")
    ]
    settings = replace(QUICK, tolerance=1)
    job = Job(classifier, lines("f.jsonl", forget), lines("r.jsonl", retain), settings)
    report = job.run(tmp_path / "made")
    assert report.probes[-1].forget < report.probes[0].forget
    assert load(str(tmp_path / "made")).model.config.id2label == {0: "calm", 1: "loud"}


@pytest.mark.skipif(find_spec("peft") is None, reason="needs peft, of the extra llm")
def test_lora_is_merged_and_trains_few_weights(job: Job, tmp_path: Path) -> None:
    replace(job, lora=2).run(tmp_path / "made")
    before, after = (
        load_file(Path(folder, "model.safetensors")) for folder in (job.model, tmp_path / "made")
    )
    assert before.keys() == after.keys()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {name for name in before if "_proj" in name}


def test_another_reference_is_asked(job: Job, tmp_path: Path) -> None:
    torch.manual_seed(1)
    other = load(job.model)
    with torch.no_grad():
        for weight in other.model.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    other.model.save_pretrained(tmp_path / "other")
    other.tokenizer.save_pretrained(tmp_path / "other")
    settings = replace(QUICK, weights=Weights(0, 0, 1), tolerance=1)
    report = replace(job, settings=settings, reference=str(tmp_path / "other")).run(tmp_path / "made")
    divergences = [step.mitigation or 0.0 for step in report.steps]
    assert divergences[0] > 1e-3
    assert sum(divergences[-4:]) < 0.8 * sum(divergences[:4])


def test_the_reference_is_what_the_model_said(causal: str, tmp_path: Path) -> None:
    loaded = load(causal)
    encoder = loaded.encoder(64)
    texts = encoder.encode(RowSource("retain", "", list(enumerate(RETAIN, 1))))
    path = tmp_path / "reference.npy"
    write_reference(path, loaded.model, texts, [1, 4, 7], encoder.collate, classes=loaded.classes)
    said = read_reference(path, texts, [1, 4, 7]).of([7, 1])
    logits = [loaded.model(input_ids=torch.tensor([texts[n]["input_ids"]])).logits[0] for n in (7, 1)]
    kept = [torch.tensor(texts[n]["labels"]) != IGNORED for n in (7, 1)]
    expected = torch.cat([z[:-1][k[1:]] for z, k in zip(logits, kept, strict=True)]).log_softmax(1)
    torch.testing.assert_close(said, expected.detach(), atol=2e-3, rtol=2e-3)
    assert len(said) == count_rows(texts[7]) + count_rows(texts[1])


def test_a_plan_probes_what_it_does_not_train_on_and_looks_at_everything_before_it_repeats() -> None:
    encoder = Labelled(tiny_tokenizer(), 9, {"a": 0, "b": 1})
    rows = [(n, {"text": f"soup {'good ' * n}", "label": "a"}) for n in range(1, 21)]
    texts = encoder.encode(RowSource("x", "", rows))
    plan = Plan.of(
        Material(texts[:8], texts[8:], encoder.collate, 2), Settings(batch_size=4, ratio=2, steps=4)
    )
    assert [batch.forgets for batch in plan.batches] == [True, False, False] * 4
    assert not set(plan.retain_probe) & set(plan.texts(forgets=False))
    forgotten = [text for batch in plan.batches if batch.forgets for text in batch.texts]
    assert sorted(forgotten[:8]) == sorted(forgotten[8:]) == list(range(8))


def test_the_formats_say_the_same(causal: str, lines: Callable[..., str], tmp_path: Path) -> None:
    from datasets import Dataset

    data = Dataset.from_list(FORGET)
    data.to_csv(tmp_path / "f.csv")
    data.to_parquet(tmp_path / "f.parquet")
    data.save_to_disk(tmp_path / "saved")
    data.to_json(tmp_path / "folder" / "f.jsonl")
    encoder = load(causal).encoder(64)
    places = (
        lines("f.jsonl", FORGET),
        *(str(tmp_path / n) for n in ("f.csv", "f.parquet", "saved", "folder")),
    )
    read = [encoder.encode(read_row_source(place)) for place in places]
    assert all(features == read[0] for features in read)


def test_messages_prompts_and_text(causal: str) -> None:
    tokenizer = load(causal).tokenizer
    chat = [{"role": "user", "content": "the soup"}, {"role": "assistant", "content": "is good"}]
    rows = [{"messages": chat}, {"prompt": "the soup", "completion": "is good"}, {"text": "is good"}]
    made = Answers(tokenizer, 64).encode(RowSource("rows", "", list(enumerate(rows, 1))))
    end = tokenizer.eos_token_id
    answer = [*tokenizer.convert_tokens_to_ids(["is", "good"]), end]
    before = tokenizer.convert_tokens_to_ids(["<user>", "the", "soup", "<reply>"])
    assert made[0] == made[1] == {"input_ids": before + answer, "labels": [IGNORED] * 4 + answer}
    assert made[2] == {"input_ids": answer, "labels": answer}
    batch = padded(made, end)
    assert batch["attention_mask"].sum(1).tolist() == [7, 7, 3]
    assert batch["labels"][2].tolist() == [*answer, *[IGNORED] * 4]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "there is nothing to forget"),
        ([{"question": "a"}], r"forget.jsonl, line 1: a row with question; expected messages that end"),
        ([FORGET[0], {"prompt": "the"}], "forget.jsonl, line 2: a row with prompt; expected"),
        ([FORGET[0], RETAIN[3]], "line 2: to be forgotten, but line 4 of retain.jsonl says the same"),
        ([{"prompt": "good " * 80, "completion": "bad"}], "line 1: no answer within the first 64 pieces"),
        ([{"messages": [{"role": "user", "content": "the"}]}], "line 1: a row with messages; expected"),
    ],
)
def test_bad_texts(
    rows: list[Any], message: str, job: Job, lines: Callable[..., str], tmp_path: Path
) -> None:
    with pytest.raises(ArtsError, match=message):
        replace(job, forget=lines("forget.jsonl", rows)).run(tmp_path / "made")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "good"}, "line 1: no label; expected one for a classifier"),
        ({"text": "good", "label": "quiet"}, 'line 1: label "quiet"; expected calm, loud, or a number'),
        ({"text": "good", "label": 2}, 'line 1: label "2"; expected'),
        ({"label": "calm"}, "line 1: a row with label; expected text"),
    ],
)
def test_bad_labels(
    row: dict[str, Any], message: str, classifier: str, lines: Callable[..., str], tmp_path: Path
) -> None:
    retain = lines("r.jsonl", [{"text": "bad", "label": 1}] * 3)
    with pytest.raises(DataError, match=message):
        Job(classifier, lines("f.jsonl", [row]), retain, QUICK).run(tmp_path / "made")


def test_bad_places(job: Job, encoder: str, classifier: str, tmp_path: Path) -> None:
    for change, message in (
        ({"forget": str(tmp_path / "none.jsonl")}, "none.jsonl: no such file"),
        ({"forget": __file__}, 'unknown format ".py"; expected .csv, .jsonl, .parquet'),
        ({"forget": str(tmp_path)}, "cannot be loaded|expected"),
        ({"model": encoder}, "saved as BertModel; expected a causal language model"),
        ({"model": str(tmp_path)}, "has no config.json; expected a saved model"),
        ({"reference": classifier}, "have no outputs in common"),
    ):
        with pytest.raises(ArtsError, match=message):
            replace(job, **change).run(tmp_path / "made")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    with pytest.raises(DataError, match="exists and is not empty"):
        job.run(tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["file"]


def test_a_reference_with_another_tokenizer(job: Job, tmp_path: Path) -> None:
    other = load(job.model)
    other.model.save_pretrained(tmp_path / "other")
    other.tokenizer.save_pretrained(tmp_path / "other")
    path = tmp_path / "other" / "tokenizer.json"
    path.write_text(path.read_text().replace('"soup"', '"stew"'))
    with pytest.raises(ArtsError, match="have no common tokenizer"):
        replace(job, reference=str(tmp_path / "other")).run(tmp_path / "made")


def test_a_loss_that_is_no_number(job: Job, tmp_path: Path) -> None:
    broken = load(job.model)
    with torch.no_grad():
        broken.model.lm_head.weight[3] = math.nan
    broken.model.save_pretrained(tmp_path / "broken")
    broken.tokenizer.save_pretrained(tmp_path / "broken")
    with pytest.raises(ArtsError, match="the loss is nan at step 1; nothing was written"):
        replace(job, model=str(tmp_path / "broken")).run(tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_no_room_for_the_reference(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("arts.unlearning.reference.shutil.disk_usage", lambda path: usage)
    with pytest.raises(
        ArtsError, match=r"the original's outputs on \d+ texts take .* GB, and 0.0 GB are free"
    ):
        job.run(tmp_path / "made")


@pytest.mark.parametrize("change", [{"steps": 0}, {"batch_size": 0}, {"ratio": 0}, {"rate": -1.0}])
def test_settings_out_of_range(change: dict[str, Any]) -> None:
    with pytest.raises(ArtsError, match="expected"):
        Settings(**change)


def test_the_command_says_what_it_did(job: Job, tmp_path: Path) -> None:
    arguments = ["--model", job.model, "--forget", job.forget, "--retain", job.retain, "--steps", "4"]
    done = CliRunner().invoke(
        command_app(command), [*arguments, "--every", "2", "--output", str(tmp_path / "out")]
    )
    assert done.exit_code == 0, done.output
    assert "-log(1 - p), to be forgotten" in done.output
    assert "4 (kept)" in done.output
    assert f"wrote {tmp_path / 'out'}: all 4 steps were taken" in done.output
    assert "arts unlearn" in (tmp_path / "out" / "README.md").read_text()
