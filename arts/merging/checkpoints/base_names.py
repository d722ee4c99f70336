"""Matching the names of a model's tensors with those of its base: one tensor can be stored by many names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from arts.merging.checkpoints.architecture import unwrapped
from arts.merging.checkpoints.checkpoint import Checkpoint, TensorEntry
from arts.merging.checkpoints.joined_entry import JoinedEntry


def names_in_base(names: Iterable[str], base: Checkpoint) -> dict[str, str]:
    """The names in the base of tensors that it has by other names.

    Args:
        names: names of the tensors of a model, or of those that an adapter changes.
        base: the checkpoint that the model was fine-tuned from.

    Returns:
        The names in the base, keyed by those of the model that differ. What the base has not at all is left
        out, unless it can be named more plainly.
    """
    given = set(names)
    if not (unknown := given - base.tensors.keys()):
        return {}
    free = {base.architecture.canonical(name): name for name in base.tensors.keys() - given}
    matches: dict[str, str] = {}
    for name in sorted(unknown):
        counterpart = free.pop(base.architecture.canonical(name), unwrapped(name))
        if counterpart != name and counterpart not in given:
            matches[name] = counterpart
    return matches


def rename_as_in_base(model: Checkpoint, base: Checkpoint) -> None:
    """Give the tensors of a model the names that they have in the base, and note it in `model.renamed`.

    Experts whose weights are one tensor in one of the two checkpoints, and a tensor each in the other, are
    read as the base has them.
    """
    if model.config.get("model_type") != base.config.get("model_type"):
        return
    model.renamed = names_in_base(model.tensors, base)
    model.tensors = {model.renamed.get(name, name): entry for name, entry in model.tensors.items()}
    if model.tensors.keys() - base.tensors.keys() and base.tensors.keys() - model.tensors.keys():
        _Experts(model, base).match()


@dataclass(frozen=True)
class _Experts:
    """The experts of a model and its base, of which one stores many weights as one tensor."""

    model: Checkpoint
    base: Checkpoint

    def match(self) -> None:
        """Replace the model's tensors by parts of them, or by what they are parts of."""
        base, model = self.base.tensors, self.model.tensors
        lacking, extra = base.keys() - model.keys(), model.keys() - base.keys()
        by_canonical = {self.base.architecture.canonical(name): name for name in lacking | extra}
        for name in sorted(lacking | extra):
            entry = base[name] if name in lacking else model[name]
            parts = [by_canonical.get(part, "") for part in self._parts(name, entry)]
            if parts and name in lacking and extra.issuperset(parts):
                self._join(name, parts)
            elif parts and name in extra and lacking.issuperset(parts):
                self._split(name, parts)

    def _parts(self, name: str, entry: TensorEntry) -> list[str]:
        architecture = self.base.architecture
        return architecture.parts(architecture.canonical(name), entry.shape[0]) if entry.shape else []

    def _join(self, name: str, parts: list[str]) -> None:
        """Make one tensor of the model's out of several, as it is in the base."""
        whole = self.base.tensors[name]
        entries = tuple(self.model.tensors[part] for part in parts)
        if len({entry.dtype for entry in entries}) > 1 or not _fit(whole, entries):
            return
        for part in parts:
            del self.model.tensors[part]
            self.model.renamed[part] = name
        self.model.tensors[name] = JoinedEntry.of(entries, name=name, shape=whole.shape)

    def _split(self, name: str, parts: list[str]) -> None:
        """Make several tensors of the model's out of one, as they are in the base."""
        whole = self.model.tensors[name]
        entries = [self.base.tensors[part] for part in parts]
        if not _fit(whole, entries):
            return
        del self.model.tensors[name]
        self.model.renamed[name] = f"{parts[0]} to {parts[-1]}"
        offset = whole.offset
        for part, entry in zip(parts, entries, strict=True):
            self.model.tensors[part] = replace(whole, name=part, shape=entry.shape, offset=offset)
            offset += self.model.tensors[part].nbytes


def _fit(whole: TensorEntry, parts: Sequence[TensorEntry]) -> bool:
    """Whether matrices of one shape make up a whole, one after another."""
    rows = sum(part.shape[0] for part in parts if len(part.shape) == 2)
    columns = {part.shape[1:] for part in parts}
    return (
        len({part.shape for part in parts}) == 1
        and columns == {whole.shape[2:]}
        and rows == whole.shape[0] * whole.shape[1]
    )
