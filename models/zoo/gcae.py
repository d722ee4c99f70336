"""The model `gcae`: convolutions over the sentence, whose outputs are gated by the aspect."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from arts.models.inputs.word_models import WordBatch, WordConfig, WordModel
from arts.models.zoo_card import ModelCard


class GCAEConfig(WordConfig):
    """Configuration of `GCAE`.

    Args:
        widths: widths of the convolutions over the sentence, in words.
        channels: number of channels of each convolution.
        aspect_width: width of the convolution over the aspect, in words.
    """

    model_type = "arts-gcae"

    widths: tuple[int, ...] = (3, 4, 5)
    channels: int = 100
    aspect_width: int = 3

    @property
    def encoding_size(self) -> int:
        """The number of channels, summed over the convolutions of all widths."""
        return self.channels * len(self.widths)


class GCAE(WordModel):
    """Gated convolutional network with aspect embedding (Xue and Li, 2018).

    "Aspect Based Sentiment Analysis with Gated Convolutional Networks", ACL 2018, sections 3 and 4 (for
    aspect terms). For each width, one convolution computes features and another one, which also depends on
    the aspect, gates them:

        s_i = tanh(X_{i:i+k} * W_s + b_s),  a_i = relu(X_{i:i+k} * W_a + V_a v_a + b_a),  c_i = s_i a_i

    X_{i:i+k} are the vectors of the k words from word i on, where k is the width, and * is convolution. v_a
    is the maximum over positions of a convolution (with relu) over the aspect's words. The encoding is the
    concatenation, over the widths, of the maximum of c_i over positions. The position of the aspect in the
    sentence is not an input.

    Departures from the paper: word vectors are means of the encoder's token vectors and stay fixed, instead
    of GloVe with 300 dimensions that are tuned; AdamW instead of Adagrad; the sentence is padded at either
    end by half the width of the convolution, so that short sentences are long enough.
    """

    config_class = GCAEConfig
    card = ModelCard(
        family="convolution",
        paper="Xue and Li, 2018",
        bibtex="xue-li-2018-aspect",
        licence="MIT",
        reads="the sentence's words, and the aspect's words apart",
    )

    def __init__(self, config: GCAEConfig) -> None:
        super().__init__(config)

        def convolutions() -> nn.ModuleList:
            return nn.ModuleList(self._convolution(width) for width in config.widths)

        self.features, self.gates = convolutions(), convolutions()  # W_s, b_s and W_a, b_a
        self.aspect = self._convolution(config.aspect_width)
        self.steer = nn.ModuleList(  # V_a
            nn.Linear(config.channels, config.channels, bias=False) for _ in config.widths
        )
        self.post_init()

    def _convolution(self, width: int) -> nn.Conv1d:
        """Create a convolution over word vectors, with this width in words."""
        return nn.Conv1d(self.config.embedding_size, self.config.channels, width, padding=width // 2)

    def encode(self, **batch: Tensor) -> Tensor:
        words = self.embed(**batch)
        sentence = words.vectors.transpose(1, 2)  # (batch, embedding, words)
        aspect = self._aspect(words)  # (batch, channels): v_a
        outputs = []
        for features, gates, steer in zip(self.features, self.gates, self.steer, strict=True):
            feature = features(sentence).tanh()  # (batch, channels, positions): s
            gate = (gates(sentence) + steer(aspect).unsqueeze(-1)).relu()  # (batch, channels, positions): a
            outputs.append(_maximum_over_positions(feature * gate, words.lengths))
        return torch.cat(outputs, dim=-1)  # (batch, widths * channels)

    def _aspect(self, words: WordBatch) -> Tensor:
        """Convolve the aspect's words, and take the maximum over positions: a tensor (batch, channels)."""
        features = self.aspect(words.aspect_vectors.transpose(1, 2)).relu()  # (batch, channels, positions)
        return _maximum_over_positions(features, words.last - words.first + 1)


def _maximum_over_positions(values: Tensor, lengths: Tensor) -> Tensor:
    """The maximum over positions, without the positions after the end of each sentence.

    Args:
        values: (batch, channels, positions) the values.
        lengths: (batch,) the number of positions of each sentence.

    Returns:
        A tensor (batch, channels).
    """
    absent = torch.arange(values.shape[2], device=values.device) >= lengths.unsqueeze(1)
    return values.masked_fill(absent.unsqueeze(1), -torch.inf).amax(2)
