"""Training a model from the page."""

from __future__ import annotations

from tempfile import TemporaryFile

from arts.leaderboard.web.playground_models import CachedModel
from arts.leaderboard.web.training_process import TrainingProcess


def test_training_process_that_fails_says_why():
    training = TrainingProcess.start("no-such-model")
    training.process.wait(timeout=120)
    assert not training.running
    assert 'unknown model "no-such-model"' in training.failure


def test_training_process_finds_the_plain_model_that_came_of_it(tmp_path):
    folder = tmp_path / "td-lstm-1"
    plain = {"name": "td-lstm", "seed": 1}
    models = [
        CachedModel(folder, plain | {"outcome": {"kept": 1}}, "sample"),
        CachedModel(folder, plain, "laptop"),
        CachedModel(folder, plain | {"seed": 2}, "sample"),
        CachedModel(folder, plain, "sample"),
    ]
    training = TrainingProcess("td-lstm", None, None, None, 0.0)
    assert training.trained_model(models) is models[-1]
    assert training.trained_model(models[:-1]) is None


def test_training_process_tells_the_steps_that_are_done():
    with TemporaryFile() as steps:
        training = TrainingProcess("td-lstm", None, steps, None, 0.0)
        assert training.progress == 0
        for written, share in ((b"1 8\n", 1 / 8), (b"6 8\n", 3 / 4), (b"7", 3 / 4)):
            steps.write(written)
            steps.flush()
            assert training.progress == share


def test_training_process_that_is_cancelled_has_not_failed():
    training = TrainingProcess.start("td-lstm")
    training.cancel()
    assert training.process.wait(timeout=120) != 0
    assert training.failure == ""
