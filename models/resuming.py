"""Going on with a training that was cut off, so that it ends like one without a break."""

from __future__ import annotations

import shutil
from pathlib import Path

from transformers import Trainer, TrainerState
from transformers.trainer import TRAINER_STATE_NAME
from transformers.trainer_utils import get_last_checkpoint


def train_or_resume(trainer: Trainer) -> None:
    """Train, from the last complete checkpoint on, so that the result is that of a run without a break.

    When the run that was cut off had taken its last step already, nothing is trained.

    Args:
        trainer: the trainer, whose output folder has the checkpoints.
    """
    checkpoint = last_checkpoint(Path(str(trainer.args.output_dir)))
    if checkpoint:
        state = TrainerState.load_from_json(str(Path(checkpoint, TRAINER_STATE_NAME)))
        if state.stateful_callbacks["TrainerControl"]["args"]["should_training_stop"]:
            trainer.state = state
            best = state.best_model_checkpoint if trainer.args.load_best_model_at_end else None
            trainer._load_from_checkpoint(best or checkpoint)
            return
    trainer.train(resume_from_checkpoint=checkpoint)


def last_checkpoint(folder: Path) -> str | None:
    """The path of the newest complete checkpoint in a folder, or None; incomplete checkpoints are deleted."""
    for path in folder.glob("checkpoint-*"):
        try:
            TrainerState.load_from_json(str(path / TRAINER_STATE_NAME))  # the file that is written last
        except (OSError, ValueError, TypeError):
            shutil.rmtree(path)
    return get_last_checkpoint(str(folder)) if folder.is_dir() else None
