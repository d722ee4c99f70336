"""The model `atae-lstm`: an LSTM with attention that gets the aspect's vector with every word."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from arts.models.inputs.word_models import WORD_RECIPE, WordConfig, WordModel, lstm_states, masked_softmax
from arts.models.zoo_card import ModelCard


class ATAELSTMConfig(WordConfig):
    """Configuration of `ATAELSTM`."""

    model_type = "arts-atae-lstm"

    @property
    def encoding_size(self) -> int:
        """The number of dimensions of a hidden state."""
        return self.hidden_size


class ATAELSTM(WordModel):
    """Attention-based LSTM with aspect embedding (Wang et al., 2016).

    "Attention-based LSTM for Aspect-level Sentiment Classification", EMNLP 2016, section 3.4. The aspect's
    vector v_a is concatenated to every word vector. To compute the attention, it is also concatenated to
    every hidden state:

        H = LSTM([w_1; v_a] .. [w_n; v_a]),  M = tanh([W_h H; W_v v_a]),  alpha = softmax(w^T M)
        encoding = tanh(W_p sum_i alpha_i h_i + W_x h_n)

    w_i are the word vectors, h_i the columns of H, and all W and w are parameters.

    Departures from the paper: v_a is the mean of the aspect's word vectors, while the paper learns one
    vector per aspect category; word vectors are means of the encoder's token vectors and stay fixed, instead
    of GloVe vectors that are tuned; AdamW instead of AdaGrad; dropout on the word vectors and the encoding.
    """

    config_class = ATAELSTMConfig
    card = ModelCard(
        family="recurrent",
        paper="Wang et al., 2016",
        bibtex="wang-etal-2016-attention",
        licence="MIT",
        reads="the sentence's words with the aspect's mean vector beside each",
    )
    recipe = replace(WORD_RECIPE, learning_rate=2e-3)

    def __init__(self, config: ATAELSTMConfig) -> None:
        super().__init__(config)
        hidden, size = config.hidden_size, config.embedding_size
        self.lstm = nn.LSTM(2 * size, hidden, batch_first=True)
        self.key = nn.Linear(hidden, hidden, bias=False)  # W_h
        self.aspect = nn.Linear(size, size, bias=False)  # W_v
        self.score = nn.Linear(hidden + size, 1, bias=False)  # w
        self.project = nn.Linear(hidden, hidden, bias=False)  # W_p
        self.carry = nn.Linear(hidden, hidden, bias=False)  # W_x
        self.post_init()

    def encode(self, **batch: Tensor) -> Tensor:
        words = self.embed(**batch)
        aspect = words.aspect_mean.unsqueeze(1).expand_as(words.vectors)  # (batch, words, embedding)
        states = lstm_states(self.lstm, torch.cat([words.vectors, aspect], dim=-1), lengths=words.lengths)
        keys = torch.cat([self.key(states), self.aspect(aspect)], dim=-1).tanh()  # M
        weight = masked_softmax(self.score(keys).squeeze(-1), words.word_mask)  # (batch, words): alpha
        attended = (weight.unsqueeze(1) @ states).squeeze(1)  # (batch, hidden): sum_i alpha_i h_i
        last = states[torch.arange(len(states)), words.lengths - 1]  # (batch, hidden): h_n
        encoding: Tensor = (self.project(attended) + self.carry(last)).tanh()
        return encoding
