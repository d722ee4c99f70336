"""What a training run is given: starting point, hyperparameters (`Recipe`), and which model to train."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arts.data.schema import Instance
from arts.models.encoders import DEFAULT_ENCODER

TrainingProgress = Callable[[int, int, str], None]  # called with steps done, all steps, a status text
DataObserver = Callable[[Sequence[Instance], Sequence[Instance]], None]  # called with train and dev


@dataclass(frozen=True)
class Start:
    """The pretrained weights and the extra text that training starts from.

    Args:
        encoder: folder or Hub id of the pretrained encoder.
        embeddings: file of word vectors in GloVe's text format, for the models that read words. Default:
            the vector of a word is the mean of the encoder's input embeddings of its tokens.
        corpus: text file of the domain, one passage per line, on which `bert-pt` is post-trained.
            Default: the training sentences.
        post_trained: whether the encoder has already been post-trained; `bert-pt` then skips that step.
        switches: settings of the model's configuration that an intervention changes, keyed by name, such as
            ``position``; the others have their defaults.
    """

    encoder: str = DEFAULT_ENCODER
    embeddings: Path | None = None
    corpus: Path | None = None
    post_trained: bool = False
    switches: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Recipe:
    """The hyperparameters of training; the defaults are for fine-tuning an encoder.

    Args:
        learning_rate: peak learning rate; it decays linearly to 0.
        head_learning_rate: peak learning rate of the layers on top of a pretrained encoder. None:
            `learning_rate`.
        epochs: number of passes over the training split, unless `min_steps` or `max_steps` changes it.
        batch_size: number of instances per batch; there is one optimizer step per batch.
        patience: number of successive epochs without a better macro-F1 on the dev split after which
            training stops; the weights of the best epoch are kept. None: all epochs are trained, and the
            weights of the last one are kept.
        min_steps: least number of optimizer steps; a small corpus gets more epochs to reach it.
        max_steps: number of optimizer steps after which no further epoch begins.
        warmup_ratio: fraction of the steps, from the first, over which the learning rate rises from 0.
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
        """The number of epochs for a training set with the given number of instances.

        It is `epochs`, but at least the fewest epochs that make `min_steps` steps, and at most the fewest
        that make `max_steps` steps.

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
        progress: called after each optimizer step with the steps done, the number of all steps, and a
            status text such as the last scores on the dev split.
        observe_data: called with the instances of each training run, those that are trained on and those of
            dev, before it begins or is taken from the cache.
    """

    model: str
    seed: int = 1
    start: Start = field(default_factory=Start)
    progress: TrainingProgress | None = field(default=None, compare=False)
    observe_data: DataObserver | None = field(default=None, compare=False)
