"""Training that forgets: steps, resuming, stopping."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from helpers.unlearning import QUICK
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from arts.data.errors import ArtsError
from arts.data.readers.row_source import read_row_source
from arts.unlearning.job import UnlearningJob
from arts.unlearning.loaded_model import load_unlearning_model
from arts.unlearning.objectives import LossWeights
from arts.unlearning.schedule import BatchSchedule, UnlearningTexts
from arts.unlearning.settings import UnlearningSettings


def test_trainer_a_step_is_its_weighted_terms_and_starts_at_the_original(
    job: UnlearningJob, tmp_path: Path
) -> None:
    settings = replace(
        QUICK, weights=LossWeights(0.5, 2, 3), retain_ratio=2, gradient_accumulation_steps=2, steps=3
    )
    report = replace(job, settings=settings).run(tmp_path / "made")
    for step in report.steps:
        assert step.forget is not None
        assert step.replay is not None
        assert step.mitigation is not None
        expected = 0.5 * step.forget + 2 * step.replay + 3 * step.mitigation
        assert step.total == pytest.approx(expected, rel=1e-4)
    assert report.steps[0].mitigation == pytest.approx(0, abs=1e-5)
    assert report.steps[-1].mitigation > 1e-5


def test_trainer_accumulating_is_a_larger_batch(job: UnlearningJob, tmp_path: Path) -> None:
    """Each text has an answer of as many tokens, so means of means are means."""
    made = []
    for name, batch, accumulate in (("one", 4, 1), ("two", 2, 2)):
        settings = replace(QUICK, batch_size=batch, gradient_accumulation_steps=accumulate, steps=1)
        made.append(replace(job, settings=settings).run(tmp_path / name))
    assert made[0].steps[0].total == pytest.approx(made[1].steps[0].total, rel=1e-2)
    assert made[0].tokens == made[1].tokens


def test_trainer_gradient_ascent_looks_at_nothing_to_be_kept(job: UnlearningJob, tmp_path: Path) -> None:
    settings = UnlearningSettings(
        objective="gradient-ascent", learning_rate=1e-3, steps=2, batch_size=2, tolerance=10
    )
    report = replace(job, settings=settings).run(tmp_path / "made")
    assert report.steps[0].replay is None
    assert report.steps[0].total == report.steps[0].forget < 0


def test_trainer_a_run_that_was_cut_off_goes_on_to_the_same_end(job: UnlearningJob, tmp_path: Path) -> None:
    whole = job.run(tmp_path / "whole")

    class Cut(Exception):
        pass

    def interrupt(step: int, steps: int, remark: str) -> None:
        if step == 7:
            raise Cut

    with pytest.raises(Cut):
        job.run(tmp_path / "cut", interrupt)
    assert not (tmp_path / "cut").exists()
    seen: list[int] = []
    again = job.run(tmp_path / "cut", lambda step, steps, remark: seen.append(step))
    assert seen[0] == 5
    assert again.steps == whole.steps
    weights = [load_file(tmp_path / name / "model.safetensors") for name in ("whole", "cut")]
    assert all(torch.equal(tensor, weights[1][name]) for name, tensor in weights[0].items())


def test_trainer_another_run_does_not_go_on_from_a_cut_off_one(job: UnlearningJob, tmp_path: Path) -> None:
    def interrupt(step: int, steps: int, remark: str) -> None:
        if step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.run(tmp_path / "made", interrupt)
    seen: list[int] = []
    other = replace(job, settings=replace(QUICK, seed=2))
    other.run(tmp_path / "made", lambda step, steps, remark: seen.append(step))
    assert seen[0] == 1


def test_trainer_the_last_state_within_the_tolerance_is_kept(job: UnlearningJob, tmp_path: Path) -> None:
    settings = UnlearningSettings(
        objective="gradient-ascent", learning_rate=3e-2, steps=60, eval_steps=2, batch_size=4, tolerance=0.5
    )
    report = replace(job, settings=settings).run(tmp_path / "made")
    last = report.probes[-1]
    assert last.retain > report.probes[0].retain + 0.5
    assert report.kept == last.step - 2
    assert "more than 0.5" in report.stopped
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "made")
    tokenizer = load_unlearning_model(str(tmp_path / "made")).row_tokenizer(64)
    texts = UnlearningTexts(
        tokenizer.encode(read_row_source(job.forget)),
        tokenizer.encode(read_row_source(job.retain)),
        collate=tokenizer.collate,
        classes=1,
    )
    batch = tokenizer.collate([texts.retain[n] for n in BatchSchedule.draw(texts, settings).retain_probe])
    labels = batch.pop("labels")
    loss = torch.nn.functional.cross_entropy(
        model(**batch).logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
    )
    kept = next(probe for probe in report.probes if probe.step == report.kept)
    assert loss.item() == pytest.approx(kept.retain, rel=1e-4)


def test_trainer_beyond_the_tolerance_at_once_is_an_error(job: UnlearningJob, tmp_path: Path) -> None:
    settings = UnlearningSettings(
        objective="gradient-ascent", learning_rate=1.0, steps=4, eval_steps=2, tolerance=0.1
    )
    with pytest.raises(ArtsError, match=r"risen by .* at step 2, more than the tolerance of 0.1"):
        replace(job, settings=settings).run(tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_trainer_it_stops_when_enough_is_forgotten(job: UnlearningJob, tmp_path: Path) -> None:
    report = replace(job, settings=replace(QUICK, stop_forget_loss=1e9)).run(tmp_path / "made")
    assert report.kept == 4 == len(report.steps)
    assert report.stopped.startswith("the forgetting loss came down to")


def test_trainer_a_loss_that_is_no_number(job: UnlearningJob, tmp_path: Path) -> None:
    broken = load_unlearning_model(job.model)
    with torch.no_grad():
        broken.model.lm_head.weight[3] = math.nan
    broken.model.save_pretrained(tmp_path / "broken")
    broken.tokenizer.save_pretrained(tmp_path / "broken")
    with pytest.raises(ArtsError, match="the loss is nan at step 1; nothing was written"):
        replace(job, model=str(tmp_path / "broken")).run(tmp_path / "made")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(("steps", "checks"), [(6, [0, 4, 6]), (4, [0, 4])])
def test_trainer_the_last_step_is_checked_whatever_transformers_does(
    steps: int, checks: list[int], job: UnlearningJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with versions whose trainer does nothing special at the last step."""

    def on_step_end(self, args, state, control, **options):
        control.should_log = True
        control.should_evaluate = control.should_save = state.global_step % args.eval_steps == 0
        control.should_training_stop = state.global_step >= state.max_steps
        return control

    monkeypatch.setattr("transformers.trainer_callback.DefaultFlowCallback.on_step_end", on_step_end)
    report = replace(job, settings=replace(QUICK, steps=steps, tolerance=10)).run(tmp_path / "made")
    assert [probe.step for probe in report.probes] == checks
    assert report.kept == steps
