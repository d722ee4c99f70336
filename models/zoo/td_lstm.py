"""The model `td-lstm`: two LSTMs, which read from either end of the sentence up to the aspect."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from arts.models.inputs.word_models import WORD_RECIPE, WordConfig, WordModel, lstm_states
from arts.models.zoo_card import ModelCard


class TDLSTMConfig(WordConfig):
    """Configuration of `TDLSTM`."""

    model_type = "arts-td-lstm"

    @property
    def encoding_size(self) -> int:
        """The number of dimensions of two hidden states, one per direction."""
        return 2 * self.hidden_size


class TDLSTM(WordModel):
    """Target-dependent LSTM (Tang et al., 2016).

    "Effective LSTMs for Target-Dependent Sentiment Classification", COLING 2016, section 3.2.
    One LSTM reads from the start of the sentence to the last word of the target (the aspect). Another reads
    from the end of the sentence back to the target's first word. The encoding is the concatenation of
    their last states. The two LSTMs are the directions of one bidirectional LSTM.

    Departures from the paper: word vectors are means of the encoder's token vectors and stay fixed, instead
    of Twitter embeddings; dropout is applied to them and to the encoding.
    """

    config_class = TDLSTMConfig
    card = ModelCard(
        family="recurrent",
        paper="Tang et al., 2016 (COLING)",
        bibtex="tang-etal-2016-effective",
        licence="MIT",
        reads="the words up to the aspect, from either side",
    )
    recipe = replace(WORD_RECIPE, learning_rate=2e-3)

    def __init__(self, config: TDLSTMConfig) -> None:
        super().__init__(config)
        self.lstm = nn.LSTM(config.embedding_size, config.hidden_size, batch_first=True, bidirectional=True)
        self.post_init()

    def encode(self, **batch: Tensor) -> Tensor:
        words = self.embed(**batch)
        states = lstm_states(self.lstm, words.vectors, lengths=words.lengths)
        left, right = states.chunk(2, dim=-1)  # (batch, words, hidden) each
        row = torch.arange(len(states), device=states.device)
        return torch.cat([left[row, words.last], right[row, words.first]], dim=-1)  # (batch, 2 hidden)
