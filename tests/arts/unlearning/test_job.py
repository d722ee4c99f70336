"""Unlearning from start to end."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from helpers.unlearning import QUICK
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from arts.data.errors import ArtsError, DataError
from arts.data.label_names import LabelNames
from arts.data.readers.row_source import read_row_source
from arts.data.support.download import sha256
from arts.unlearning import job as job_module
from arts.unlearning.job import UnlearningJob
from arts.unlearning.loaded_model import add_lora, load_unlearning_model
from arts.unlearning.report import UNLEARN_REPORT_FILE, UnlearnReport


def test_job_what_is_to_be_forgotten_is_and_the_rest_is_kept(job: UnlearningJob, tmp_path: Path) -> None:
    before = sha256(Path(job.model, "model.safetensors"))
    report = job.run(tmp_path / "made")
    first, *_, last = report.probes
    assert last.forget < first.forget
    assert last.retain < first.retain + QUICK.tolerance
    assert report.kept == 12 == len(report.steps)
    assert report.stopped == "all 12 steps were taken"
    assert sha256(Path(job.model, "model.safetensors")) == before
    AutoModelForCausalLM.from_pretrained(tmp_path / "made")
    assert UnlearnReport.model_validate_json((tmp_path / "made" / UNLEARN_REPORT_FILE).read_text()) == report
    card = (tmp_path / "made" / "README.md").read_text()
    assert "12 texts of forget.jsonl" in card
    assert "lower-bounded" in card
    assert not (tmp_path / ".made.partial").exists()


@pytest.mark.parametrize("objective", ["gradient-difference", "npo", "kl"])
def test_job_every_objective_lowers_the_probability_of_what_is_forgotten(
    objective: str, job: UnlearningJob, tmp_path: Path
) -> None:
    settings = replace(QUICK, objective=objective, weights=None, tolerance=10)
    report = replace(job, settings=settings).run(tmp_path / "made")
    assert report.probes[-1].forget < report.probes[0].forget
    if objective == "npo":
        assert report.steps[0].forget == pytest.approx(20 * math.log(2), rel=1e-4)


def test_job_a_classifier_unlearns(classifier: str, lines: Callable[..., str], tmp_path: Path) -> None:
    forget = [{"text": f"the {a} was good", "label": "loud"} for a in ("soup", "staff", "bar", "table")]
    retain = [
        {"text": f"we got a {a}", "text_pair": a, "label": " Calm"} for a in ("soup", "staff", "bar", "table")
    ]
    settings = replace(QUICK, tolerance=1)
    job = UnlearningJob(
        classifier, forget=lines("f.jsonl", forget), retain=lines("r.jsonl", retain), settings=settings
    )
    report = job.run(tmp_path / "made")
    assert report.probes[-1].forget < report.probes[0].forget
    assert load_unlearning_model(str(tmp_path / "made")).model.config.id2label == {0: "calm", 1: "loud"}


@pytest.mark.skipif(find_spec("peft") is None, reason="needs peft, of the extra llm")
def test_job_lora_is_merged_and_trains_few_weights(job: UnlearningJob, tmp_path: Path) -> None:
    replace(job, lora=2).run(tmp_path / "made")
    before, after = (
        load_file(Path(folder, "model.safetensors")) for folder in (job.model, tmp_path / "made")
    )
    assert before.keys() == after.keys()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {name for name in before if "_proj" in name}


def test_job_bad_places(job: UnlearningJob, encoder: str, classifier: str, tmp_path: Path) -> None:
    for change, message in (
        ({"forget": str(tmp_path / "none.jsonl")}, "none.jsonl: no such file"),
        ({"forget": __file__}, 'unknown format ".py"; expected .csv, '),
        ({"forget": str(tmp_path)}, "cannot be loaded|expected"),
        ({"model": encoder}, "saved as BertModel; expected a causal language model"),
        ({"model": str(tmp_path)}, "has no config.json; expected a saved model"),
        ({"reference": classifier}, "have no outputs in common"),
        ({"labels": LabelNames.of({0: "calm"})}, "--labels names the classes of a classifier"),
    ):
        with pytest.raises(ArtsError, match=message):
            replace(job, **change).run(tmp_path / "made")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    with pytest.raises(DataError, match="exists and is not empty"):
        job.run(tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["file"]


@pytest.mark.skipif(find_spec("peft") is None, reason="needs peft, of the extra llm")
def test_job_lora_starts_from_the_seed(causal: str) -> None:
    starts = []
    for drawn, seed in ((1, 5), (2, 5), (3, 6)):
        torch.manual_seed(drawn)  # what was drawn before does not matter
        model = add_lora(load_unlearning_model(causal).model, 2, causal=True, seed=seed)
        starts.append([weights.flatten() for name, weights in model.named_parameters() if "lora_A" in name])
    assert torch.equal(torch.cat(starts[0]), torch.cat(starts[1]))
    assert not torch.equal(torch.cat(starts[0]), torch.cat(starts[2]))


def test_job_the_fingerprint_has_the_content_of_the_reference(
    job: UnlearningJob, causal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = load_unlearning_model(causal)
    copy = shutil.copytree(causal, tmp_path / "reference")
    sources = read_row_source(job.forget), read_row_source(job.retain)
    with_reference = replace(job, reference=str(copy))
    fingerprints = [job._fingerprint(original, sources), with_reference._fingerprint(original, sources)]
    (copy / "model.safetensors").write_bytes(b"other weights")
    fingerprints.append(with_reference._fingerprint(original, sources))
    monkeypatch.setattr(job_module, "code_checksum", lambda *names: "other code")
    fingerprints.append(with_reference._fingerprint(original, sources))
    monkeypatch.setattr(torch, "get_num_threads", lambda: 77)
    fingerprints.append(with_reference._fingerprint(original, sources))
    assert len(set(fingerprints)) == 5


def test_job_the_environment_and_the_reference_are_reported(
    job: UnlearningJob, causal: str, tmp_path: Path
) -> None:
    report = replace(job, reference=causal, settings=replace(QUICK, steps=1)).run(tmp_path / "made")
    assert report.environment["threads"] == torch.get_num_threads()
    assert report.environment["precision"] in ("fp32", "bf16")
    assert report.reference_checksum == report.model_checksum


@pytest.mark.parametrize("until", [None, 0.5])
def test_job_a_run_killed_after_its_last_step_trains_no_further(
    until: float | None, job: UnlearningJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the steps were taken or a stopping criterion was met, with steps to spare."""
    job = replace(job, settings=replace(QUICK, stop_forget_loss=until, learning_rate=1e-2))
    report = job.run(tmp_path / "whole")
    assert (len(report.steps) < QUICK.steps) == bool(until)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("arts.unlearning.job.write_unlearning_card", stop)
        with pytest.raises(KeyboardInterrupt):
            job.run(tmp_path / "cut")
    again = job.run(tmp_path / "cut", progress=stop)
    assert (again.steps, again.probes, again.stopped) == (report.steps, report.probes, report.stopped)
    whole, cut = (sha256(tmp_path / name / "model.safetensors") for name in ("whole", "cut"))
    assert whole == cut
