"""Heads: the tensors on top of the layers that models share, which differ from task to task."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from arts.merging.checkpoints.checkpoint import Checkpoint, TensorEntry
from arts.merging.checkpoints.lora_adapter import LoraAdapter
from arts.merging.policies import HeadPolicy

_CLASSIFIER = re.compile(
    r"(.*\.)?(classifier|score|classification_head|qa_outputs|class_labels_classifier)\..+"
)
_OUTPUT_LAYER = re.compile(r"(.*\.)?(classifier|score|out_proj)\.weight")
_SETTINGS = ("id2label", "label2id", "architectures")  # of a head, in config.json
_OF_WEIGHTS = ("vocab_size", "dtype", "torch_dtype", "tie_word_embeddings")  # in config.json, of the base
_EXAMPLES = 3  # number of names that a sentence has


@dataclass
class Heads:
    """Collects the heads of models that differ from the base's, and settles which one the merged model has.

    What only the base has stays as it is. What a model has otherwise, or in addition, is settled by the
    policy of the user.

    Args:
        base: the base.
        policy: what to do when a model's head differs from the base's.
        copied: names of tensors that are as in the base.
        dropped: names of tensors that are left out.
        taken: the tensors that are those of the first model, keyed by name.
        problems: reasons why the models cannot be merged.
        remarks: sentences for the report.
    """

    base: Checkpoint
    policy: HeadPolicy
    copied: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    taken: dict[str, TensorEntry] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    _lacking: set[str] = field(default_factory=set)
    _other: list[tuple[Checkpoint, set[str]]] = field(default_factory=list)

    def add(self, model: Checkpoint, *, lacking: Iterable[str], other: Iterable[str]) -> None:
        """Note how the head of a model differs from the base's.

        Args:
            model: the model.
            lacking: names of tensors of heads that only the base has.
            other: names of those that the base has not, or in another shape.
        """
        self._lacking |= set(lacking)
        names = set(other) | self._renamed_labels(model)
        if names:
            self._other.append((model, names))

    def settle(self, first: Checkpoint) -> None:
        """Decide about all heads that differ, when all models have been added.

        Args:
            first: the first model, whose head `HeadPolicy.FIRST` takes.
        """
        if not self._other or self.policy is HeadPolicy.KEEP_BASE:
            self.copied |= self._lacking
        for model, names in self._other:
            if self.policy is HeadPolicy.ERROR:
                self.problems.append(self._problem(model, names))
            elif self.policy is HeadPolicy.KEEP_BASE:
                self.copied |= names & self.base.tensors.keys()
                self.remarks.append(f"{model.name}: its head differs; it is not merged: {listing(names)}")
            else:
                self.remarks.append(f"{model.name}: its head differs: {listing(names)}")
        if self._other and self.policy in (HeadPolicy.FIRST, HeadPolicy.DROP):
            self.dropped = self._lacking.union(*(names for _, names in self._other))
        if self._other and self.policy is HeadPolicy.DROP:
            self.remarks.append(f"left out: {listing(self.dropped)}")
        elif self._other and self.policy is HeadPolicy.FIRST:
            self._take(first)

    def config(self, first: Checkpoint) -> dict[str, Any]:
        """The config.json of the merged model, but for the types of its weights.

        Args:
            first: the first model.
        """
        base = self.base.config
        if not self.taken:
            return {key: value for key, value in base.items() if not (self.dropped and key in _SETTINGS)}
        if isinstance(first, LoraAdapter):
            return base | self._classifier_settings()
        return first.config | {key: base[key] for key in _OF_WEIGHTS if key in base}

    def _take(self, first: Checkpoint) -> None:
        """Take the head of the first model."""
        names = self.dropped & first.tensors.keys()
        self.taken = {name: replace(first.tensors[name], name=name) for name in names}
        self.dropped -= self.taken.keys()
        if isinstance(first, LoraAdapter) and (adapted := names & first.matrices.keys()):
            self.problems.append(
                f"{first.name}: has LoRA matrices for its head ({min(adapted)}), which --head first cannot "
                "take; merge the whole model that merge_and_unload() of peft makes of it"
            )
        elif self.taken:
            self.remarks.append(f"from {first.name}, as it is there: {listing(self.taken)}")
        else:
            self.problems.append(
                f"{first.name}: stores no head of its own, which --head first takes from the first model; "
                "put one that has a head first"
            )

    def _classifier_settings(self) -> dict[str, Any]:
        """What config.json is to say of a classifier whose head is an adapter's, which names no labels."""
        from transformers.models.auto.modeling_auto import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES

        layers = [entry for name, entry in self.taken.items() if _OUTPUT_LAYER.fullmatch(name)]
        if not layers:
            return {}
        labels = {str(number): f"LABEL_{number}" for number in range(layers[0].shape[0])}
        kind = MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES.get(str(self.base.config.get("model_type")))
        return {
            "architectures": [kind] if kind else None,
            "id2label": labels,
            "label2id": {label: int(number) for number, label in labels.items()},
        }

    def _renamed_labels(self, model: Checkpoint) -> set[str]:
        """The names of the base's classifier head, if a model has it for other labels."""
        if isinstance(model, LoraAdapter) or _label_names(self.base) == _label_names(model):
            return set()
        return {
            name for name in self.base.tensors.keys() & model.tensors.keys() if _CLASSIFIER.fullmatch(name)
        }

    def _problem(self, model: Checkpoint, names: set[str]) -> str:
        """The message about a head that differs, with the option that settles it."""
        options = "--head first (the head of the first model), keep-base or drop settles it"
        classifiers = {name for name in names if _CLASSIFIER.fullmatch(name)}
        if not classifiers:
            return f"{model.name}: another head ({listing(names)}); {options}"
        return (
            f"{model.name}: another classifier head ({min(classifiers)}; labels {_label_text(model)}, "
            f"the base's {_label_text(self.base)}); {options}"
        )


def is_classifier(name: str) -> bool:
    """Whether a tensor is of the head of a classifier, by its name."""
    return bool(_CLASSIFIER.fullmatch(name))


def listing(names: Iterable[str]) -> str:
    """The first three names, in order, and the number of others.

    Example:
        >>> listing(["d", "c", "b", "a"])
        'a, b, c and 1 more'
    """
    ordered = sorted(names)
    more = f" and {len(ordered) - _EXAMPLES} more" if len(ordered) > _EXAMPLES else ""
    return f"{', '.join(ordered[:_EXAMPLES])}{more}"


def _label_names(model: Checkpoint) -> Sequence[str]:
    """The names of a classifier's labels in the order of the classes; empty when it names none."""
    names = {} if isinstance(model, LoraAdapter) else model.config.get("id2label") or {}
    return [str(names[key]) for key in sorted(names, key=int)]


def _label_text(model: Checkpoint) -> str:
    return "/".join(_label_names(model)) or "unnamed"
