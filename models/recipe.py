"""The inputs of training: the starting point, the recipe, and the request for one model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from arts.models.encoders import DEFAULT_ENCODER

TrainingProgress = Callable[[int, int, str], None]  # called with steps done, steps in all, and a remark


@dataclass(frozen=True)
class Start:
    """The pretrained starting point of training.

    Args:
        encoder: folder or Hub id of the pretrained encoder.
        embeddings: file of word vectors in GloVe's text format, for the models over words. Default: the
            means of the encoder's token vectors.
        corpus: in-domain text file, a passage a line, that `bert-pt` is post-trained on.
            Default: the training sentences.
        post_trained: whether the encoder is post-trained already, so that `bert-pt` does not do it again.
    """

    encoder: str = DEFAULT_ENCODER
    embeddings: Path | None = None
    corpus: Path | None = None
    post_trained: bool = False


@dataclass(frozen=True)
class Recipe:
    """The hyperparameters of training; the defaults are for fine-tuning an encoder.

    Args:
        learning_rate: peak learning rate; it decays linearly to 0.
        head_learning_rate: peak learning rate of the layers on top of a pretrained encoder. None: the same.
        epochs: passes over the training split, as long as `min_steps` and `max_steps` allow it.
        batch_size: instances a batch; there is one optimizer step a batch.
        patience: number of epochs without a better macro-F1 on dev after which training stops; the best
            epoch is kept. None: all epochs are trained, and the last one is kept.
        min_steps: fewest optimizer steps; a small corpus gets more epochs to reach it.
        max_steps: number of optimizer steps after which no further epoch begins.
        warmup_ratio: fraction of the steps over which the learning rate rises.
        weight_decay: weight decay of AdamW.
    """

    learning_rate: float = 1e-4
    head_learning_rate: float | None = 1e-3
    epochs: int = 4
    batch_size: int = 16
    patience: int | None = None
    min_steps: int = 150
    max_steps: int = 750
    warmup_ratio: float = 0.1
    weight_decay: float = 0.01

    def epochs_for(self, instances: int) -> int:
        """The number of epochs for a training set with this number of instances.

        Example:
            >>> recipe = Recipe(epochs=4, batch_size=16, min_steps=150, max_steps=800)
            >>> recipe.epochs_for(2163), recipe.epochs_for(160), recipe.epochs_for(6000)
            (4, 15, 3)
        """
        steps = -(-instances // self.batch_size)
        fewest, most = (-(-bound // steps) for bound in (self.min_steps, self.max_steps))
        return min(max(self.epochs, fewest), most)


@dataclass(frozen=True)
class TrainingRequest:
    """A request to train one model.

    Args:
        model: name of the model in the registry.
        seed: random seed of initialisation, dropout and batch order.
        start: the pretrained starting point.
        progress: called after each optimizer step.
    """

    model: str
    seed: int = 1
    start: Start = field(default_factory=Start)
    progress: TrainingProgress | None = field(default=None, compare=False)
