"""The schedule of an unlearning run: all batches in their order, and the texts for the stopping criteria."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import islice
from random import Random

from arts.data.errors import ArtsError
from arts.models.base import TokenFeatures
from arts.unlearning.settings import UnlearningSettings
from arts.unlearning.tokenization import Collate

MAX_PROBE_TEXTS = 64  # texts of each set on which the stopping criteria are checked


@dataclass(frozen=True)
class UnlearningTexts:
    """The forget set and the retain set, tokenised.

    Args:
        forget: texts of the forget set.
        retain: texts of the retain set.
        collate: function that makes a padded batch of texts.
        classes: number of classes of a prediction: the size of the vocabulary, or the number of a
            classifier's labels.

    Raises:
        ArtsError: when the forget set is empty, or the retain set has fewer than two texts.
    """

    forget: Sequence[TokenFeatures]
    retain: Sequence[TokenFeatures]
    _: KW_ONLY
    collate: Collate
    classes: int

    def __post_init__(self) -> None:
        if not self.forget:
            raise ArtsError("there is nothing to forget")
        if len(self.retain) < 2:
            raise ArtsError(f"{len(self.retain)} texts to retain; expected 2 or more, one of which is probed")

    def texts(self, *, forget: bool) -> Sequence[TokenFeatures]:
        """The texts of the forget set when `forget` is true, else those of the retain set."""
        return self.forget if forget else self.retain


@dataclass(frozen=True)
class ScheduledBatch:
    """A batch of a schedule.

    Args:
        forget: whether its texts belong to the forget set; if not, they belong to the retain set.
        indices: indices of its texts in the set.
    """

    forget: bool
    indices: tuple[int, ...]


@dataclass(frozen=True)
class BatchSchedule:
    """All batches of a run in their order, and the texts on which the stopping criteria are checked.

    Args:
        batches: the batches. Each batch of the forget set is followed by `retain_ratio` batches of the retain
            set (a setting), or by none if the weights of replay and bias mitigation are both 0.
        forget_probe: indices of the texts of the forget set for the stopping criteria; they may be trained
            on, too.
        retain_probe: indices of the texts of the retain set for the stopping criteria; no batch has them.
    """

    batches: list[ScheduledBatch]
    forget_probe: list[int]
    retain_probe: list[int]

    @classmethod
    def draw(cls, texts: UnlearningTexts, settings: UnlearningSettings) -> BatchSchedule:
        """Draw the schedule of a run at random; the same seed gives the same schedule.

        Args:
            texts: the forget set and the retain set.
            settings: the settings of training, with the seed.
        """
        rng = Random(settings.seed)
        forget, retain = (rng.sample(range(len(side)), len(side)) for side in (texts.forget, texts.retain))
        probed = min(MAX_PROBE_TEXTS, max(len(retain) // 5, 1))
        draws = _shuffled_forever(retain[probed:], rng), _shuffled_forever(forget, rng)
        weights = settings.loss_weights
        ratio = settings.retain_ratio if weights.replay or weights.mitigation else 0
        batches = []
        for _ in range(settings.max_steps(len(forget)) * settings.gradient_accumulation_steps):
            for of_forget in (True, *[False] * ratio):
                indices = tuple(islice(draws[of_forget], settings.batch_size))
                batches.append(ScheduledBatch(of_forget, indices))
        return cls(batches, forget[:MAX_PROBE_TEXTS], retain[:probed])

    def trained_texts(self, *, forget: bool) -> list[int]:
        """The sorted indices of the texts that are trained on, in the forget set or in the retain set."""
        return sorted({i for batch in self.batches if batch.forget is forget for i in batch.indices})


def _shuffled_forever(indices: Sequence[int], rng: Random) -> Iterator[int]:
    """Yield all indices in random order, then all of them in another order, without end."""
    while True:
        yield from rng.sample(indices, len(indices))
