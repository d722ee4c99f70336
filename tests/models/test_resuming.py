"""Training that is cut off anywhere ends like training without a break."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.zoo import fit
from transformers import TrainerState

from arts.data.support.seal import seal
from arts.models.registry import aspect_model_class
from arts.models.resuming import last_checkpoint
from arts.models.trained_models import TrainedModel

PATIENCE = 2  # epochs


@pytest.fixture(autouse=True)
def impatient_recipe(monkeypatch):
    model_class = aspect_model_class("memnet")
    recipe = replace(model_class.recipe, epochs=12, min_steps=1, patience=PATIENCE)
    monkeypatch.setattr(model_class, "recipe", recipe)


def fail(*_):
    raise KeyboardInterrupt


def test_resuming_stops_after_as_many_epochs_as_without_a_break(encoder, tmp_path, monkeypatch):
    whole = fit("memnet", encoder).record["curve"]
    assert PATIENCE < len(whole) < 12  # the patience ended it
    steps = []
    for epoch in range(1, len(whole)):
        monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / f"cut-after-{epoch}"))

        def stop(done, total, _, epoch=epoch):
            if done > epoch * total / 12:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            fit("memnet", encoder, progress=stop)
        assert fit("memnet", encoder, progress=lambda *step: steps.append(step)).record["curve"] == whole
    assert steps


def test_resuming_after_the_last_step_gives_the_same_model(encoder, tmp_path, monkeypatch):
    model = fit("memnet", encoder)
    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "other"))
    with monkeypatch.context() as patch:
        patch.setattr(TrainedModel, "save", fail)
        with pytest.raises(KeyboardInterrupt):
            fit("memnet", encoder)
    again = fit("memnet", encoder)
    assert again.checksum == model.checksum
    assert again.record["curve"] == model.record["curve"]


@pytest.mark.parametrize("content", [None, "", '{"epoch": 1.0, "log_'])
def test_resuming_a_checkpoint_that_was_not_written_to_its_end_is_removed(tmp_path, content):
    path = tmp_path / "checkpoint-3"
    path.mkdir()
    if content is not None:
        (path / "trainer_state.json").write_text(content)
    assert last_checkpoint(tmp_path) is None
    assert not path.exists()


def flip_byte(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("file", ["model.safetensors", "trainer_state.json", "checksums.json"])
@pytest.mark.parametrize(
    "damage", [flip_byte, lambda file: file.write_bytes(b""), lambda file: file.unlink()]
)
def test_resuming_a_checkpoint_that_is_damaged_is_said_and_removed(file, damage, tmp_path, caplog):
    paths = [tmp_path / "checkpoint-3", tmp_path / "checkpoint-6"]
    for path, best in zip(paths, (None, str(paths[0])), strict=True):
        path.mkdir()
        (path / "model.safetensors").write_bytes(b"weights")
        TrainerState(best_model_checkpoint=best).save_to_json(str(path / "trainer_state.json"))
        seal(path / "checksums.json", [path / "model.safetensors", path / "trainer_state.json"])
    assert last_checkpoint(tmp_path) == str(paths[1])
    assert not caplog.text
    damage(paths[1] / file)
    assert last_checkpoint(tmp_path) == str(paths[0])
    assert "checkpoint-6: an earlier run has left this damaged or incomplete; it is not used" in caplog.text
    assert not paths[1].exists()


def test_resuming_from_a_damaged_checkpoint_ends_like_a_run_without_a_break(
    encoder, tmp_path, monkeypatch, caplog
):
    whole = fit("memnet", encoder)
    monkeypatch.setenv("ARTS_CACHE_HOME", str(tmp_path / "cut"))

    def stop(done, total, _):
        if done > total / 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit("memnet", encoder, progress=stop)
    for checkpoint in (tmp_path / "cut").rglob("checkpoint-*"):
        flip_byte(checkpoint / "optimizer.pt")
    assert fit("memnet", encoder).checksum == whole.checksum
    assert "an earlier run has left this damaged or incomplete" in caplog.text
