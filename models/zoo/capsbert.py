"""The model `capsbert`: BERT with capsules (vectors whose length is a confidence) on top."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from transformers.modeling_outputs import SequenceClassifierOutput

from arts.data.schema import Instance, Polarity
from arts.models.base import TokenFeatures, pad
from arts.models.inputs.pair_encoder import EncoderConfig, EncoderModel, PairInputs
from arts.models.zoo_card import ModelCard

SENTENCE, ASPECT, NEITHER = (
    0,
    1,
    -1,
)  # the text that a token belongs to; special tokens and padding belong to neither
PRESENT, ABSENT, ABSENT_WEIGHT = 0.9, 0.1, 0.6  # m+, m- and lambda of the margin loss


class CapsuleInputs(PairInputs):
    """The input of CapsBERT: the pair of sentence and aspect, and the text that each token belongs to.

    `encode` and `collate` add the key ``segments``. It has one integer per token: `SENTENCE` (0), `ASPECT`
    (1), or `NEITHER` (-1) for special tokens and padding.
    """

    def encode(self, instances: Sequence[Instance]) -> list[TokenFeatures]:
        features = super().encode(instances)
        special = {self.tokenizer.cls_token_id, self.tokenizer.sep_token_id}
        return [{**pair, "segments": self._segments(pair["input_ids"], special)} for pair in features]

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        pairs = [{name: pair[name] for name in pair if name != "segments"} for pair in features]
        segments = [pair["segments"] for pair in features]
        return {**super().collate(pairs), "segments": pad(segments, NEITHER)}

    def _segments(self, ids: list[int], special: set[int]) -> list[int]:
        """The text that each token belongs to: `SENTENCE`, `ASPECT`, or `NEITHER` for special tokens."""
        separator = ids.index(self.tokenizer.sep_token_id)
        return [NEITHER if id in special else int(position > separator) for position, id in enumerate(ids)]


class CapsBertConfig(EncoderConfig):
    """Configuration of `CapsBert`.

    Args:
        capsule_size: number of dimensions of a capsule.
    """

    model_type = "arts-capsbert"

    capsule_size: int = 300


class CapsBert(EncoderModel):
    """CapsNet-BERT (Jiang et al., 2019): aspect-level sentiment by capsules with guided routing.

    "A Challenge Dataset and Effective Models for Aspect-Based Sentiment Analysis", EMNLP 2019.
    The input is ``[CLS] sentence [SEP] aspect [SEP]``. h_i are the hidden states of the sentence's tokens,
    and a is the mean hidden state of the aspect's tokens. All W and b are parameters. squash rescales a
    vector to a length below 1:

    - primary capsules p_i = squash(W^p h_i + b^p), aspect capsule c = squash(W^a a + b^a);
    - aspect-aware normalisation u_i = softmax_i(p_i W^t c): how much token i matters to the aspect;
    - guided routing w_ij = softmax_j(p_i W^r z_j) takes the place of iterative routing. z_j = squash(g_j),
      where g_j is a learned guide for category (polarity) j;
    - category capsules v_j = squash(s sum_i w_ij u_i p_i), with a learned scale s;
    - the length |v_j| is the confidence in category j. The margin loss is
      sum_j T_j max(0, m+ - |v_j|)^2 + lambda (1 - T_j) max(0, |v_j| - m-)^2,
      where T_j is 1 for the gold category and 0 for the others, m+ = 0.9, m- = 0.1 and lambda = 0.6.

    The logits are the logarithms of the lengths. So their softmax is the lengths, divided by their sum.

    If the configuration says to use position weights, each u_i is multiplied by that of its token.

    Departures from the paper: guides are initialised at random, instead of from the embeddings of
    hand-picked sentiment words; the default encoder is MiniLM-L6 instead of BERT-base.
    """

    config_class = CapsBertConfig
    inputs = CapsuleInputs
    pools = False
    switches = ("position",)
    card = ModelCard(
        family="encoder",
        paper="Jiang et al., 2019",
        bibtex="jiang-etal-2019-challenge",
        licence="MIT",
        reads="sentence and aspect as a pair",
    )

    def __init__(self, config: CapsBertConfig, *, encoder: nn.Module | None = None) -> None:
        super().__init__(config, encoder=encoder)
        size = config.capsule_size
        self.primary = nn.Linear(config.encoding_size, size)  # W^p, b^p
        self.aspect = nn.Linear(config.encoding_size, size)  # W^a, b^a
        self.relevance = nn.Linear(size, size, bias=False)  # W^t
        self.routing = nn.Linear(size, size, bias=False)  # W^r
        self.guides = nn.Parameter(torch.randn(len(Polarity), size) / size**0.5)  # g
        self.scale = nn.Parameter(torch.tensor(5.0))  # s
        del self.classifier  # lengths of capsules take its place

    def encode(self, segments: Tensor, position: Tensor | None = None, **batch: Tensor) -> Tensor:
        """The category capsules v_j of each instance, one per polarity, as a tensor (batch, 3, capsule).

        Args:
            segments: (batch, tokens) the text that each token belongs to: `SENTENCE`, `ASPECT` or `NEITHER`.
            position: (batch, tokens) the position weights, if the configuration says to use them.
            batch: the arguments of the encoder, such as ``input_ids``.
        """
        states = self.run_encoder(**batch).last_hidden_state.float()  # (batch, tokens, hidden)
        with torch.autocast(states.device.type, enabled=False):  # lengths near 0.1 and 0.9 need fp32
            weights = None if self.config.position == "none" else self.applied_weights(position)
            return self._capsules(states, segments, weights=weights)

    def _capsules(self, states: Tensor, segments: Tensor, *, weights: Tensor | None) -> Tensor:
        """The category capsules (batch, 3, capsule) by the hidden states (batch, tokens, hidden)."""
        in_aspect = (segments == ASPECT).unsqueeze(-1).to(states.dtype)
        mean = (states * in_aspect).sum(1) / in_aspect.sum(1).clamp(min=1)  # (batch, hidden)
        primary = squash(self.dropout(self.primary(states)))  # (batch, tokens, capsule): p
        aspect = squash(self.dropout(self.aspect(mean)))  # (batch, capsule): c
        score = (self.relevance(primary) * aspect.unsqueeze(1)).sum(-1)  # (batch, tokens)
        relevance = score.masked_fill(segments != SENTENCE, -torch.inf).softmax(-1)  # (batch, tokens): u
        if weights is not None:
            relevance = relevance * weights
        route = (self.routing(primary) @ squash(self.guides).T).softmax(-1)  # (batch, tokens, 3): w
        weight = self.scale * route * relevance.unsqueeze(-1)
        return squash(self.dropout(weight.transpose(1, 2) @ primary))  # (batch, 3, capsule): v

    def forward(self, labels: Tensor | None = None, **batch: Tensor) -> SequenceClassifierOutput:
        """Compute the logits of a batch, and the loss if the labels are given.

        Args:
            labels: (batch,) gold labels, as positions in `Polarity`.
            batch: the arguments of `encode`.

        Returns:
            An output with `logits`, of shape (batch, 3), and `loss`, the margin loss averaged over the
            batch, or None without labels.
        """
        length = self.encode(**batch).norm(dim=-1)  # (batch, 3)
        loss = None if labels is None else margin_loss(length, labels)
        return SequenceClassifierOutput(loss=loss, logits=length.clamp(min=1e-6).log())


def squash(vectors: Tensor) -> Tensor:
    """Rescale vectors of length n to the length n^2 / (1 + n^2) (Sabour et al., 2017, equation 1).

    Args:
        vectors: (..., size) the vectors, along the last dimension.

    Returns:
        The rescaled vectors, in the same shape. Their lengths are below 1.
    """
    squared = vectors.square().sum(-1, keepdim=True)
    return vectors * squared / (1 + squared) / (squared + 1e-8).sqrt()


def margin_loss(length: Tensor, labels: Tensor) -> Tensor:
    """The margin loss of `CapsBert`, summed over the categories and averaged over the batch.

    Args:
        length: (batch, 3) the lengths of the category capsules.
        labels: (batch,) the gold labels, as positions in `Polarity`.
    """
    target = nn.functional.one_hot(labels, length.shape[-1]).to(length.dtype)
    present = target * (PRESENT - length).clamp(min=0).square()
    absent = (1 - target) * (length - ABSENT).clamp(min=0).square()
    return (present + ABSENT_WEIGHT * absent).sum(-1).mean()
