"""How likely a causal language model finds continuations; what several share is computed once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arts.models.language_models.token_tree import TokenTree, merge_sequences, shared_length

logger = logging.getLogger(__name__)

CPU_TOKENS, ACCELERATOR_TOKENS = 256, 2048  # usual nodes of a tree
TOLERANCE = 1e-3  # nats, by which the likelihoods of `_PROBE` may differ
_PROBE = ((0, 1, 0, 1, 1), (0, 1, 0, 0, 1, 0), (0, 1, 0, 1, 0))
Sequences = Sequence[tuple[int, ...]]
KeysAndValues = list[tuple[Any, Any]]  # of each layer, for a batch of one


class ContinuationScorer:
    """Computes the log-likelihoods of continuations of token sequences under a causal language model.

    The sequences are merged into trees, so that each shared beginning is computed once: a node attends to
    those above it, and its position is the number of them. A batch is one row of nodes, without padding. The
    keys and values of what all sequences begin with are kept until others begin otherwise.

    A model whose likelihoods depend on this, such as one without positions or with a state, is told of and
    scored sequence by sequence.

    Args:
        model: the causal language model, of transformers.
        name: its name, for the warning.
    """

    def __init__(self, model: Any, name: str) -> None:
        self.model = model
        self.name = name
        self._prefix: tuple[int, ...] = ()
        self._kept: KeysAndValues = []
        self._shares: bool | None = None

    @property
    def shares(self) -> bool:
        """Whether shared beginnings are computed once; found out with a few tokens on first use."""
        if self._shares is None:
            starts = [2] * len(_PROBE)
            try:
                gap = np.abs(self._by_tree(_PROBE, starts) - self._one_by_one(_PROBE, starts)).max()
                self._shares = bool(gap < TOLERANCE * (1 if self._is_exact else 100))
            except Exception as error:  # whatever the code of a model raises when it cannot read such a mask
                logger.debug("%s cannot read trees: %s", self.name, error)
                self._shares = False
            if not self._shares:
                logger.warning("%s computes shared beginnings again and again: slower", self.name)
        return self._shares

    def log_likelihoods(self, sequences: Sequences, starts: Sequence[int]) -> NDArray[np.float64]:
        """The log-likelihood of each continuation, in nats, summed over its tokens.

        Args:
            sequences: n sequences of tokens, each a beginning and its continuation, short enough for the
                model.
            starts: (n,) the number of tokens of each beginning, at least 1.

        Returns:
            An array (n,): log p(sequence[start:] | sequence[:start]); 0 where nothing follows.
        """
        return self._by_tree(sequences, starts) if self.shares else self._one_by_one(sequences, starts)

    @property
    def _is_exact(self) -> bool:
        return bool(self.model.dtype.itemsize >= 4)

    def _by_tree(self, sequences: Sequences, starts: Sequence[int]) -> NDArray[np.float64]:
        """The log-likelihoods by trees, whose common beginning is read first."""
        scores = np.zeros(len(sequences))
        if not len(sequences):
            return scores
        common = min(min(starts) - 1, shared_length(min(sequences), max(sequences)))
        known = self._read_prefix(min(sequences)[:common])
        size = CPU_TOKENS if self.model.device.type == "cpu" else ACCELERATOR_TOKENS
        for tree in merge_sequences([s[known:] for s in sequences], [n - known for n in starts], size=size):
            likelihoods = self._node_likelihoods(tree)
            for number, path in tree.paths.items():
                scores[number] = likelihoods[path].sum()
        return scores

    def _read_prefix(self, prefix: tuple[int, ...]) -> int:
        """Compute the keys and values of a common beginning, unless they are there; returns its length."""
        known = len(self._prefix)
        if not (known and prefix[:known] == self._prefix and len(prefix) <= 2 * known):
            self._prefix, self._kept = (), []
            if prefix:
                tree = TokenTree()
                tree.grow([], prefix)
                cache = self._forward(tree, range(len(prefix)), [0]).past_key_values
                self._kept = [(layer.keys, layer.values) for layer in cache.layers]
            self._prefix = prefix
        return len(self._prefix)

    def _node_likelihoods(self, tree: TokenTree) -> NDArray[np.float64]:
        """An array (nodes,) with the log-likelihood of each wanted node; others are 0."""
        import torch

        scores = np.zeros(len(tree.tokens))
        if not (inputs := tree.inputs()):
            return scores
        wanted = [node for node, is_wanted in enumerate(tree.wanted) if is_wanted]
        above = sorted({tree.parents[node] for node in wanted})
        logits = self._forward(tree, inputs, [inputs.index(node) for node in above]).logits[0].float()
        row = {node: n for n, node in enumerate(above)}
        rows = torch.tensor([row[tree.parents[node]] for node in wanted], device=logits.device)
        tokens = torch.tensor([tree.tokens[node] for node in wanted], device=logits.device)
        scores[wanted] = (logits[rows, tokens] - logits.logsumexp(-1)[rows]).double().cpu().numpy()
        return scores

    def _forward(self, tree: TokenTree, inputs: Sequence[int], columns: list[int]) -> Any:
        """Run the model on a tree that continues what is kept.

        Args:
            tree: the tree.
            inputs: the nodes that the model reads.
            columns: the numbers of the inputs of which logits are computed.
        """
        import torch
        from transformers import DynamicCache

        from arts.models.language_models.matrix_products import FastProducts

        known = len(self._prefix)
        positions = known + np.array(tree.depths)[inputs]
        seen = np.ones((len(inputs), known + len(inputs)), bool)
        seen[:, known:] = tree.ancestors()[np.ix_(inputs, inputs)]
        distance = positions[:, None] - np.concatenate([np.arange(known), positions])
        device = self.model.device
        with torch.inference_mode(), FastProducts():
            return self.model(
                input_ids=torch.tensor([[tree.tokens[node] for node in inputs]], device=device),
                position_ids=torch.tensor(positions[None], device=device),
                attention_mask=self._masks(seen, distance),
                past_key_values=DynamicCache(self._kept) if self._kept else DynamicCache(),
                use_cache=True,
                logits_to_keep=torch.tensor(columns, device=device),
            )

    def _masks(self, seen: NDArray[np.bool_], distance: NDArray[np.int64]) -> Any:
        """The mask of a model's layers, or masks by the kind of a layer: what is added to the attention.

        Args:
            seen: (inputs, keys) whether an input may attend to a key.
            distance: of the same shape: how many positions the key is before the input.
        """
        import torch

        config = self.model.config.get_text_config()
        window = getattr(config, "sliding_window", None)
        usual = "sliding_attention" if window else "full_attention"
        masks = {}
        for kind in sorted(set(getattr(config, "layer_types", None) or [usual])):
            near = distance < window if kind == "sliding_attention" and window else True
            mask = torch.zeros(seen.shape, dtype=self.model.dtype)
            mask.masked_fill_(torch.tensor(~(seen & near)), torch.finfo(self.model.dtype).min)
            masks[kind] = mask[None, None].to(self.model.device)
        return masks if len(masks) > 1 else masks.popitem()[1]

    def _one_by_one(self, sequences: Sequences, starts: Sequence[int]) -> NDArray[np.float64]:
        """The log-likelihoods by a plain loop, in which nothing is shared."""
        import torch

        scores = np.zeros(len(sequences))
        for n, (sequence, start) in enumerate(zip(sequences, starts, strict=True)):
            ids = torch.tensor([sequence], device=self.model.device)
            with torch.inference_mode():
                logits = self.model(input_ids=ids, use_cache=False).logits[0, start - 1 : -1].float()
            chosen = logits.gather(1, ids[0, start:, None].to(logits.device))[:, 0]
            scores[n] = float((chosen - logits.logsumexp(-1)).double().sum())
        return scores
