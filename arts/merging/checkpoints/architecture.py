"""The names of a model's tensors as transformers knows them, for all that it knows, without any weights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from transformers.core_model_loading import WeightConverter

_WRAPPERS = re.compile(
    r"(^|\.)(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.|^(module|base_model\.model)\."
)
_POOLER = "pooler"  # the module on top of an encoder that only some of its classifiers have
_HEAD = re.compile(
    r"(.*\.)?(classifier|score|classification_head|qa_outputs|class_labels_classifier|pooler|lm_head|embed_out)"
    r"\..+|cls\..+"
)
_UNUSED = re.compile(r"(.*\.)?(position_ids|token_type_ids|inv_freq|attn\.(masked_)?bias)")


class TensorRole(Enum):
    """What a tensor is to a model.

    BODY is a part of its layers, HEAD one of what is on top of them and depends on the task, and UNUSED a
    buffer that transformers does not read, such as the positions that its older versions stored.
    """

    BODY = auto()
    HEAD = auto()
    UNUSED = auto()


class Architecture:
    """The body of a model of transformers, made without weights, and the names that its tensors can have.

    Of a model that transformers does not know, or whose code is in its own folder, heads and unused buffers
    are told by common names alone, and no names are mapped.

    Args:
        config: content of the model's config.json.
        source: path of this file, for messages.

    Raises:
        ArtsError: on first use, when transformers cannot make a model by this configuration.
    """

    def __init__(self, config: Mapping[str, Any], source: Path) -> None:
        self._config = dict(config)
        self._source = source

    @property
    def is_unknown(self) -> bool:
        """Whether transformers does not know the kind of model."""
        return self._body is None

    def canonical(self, name: str) -> str:
        """The name that a tensor has in the body as transformers makes it, or has under another head.

        The prefix of the body is left out (``bert.``), and names of older versions (``LayerNorm.gamma``) are
        those of today. The weights of experts that are stored apart keep names of their own.

        Args:
            name: name of a tensor in a checkpoint.
        """
        name = unwrapped(name)
        if self._body is None:
            return name
        renamed = self._renamed(name)
        candidates = [name, self._without_prefix(name), renamed, self._without_prefix(renamed)]
        for candidate in candidates:
            if self._has(candidate):
                return candidate
        return candidates[-1] if self._is_inside(candidates[-1]) else renamed

    def role(self, name: str) -> TensorRole:
        """What a tensor is to the model; a pooler counts as a head.

        Args:
            name: name of a tensor in a checkpoint.
        """
        canonical = self.canonical(name)
        if self._has(canonical) and canonical.partition(".")[0] != _POOLER:
            return TensorRole.BODY
        if _UNUSED.fullmatch(canonical) or any(re.search(rule, canonical) for rule in self._unread):
            return TensorRole.UNUSED
        if self._body is None:
            return TensorRole.HEAD if _HEAD.fullmatch(canonical) else TensorRole.BODY
        is_inside = self._is_inside(canonical) and canonical.partition(".")[0] != _POOLER
        return TensorRole.BODY if is_inside else TensorRole.HEAD

    def parts(self, name: str, count: int) -> list[str]:
        """The canonical names of the weights of experts that one tensor holds, in their order in it.

        Args:
            name: canonical name of a tensor.
            count: length of its first dimension, which is the number of experts.

        Returns:
            The names; empty when the tensor holds one weight only, or its parts are not one after another.
        """
        for converter in self._converters:
            target = converter.target_patterns[0]
            if _stacks(converter) and name.endswith(target):
                stem = name.removesuffix(target)
                sources = [pattern.replace("\\", "") for pattern in converter.source_patterns]
                return [
                    stem + source.replace("*", str(expert)) for expert in range(count) for source in sources
                ]
        return []

    @cached_property
    def tied(self) -> dict[str, str]:
        """For each tensor of the body that is another one by another name, the other; by canonical names."""
        return dict(getattr(self._body, "all_tied_weights_keys", None) or {}) if self._body else {}

    @cached_property
    def input_embedding(self) -> str | None:
        """Canonical name of the input embeddings; None when it is not known."""
        if self._body is None:
            return None
        embedding = self._body.get_input_embeddings()
        names = [name for name, module in self._body.named_modules() if module is embedding]
        return f"{names[0]}.weight" if names else None

    @cached_property
    def ties_output(self) -> bool:
        """Whether the output embeddings are the input embeddings, as the configuration says."""
        known = self._body.config if self._body else None
        default = getattr(known, "tie_word_embeddings", True)
        return self._config.get("tie_word_embeddings", default) is not False

    @cached_property
    def _body(self) -> PreTrainedModel | None:
        """The body without weights; None when transformers does not know it."""
        import torch
        from transformers import CONFIG_MAPPING, AutoModel

        from arts.models.encoders import as_loading_error

        kind = self._config.get("model_type")
        if not isinstance(kind, str) or kind not in CONFIG_MAPPING or "auto_map" in self._config:
            return None
        models: Any = AutoModel  # whose methods have no types
        config_class = CONFIG_MAPPING[kind]
        if config_class not in models._model_mapping:
            return None
        with as_loading_error(f"the architecture by {self._source}"), _as_value_error(), torch.device("meta"):
            body: PreTrainedModel = models.from_config(config_class.from_dict(self._config))
        return body

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self._body.state_dict()) if self._body else frozenset()

    @property
    def _unread(self) -> Iterable[str]:
        """Patterns of names of tensors that transformers passes over in files of such a model."""
        return getattr(self._body, "_keys_to_ignore_on_load_unexpected", None) or ()

    @cached_property
    def _modules(self) -> frozenset[str]:
        """The first parts of the names of the body's tensors."""
        return frozenset(name.partition(".")[0] for name in self._names)

    @cached_property
    def _transforms(self) -> Sequence[Any]:
        from transformers.conversion_mapping import get_model_conversion_mapping

        return get_model_conversion_mapping(self._body) if self._body else ()

    @cached_property
    def _converters(self) -> list[WeightConverter]:
        return [transform for transform in self._transforms if hasattr(transform, "operations")]

    def _renamed(self, name: str) -> str:
        """The name that transformers gives to a tensor when it loads it, but for tensors that it joins."""
        for transform in self._transforms:
            if not hasattr(transform, "operations"):
                name, _ = transform.rename_source_key(name)
        return name

    def _without_prefix(self, name: str) -> str:
        prefix = self._body.base_model_prefix if self._body else ""
        return name.removeprefix(f"{prefix}.") if prefix else name

    def _has(self, name: str) -> bool:
        """Whether the body has a tensor of a canonical name, or one that it is a part of."""
        return name in self._names or any(whole in self._names for whole in self._wholes(name))

    def _wholes(self, name: str) -> Iterator[str]:
        for converter in self._converters:
            whole, pattern = converter.rename_source_key(name)
            if pattern is not None:
                yield whole

    def _is_inside(self, name: str) -> bool:
        return name.partition(".")[0] in self._modules


def unwrapped(name: str) -> str:
    """The name of a tensor without the modules that a model is put into to be trained or compiled.

    Example:
        >>> unwrapped("module.bert.encoder._orig_mod.layer.0.attention.output.dense.weight")
        'bert.encoder.layer.0.attention.output.dense.weight'
    """
    return _WRAPPERS.sub(r"\1", name)


@contextmanager
def _as_value_error() -> Iterator[None]:
    """Raise a ValueError for what else models of transformers raise when a configuration has wrong values."""
    from huggingface_hub.errors import StrictDataclassError

    try:
        yield
    except (ArithmeticError, AttributeError, ImportError, LookupError, StrictDataclassError) as error:
        raise ValueError(str(error)) from error


def _stacks(converter: WeightConverter) -> bool:
    """Whether a conversion only puts matrices one after another: those of an expert, expert by expert."""
    kinds = [
        (type(operation).__name__, getattr(operation, "dim", None)) for operation in converter.operations
    ]
    expected = [("MergeModulelist", 0), ("Concatenate", 1)][: min(len(converter.source_patterns), 2)]
    return len(converter.target_patterns) == 1 and kinds == expected
