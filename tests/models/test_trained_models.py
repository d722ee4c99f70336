"""The zoo on a tiny encoder of our own: shapes, determinism, saving, resuming."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.zoo import fit, start
from huggingface_hub import HfApi, RepoUrl
from transformers import (
    AutoModelForSequenceClassification,
)

from arts.data.errors import DataError
from arts.data.support.download import sha256
from arts.models import training
from arts.models.record_names import models_folder
from arts.models.registry import ZOO, aspect_model_class
from arts.models.trained_models import TrainedModel

pytestmark = pytest.mark.usefixtures("short_recipes")


@pytest.mark.parametrize("name", ZOO)
def test_trained_models_predictions_are_probabilities_whatever_the_batch(
    name, encoder, instances, monkeypatch
):
    model, inputs = start(name, encoder)
    together = training.predict_proba(model, inputs, instances=instances)
    assert together.shape == (len(instances), 3)
    assert np.allclose(together.sum(1), 1)
    monkeypatch.setattr(training, "PREDICTION_BATCH_SIZE", 1)
    assert np.allclose(training.predict_proba(model, inputs, instances=instances), together, atol=1e-5)


@pytest.mark.parametrize("name", sorted(set(ZOO) - {"bert-sent"}))
def test_trained_models_a_model_hears_which_aspect_is_asked_about(name, encoder, instances):
    model, inputs = start(name, encoder)
    with torch.no_grad():
        for part, weights in model.named_parameters():
            if not part.startswith("encoder."):
                weights.mul_(4)  # so that an untrained model has opinions
    two = [i for i in instances if len(i.aspects) == 2][:2]
    first, second = training.predict_proba(model, inputs, instances=two)
    assert not np.allclose(first, second, atol=1e-5)


@pytest.mark.parametrize("name", ZOO)
def test_trained_models_a_saved_model_answers_the_same(name, toy_model, instances):
    model, folder, _ = toy_model(name)
    again = TrainedModel.load(folder)
    assert again.checksum == model.checksum
    assert (again.predict_proba(instances) == model.predict_proba(instances)).all()


@pytest.mark.parametrize("name", ZOO)
def test_trained_models_what_is_in_the_cache_is_not_trained_again(name, toy_model, encoder, monkeypatch):
    model, folder, _ = toy_model(name)
    monkeypatch.setenv("ARTS_CACHE_HOME", str(folder.parents[1]))
    steps = []
    assert fit(name, encoder, progress=lambda *step: steps.append(step)).checksum == model.checksum
    assert not steps


@pytest.mark.parametrize("name", ZOO)
def test_trained_models_the_auto_classes_of_transformers_load_what_was_saved(name, toy_model):
    model, folder, _ = toy_model(name)
    loaded = AutoModelForSequenceClassification.from_pretrained(folder)
    assert type(loaded) is aspect_model_class(name)
    assert loaded.config.id2label == {0: "positive", 1: "negative", 2: "neutral"}
    assert all(torch.equal(a, b) for a, b in zip(loaded.parameters(), model.model.parameters(), strict=True))


@pytest.mark.parametrize("name", ZOO)
def test_trained_models_the_same_seed_gives_the_same_weights_and_another_does_not(name, toy_model, encoder):
    first = toy_model(name).model
    assert fit(name, encoder).checksum == first.checksum
    assert fit(name, encoder, seed=2).checksum != first.checksum


@pytest.mark.parametrize("name", ZOO)
def test_trained_models_an_interrupted_run_goes_on_and_ends_with_the_same_weights(
    name, toy_model, encoder, tmp_path
):
    model, _, whole = toy_model(name)

    def interrupt(done, total, remark):
        if done > total // 2 and remark != "post-training":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(name, encoder, progress=interrupt)
    (checkpoints,) = (tmp_path / "cache" / "models").glob("*.work/checkpoints")
    (checkpoints / "checkpoint-999").mkdir()  # cut off while it was written
    rest = []
    again = fit(name, encoder, progress=lambda *step: rest.append(step[0]))
    assert tuple(rest) == whole[-len(rest) :]
    assert len(rest) < len(whole)
    assert again.checksum == model.checksum


def test_trained_models_an_interruption_leaves_no_model_behind(encoder, tmp_path):
    def interrupt(done, total, remark):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit("td-lstm", encoder, progress=interrupt)
    kept = [p.name for p in (tmp_path / "cache" / "models").iterdir()]
    assert all(name.endswith(".work") for name in kept)


def cached_copy(toy_model):
    """The folder of a trained model, copied to the cache, and the checksum of its weights."""
    _, folder, _ = toy_model("memnet")
    return Path(shutil.copytree(folder, models_folder() / folder.name)), sha256(folder / "model.safetensors")


@pytest.mark.parametrize("name", ["arts.json", "config.json", "model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("size", [None, 0, 50])
def test_trained_models_a_damaged_one_in_the_cache_is_trained_again(name, size, toy_model, encoder, caplog):
    copy, checksum = cached_copy(toy_model)
    content = (copy / name).read_bytes()
    (copy / name).unlink()
    if size is not None:
        (copy / name).write_bytes(content[:size])
    assert fit("memnet", encoder).checksum == checksum
    assert "this entry of the cache cannot be read" in caplog.text
    assert "it is made again" in caplog.text
    caplog.clear()
    assert fit("memnet", encoder).checksum == checksum
    assert not caplog.text


def test_trained_models_changed_weights_in_the_cache_are_noticed(toy_model, encoder, caplog):
    copy, checksum = cached_copy(toy_model)
    content = bytearray((copy / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (copy / "model.safetensors").write_bytes(content)
    assert fit("memnet", encoder).checksum == checksum
    assert "model.safetensors has changed" in caplog.text


def test_trained_models_a_cached_one_that_may_not_be_read_stays(toy_model, encoder, monkeypatch):
    copy, _ = cached_copy(toy_model)

    def refuse(folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(TrainedModel, "load", refuse)
    with pytest.raises(DataError, match="Permission denied"):
        fit("memnet", encoder)
    assert (copy / "model.safetensors").is_file()


def test_trained_models_a_saved_model_answers_the_same_in_a_new_process(toy_model, instances, tmp_path):
    """For all nine at once: a process that has trained none of them."""
    folders = {}
    for name in ZOO:
        model = toy_model(name).model
        model.save(tmp_path / name)
        folders[name] = model.predict_proba(instances)
    program = (
        "import sys, numpy, pathlib; sys.path.insert(0, sys.argv[2])\n"
        "from helpers.sentences import TOY\n"
        "from arts.data.schema import original_instances\n"
        "from arts.models.checkpoints import load_checkpoint\n"
        "for folder in pathlib.Path(sys.argv[1]).glob('*/model.safetensors'):\n"
        "    model, _ = load_checkpoint(str(folder.parent))\n"
        "    numpy.save(folder.with_name('answers.npy'), model.predict_proba(original_instances(TOY[:5])))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path), str(Path(__file__).parents[1])]
    subprocess.run(command, check=True, capture_output=True)
    for name, answers in folders.items():
        assert np.array_equal(np.load(tmp_path / name / "answers.npy"), answers), name


def test_trained_models_what_is_pushed_is_what_is_saved(toy_model, instances, monkeypatch, tmp_path):
    def create(self, repository, *, private, exist_ok):
        return RepoUrl(f"https://huggingface.co/{repository}")

    def upload(self, *, repo_id, folder_path):
        shutil.copytree(folder_path, tmp_path / repo_id)

    monkeypatch.setattr(HfApi, "create_repo", create)
    monkeypatch.setattr(HfApi, "upload_folder", upload)
    model = toy_model("memnet").model
    assert model.push_to_hub("me/memnet") == "https://huggingface.co/me/memnet"
    pushed = TrainedModel.load(tmp_path / "me" / "memnet")
    assert (pushed.predict_proba(instances) == model.predict_proba(instances)).all()
