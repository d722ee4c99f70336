"""The schedule of an unlearning run: every batch in order, and the texts that the stop is decided on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import islice
from random import Random

from arts.data.errors import ArtsError
from arts.models.base import TokenFeatures
from arts.unlearning.settings import UnlearningSettings
from arts.unlearning.tokenization import Collate

MAX_PROBE_TEXTS = 64  # of each set, that the stop is decided on


@dataclass(frozen=True)
class UnlearningTexts:
    """The forget set and the retain set, tokenised.

    Args:
        forget: texts of the forget set.
        retain: texts of the retain set.
        collate: makes a padded batch of texts.
        classes: number of classes: of labels, or of tokens in the vocabulary.

    Raises:
        ArtsError: when a set has too few texts.
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
        """The texts of the forget set, or else those of the retain set."""
        return self.forget if forget else self.retain


@dataclass(frozen=True)
class ScheduledBatch:
    """A batch of a schedule.

    Args:
        forget: whether it is of the forget set; if not, it is of the retain set.
        indices: which texts of the set it has.
    """

    forget: bool
    indices: tuple[int, ...]


@dataclass(frozen=True)
class BatchSchedule:
    """All batches of a run in order, and the texts that the stop is decided on.

    Args:
        batches: the batches, those of the forget set each followed by those of the retain set.
        forget_probe: indices of texts of the forget set.
        retain_probe: indices of texts of the retain set, which are in no batch.
    """

    batches: list[ScheduledBatch]
    forget_probe: list[int]
    retain_probe: list[int]

    @classmethod
    def draw(cls, texts: UnlearningTexts, settings: UnlearningSettings) -> BatchSchedule:
        """Draw the schedule of a run; it is the same for the same seed."""
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
        """The indices of the texts of one set that are trained on, sorted."""
        return sorted({i for batch in self.batches if batch.forget is forget for i in batch.indices})


def _shuffled_forever(indices: Sequence[int], rng: Random) -> Iterator[int]:
    """Yield all indices in random order, again and again."""
    while True:
        yield from rng.sample(indices, len(indices))
