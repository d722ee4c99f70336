"""Going on with a training that was cut off, so that it ends like one without a break."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from transformers import Trainer, TrainerCallback, TrainerState, TrainingArguments
from transformers.trainer import TRAINER_STATE_NAME
from transformers.trainer_utils import get_last_checkpoint

from arts.data.support.seal import is_intact, seal

_SEAL = "checksums.json"  # in a checkpoint, the file that is written last


def train_or_resume(trainer: Trainer) -> None:
    """Train, from the last checkpoint on that is intact, so that the result is that of a run without a break.

    When the run that was cut off had taken its last step already, nothing is trained.

    Args:
        trainer: the trainer, whose output folder has the checkpoints.
    """
    checkpoint = last_checkpoint(Path(str(trainer.args.output_dir)))
    trainer.add_callback(_SealCallback())
    if checkpoint:
        state = TrainerState.load_from_json(str(Path(checkpoint, TRAINER_STATE_NAME)))
        if state.stateful_callbacks["TrainerControl"]["args"]["should_training_stop"]:
            trainer.state = state
            best = state.best_model_checkpoint if trainer.args.load_best_model_at_end else None
            trainer._load_from_checkpoint(best or checkpoint)
            return
    trainer.train(resume_from_checkpoint=checkpoint)


class _SealCallback(TrainerCallback):
    """Seals each checkpoint after it was written."""

    def on_save(self, args: TrainingArguments, state: TrainerState, control: Any, **_: Any) -> None:
        """Seal the checkpoint of this step."""
        folder = Path(str(args.output_dir), f"checkpoint-{state.global_step}")
        seal(folder / _SEAL, [path for path in folder.rglob("*") if path.is_file()])


def last_checkpoint(folder: Path) -> str | None:
    """The path of the newest checkpoint in a folder that is intact, or None; all others are deleted.

    A checkpoint that is damaged, or was not written to its end, is not intact, nor is one that refers to such
    a checkpoint as the best one.
    """
    checkpoints = list(folder.glob("checkpoint-*"))
    intact = {path.name for path in checkpoints if is_intact(path / _SEAL)}
    for path in checkpoints:
        if path.name in intact:
            best = TrainerState.load_from_json(str(path / TRAINER_STATE_NAME)).best_model_checkpoint
            if best is None or Path(best).name in intact:
                continue
        shutil.rmtree(path)
    return get_last_checkpoint(str(folder)) if folder.is_dir() else None
