"""What a run of unlearning is made of: its settings, its texts, and every batch in order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from arts.data.errors import ArtsError
from arts.models.base import Features
from arts.unlearning.objectives import Weights, find_objective
from arts.unlearning.texts import Collate

PROBED = 64  # texts of each kind, at most, that the stop is decided on


@dataclass(frozen=True)
class Settings:
    """How to unlearn.

    Args:
        objective: one of `OBJECTIVES`.
        weights: of its terms; by default its own.
        rate: of learning, at first; it falls linearly to 0.
        batch_size: texts a batch.
        ratio: batches of what is kept for each of what is forgotten.
        accumulate: batches of what is forgotten for each update, each with its batches of what is kept.
        steps: updates at most; by default, one pass over what is to be forgotten.
        every: updates between two looks at the stop.
        until: the lower-bounded forgetting loss, in nats, at which to stop; by default at no value.
        tolerance: nats by which the loss on what is kept may rise; beyond it, the last state within is kept.
        seed: of order and dropout.

    Raises:
        ArtsError: for a value out of range.
        UnknownNameError: for an objective that does not exist.
    """

    objective: str = "lower-bounded"
    weights: Weights | None = None
    rate: float = 5e-5
    batch_size: int = 4
    ratio: int = 1
    accumulate: int = 1
    steps: int | None = None
    every: int = 20
    until: float | None = None
    tolerance: float = 0.1
    seed: int = 1

    def __post_init__(self) -> None:
        find_objective(self.objective)
        for name in ("batch_size", "ratio", "accumulate", "steps", "every"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ArtsError(f"{name.replace('_', ' ')} {value}; expected 1 or more")
        if self.rate <= 0 or self.tolerance < 0:
            raise ArtsError(f"rate {self.rate}, tolerance {self.tolerance}; expected over 0, and 0 or more")

    @property
    def resolved(self) -> Weights:
        """The weights, given or the objective's own."""
        return self.weights or find_objective(self.objective).weights

    def steps_for(self, texts: int) -> int:
        """The updates at most, with so many texts to forget."""
        return self.steps or math.ceil(texts / (self.batch_size * self.accumulate))


@dataclass(frozen=True)
class Material:
    """What is to be forgotten and kept, tokenised, with what makes a batch of it.

    Raises:
        ArtsError: when there is too little of it.
    """

    forget: Sequence[Features]
    retain: Sequence[Features]
    collate: Collate
    classes: int

    def __post_init__(self) -> None:
        if not self.forget:
            raise ArtsError("there is nothing to forget")
        if len(self.retain) < 2:
            raise ArtsError(f"{len(self.retain)} texts to retain; expected 2 or more, one of which is probed")


@dataclass(frozen=True)
class Batch:
    """A batch to come: texts by their places."""

    forgets: bool
    texts: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """Every batch of a run, in order, and what is set apart to decide the stop on."""

    batches: list[Batch]
    forget_probe: list[int]
    retain_probe: list[int]

    @classmethod
    def of(cls, material: Material, settings: Settings) -> Plan:
        """The plan for a seed; what is probed of the texts to retain is never trained on."""
        rng = Random(settings.seed)
        forget, retain = (
            rng.sample(range(len(side)), len(side)) for side in (material.forget, material.retain)
        )
        apart = min(PROBED, max(len(retain) // 5, 1))
        drawn = _endless(forget, rng), _endless(retain[apart:], rng)
        weights = settings.resolved
        ratio = settings.ratio if weights.replay or weights.mitigation else 0
        batches = []
        for _ in range(settings.steps_for(len(forget)) * settings.accumulate):
            for side in (0, *[1] * ratio):
                batches.append(Batch(side == 0, tuple(islice(drawn[side], settings.batch_size))))
        return cls(batches, forget[:PROBED], retain[:apart])

    def texts(self, *, forgets: bool) -> list[int]:
        """The texts of one kind that are trained on, sorted."""
        return sorted({text for batch in self.batches if batch.forgets is forgets for text in batch.texts})


def _endless(places: Sequence[int], rng: Random) -> Iterator[int]:
    while True:
        yield from rng.sample(places, len(places))
