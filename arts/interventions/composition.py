"""Several interventions in one training, from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar

from arts.data.errors import ArtsError
from arts.interventions.base import Intervention, Stage, VariantSettings
from arts.interventions.contribution import Contribution, plain_plan, train_best
from arts.models.record_names import OUTCOME

if TYPE_CHECKING:
    from arts.data.corpus import Corpus
    from arts.models.recipe import TrainingRequest
    from arts.models.trained_models import TrainedModel


@dataclass(frozen=True)
class Composition(Intervention):
    """Several interventions as one: what is first makes the weights, what is last takes the trained model.

    Those between contribute to one training: data, a loss, or a change of the network.

    Args:
        parts: the interventions, in order. One that takes a trained model has those before it as its
            training, as `compose` sees to.

    Raises:
        ArtsError: when two of them cannot follow each other; the message names both.
    """

    PARTS: ClassVar[str] = "parts"  # key of the list of settings

    parts: tuple[Intervention, ...]

    def __post_init__(self) -> None:
        for first, second in combinations(self.parts, 2):
            _check_pair(first, second)

    @property
    def name(self) -> str:  # type: ignore[override]
        """The names of the parts, as "consistency + position"."""
        return " + ".join(part.name for part in self.parts)

    @property
    def variants(self) -> VariantSettings | None:
        """The adversarial training whose variants the model learns from last; None where there is none."""
        return next((part.variants for part in reversed(self.parts) if part.variants), None)

    @property
    def seen_templates(self) -> tuple[str, ...]:
        """The names of the ADDDIFF templates that any of the parts trains with."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.seen_templates))

    @property
    def holdout(self) -> tuple[str, ...]:
        """The names of the ADDDIFF templates that are held out of all parts."""
        held = dict.fromkeys(name for part in self.parts for name in part.holdout)
        return tuple(name for name in held if name not in self.seen_templates)

    def settings(self) -> dict[str, Any]:
        """The names and settings of the parts, in order, as a list under ``parts``.

        If the last part takes a trained model, the training before it is also under ``taught``, as a dict.
        """
        parts = [{"name": part.name, **part.settings()} for part in self.parts]
        taught = parts[-1].pop("taught", None)
        return {self.PARTS: parts, **({"taught": taught} if taught else {})}

    def check_model(self, name: str) -> None:
        """Refuse a model that one of the parts is not defined for."""
        for part in self.parts:
            part.check_model(name)

    def train(self, request: TrainingRequest, corpus: Corpus) -> TrainedModel:
        """Train a model with all parts, or load it from the cache.

        Raises:
            ArtsError: when the model cannot be trained with one of them.
        """
        self.check_model(request.model)
        if self.parts[-1].stage is Stage.AFTER:
            return self.parts[-1].train(request, corpus)
        plan, initial = plain_plan(corpus), None
        if self.parts[0].stage is Stage.BEFORE:
            initial = self.parts[0].train(request, corpus)
            plan = replace(plan, initial=initial.model, initial_key=initial.key)
        plans = [plan]
        for part in self.parts:
            if isinstance(part, Contribution):
                plans = [extended for plan in plans for extended in part.plans(plan, corpus)]
        trained = train_best(request, plans)
        return _with_outcome_of(initial, trained) if initial else trained

    def command_options(self) -> list[str]:
        """The options of all parts, each once: parts share the options that both know.

        What is last takes its options from those before it, which it continues from.
        """
        groups: dict[tuple[str, ...], None] = {}
        for part in self.parts:
            options = [] if part.stage is Stage.AFTER else part.command_options()
            starts = [n for n, word in enumerate(options) if word.startswith("--")]
            ends = [*starts, len(options)][1:]
            groups |= {tuple(options[a:b]): None for a, b in zip(starts, ends, strict=True)}
        return [word for group in groups for word in group]

    def arguments(self) -> list[str]:
        """The arguments of `arts evaluate` that ask for it: --intervention for each part, and all options."""
        names = [word for part in self.parts for word in ("--intervention", part.name)]
        return [*names, *self.command_options()]


def compose(parts: Sequence[Intervention]) -> Intervention:
    """Compose interventions from left to right; one alone is itself.

    Raises:
        ArtsError: when two of them cannot follow each other; the message names both.
    """
    if len(parts) == 1:
        return parts[0]
    *before, last = Composition(tuple(parts)).parts
    if last.stage is Stage.AFTER:
        last = last.following(compose(before))
    return Composition((*before, last))


def _check_pair(first: Intervention, second: Intervention) -> None:
    """Refuse that one intervention comes anywhere after another.

    Raises:
        ArtsError: when that makes no sense.
    """
    pair = f"--intervention {first.name} --intervention {second.name}"
    if first.name == second.name:
        raise ArtsError(f"{pair}: expected each intervention once")
    for part in (first, second):
        if part.stage is None:
            raise ArtsError(f"{pair}: {part.name} cannot be composed with others")
    if first.stage is Stage.AFTER:
        raise ArtsError(f"{pair}: {first.name} takes the trained model, so nothing follows it; put it last")
    if second.stage is Stage.BEFORE:
        raise ArtsError(f"{pair}: {second.name} makes the weights that training starts from; put it first")
    both_during = first.stage is second.stage is Stage.DURING
    if both_during and first.variants and second.variants:
        raise ArtsError(f"{pair}: both train on variants, and consistency does so by itself; leave one out")


def _with_outcome_of(initial: TrainedModel, trained: TrainedModel) -> TrainedModel:
    """A trained model whose record has the outcome and the time of the one that it started from, too."""
    record = {
        **trained.record,
        "train_seconds": round(initial.record["train_seconds"] + trained.record["train_seconds"], 1),
        OUTCOME: {**initial.record.get(OUTCOME, {}), **trained.record.get(OUTCOME, {})},
    }
    return replace(trained, record=record)
