"""Embeddings that are the input embeddings by another name in some models, and their own in others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from arts.merging.checkpoints.checkpoint import Checkpoint
from arts.merging.checkpoints.equality import are_equal
from arts.merging.checkpoints.lora_adapter import LoraAdapter

_OUTPUT_EMBEDDING = re.compile(
    r"(.*\.)?(lm_head|embed_out|lm_head\.decoder|generator_lm_head|predictions\.decoder|vocab_projector)\.weight"
)


@dataclass
class TiedEmbeddings:
    """Finds embeddings that only some models store, and decides whether they are merged on their own.

    Where all models tie them to the input embeddings, they are left out, as these are merged. Where the base
    ties them and a model has its own, all models are given their own: equal to the input embeddings at first.

    Args:
        base: the base, which gets the embeddings that are no longer tied.
        models: the models, which get them, too.
        dropped: names of embeddings that are left out, as they are the input embeddings.
        untied: names of embeddings that are tied in the base, and that the merged model has on its own.
        problems: reasons why the models cannot be merged.
        remarks: sentences for the report.
    """

    base: Checkpoint
    models: Sequence[Checkpoint]
    dropped: set[str] = field(default_factory=set)
    untied: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def find(self) -> None:
        """Look for such embeddings, and set `dropped` and `untied`."""
        for name in sorted(self._candidates()):
            source = self._source(name)
            own = [model for model in self.models if self._has_own(model, name, source)]
            if name in self.base.tensors and self._has_own(self.base, name, source):
                self._check_kept(name)
            elif not self._is_tied_in_base(name, source):
                continue
            elif not own:
                self.dropped.add(name)
            elif source is None or not _OUTPUT_EMBEDDING.fullmatch(name):
                self.problems.append(
                    f"{own[0].name}: {name} is its own, and others tie it to other embeddings"
                )
            else:
                self._untie(name, source, own)
        if self.dropped:
            names = ", ".join(sorted(self.dropped))
            self.remarks.append(f"{names}: tied to the input embeddings, and merged with them")

    def _candidates(self) -> set[str]:
        """Names of tied embeddings that some checkpoint does not store, or that an adapter changes."""
        whole = [c for c in (self.base, *self.models) if not isinstance(c, LoraAdapter)]
        stored = [checkpoint.tensors.keys() for checkpoint in whole]
        changed = {
            name
            for model in self.models
            if isinstance(model, LoraAdapter)
            for name in model.target_shapes
            if name not in self.base.tensors or _OUTPUT_EMBEDDING.fullmatch(name)
        }
        partial = {name for names in stored for name in names if not all(name in other for other in stored)}
        return {
            name
            for name in partial | changed
            if _OUTPUT_EMBEDDING.fullmatch(name)
            or self.base.architecture.canonical(name) in self.base.architecture.tied
        }

    @cached_property
    def _base_names(self) -> dict[str, str]:
        """The names of the base's tensors, keyed by their canonical names."""
        return {self.base.architecture.canonical(name): name for name in self.base.tensors}

    def _source(self, name: str) -> str | None:
        """The name in the base of the embeddings that others are tied to; None when it is not known."""
        architecture = self.base.architecture
        if _OUTPUT_EMBEDDING.fullmatch(name):
            return self._base_names.get(architecture.input_embedding or "")
        return self._base_names.get(architecture.tied[architecture.canonical(name)])

    def _has_own(self, model: Checkpoint, name: str, source: str | None) -> bool:
        """Whether a model stores or changes embeddings otherwise than those that they can be tied to."""
        if isinstance(model, LoraAdapter):
            return self._changes_own(model, name, source)
        if name not in model.tensors:
            return False
        if source is None or source not in model.tensors:
            return not model.architecture.ties_output
        return not are_equal((model, model.tensors[name]), (model, model.tensors[source]))

    def _changes_own(self, adapter: LoraAdapter, name: str, source: str | None) -> bool:
        """Whether an adapter changes embeddings otherwise than those that they can be tied to."""
        if name not in adapter.target_shapes:
            return False
        if source is None or name in adapter.matrices or source in adapter.matrices:
            return True
        other = adapter if source in adapter.tensors else self.base
        return not are_equal((adapter, adapter.tensors[name]), (other, other.tensors[source]))

    def _is_tied_in_base(self, name: str, source: str | None) -> bool:
        """Whether embeddings that are not the base's own are others of the base."""
        if name in self.base.tensors or not _OUTPUT_EMBEDDING.fullmatch(name):
            return True
        return self.base.architecture.ties_output and (
            source is not None or self.base.architecture.is_unknown
        )

    def _check_kept(self, name: str) -> None:
        """Add a problem if the base has its own embeddings, and a model of the same kind ties them."""
        for model in self.models:
            if isinstance(model, LoraAdapter) or name in model.tensors:
                continue
            same_kind = model.config.get("architectures") == self.base.config.get("architectures")
            if same_kind and model.architecture.ties_output:
                self.problems.append(
                    f"{model.name}: ties its output embeddings to the input embeddings, and the base "
                    f"has its own ({name})"
                )

    def _untie(self, name: str, source: str, own: Sequence[Checkpoint]) -> None:
        """Give output embeddings of their own to the base and to all models that tie them."""
        for checkpoint in (self.base, *self.models):
            if checkpoint in own or name in checkpoint.tensors:
                continue
            if isinstance(checkpoint, LoraAdapter):
                checkpoint.add_alias(name, source)
            else:
                checkpoint.tensors[name] = replace(checkpoint.tensors[source], name=name)
        self.untied.add(name)
        owners = ", ".join(model.name for model in own)
        self.remarks.append(
            f"{name}: tied to {source} in the base, and not in {owners}; the merged model has it on its "
            'own, and "tie_word_embeddings": false'
        )
