"""BERT on the pair of sentence and aspect."""

from __future__ import annotations

from torch import Tensor

from arts.models.pairs import EncoderConfig, EncoderModel


class BertPairConfig(EncoderConfig):
    """Configuration of `BertPair`."""

    model_type = "arts-bert"


class BertPair(EncoderModel):
    """BERT (Devlin et al., 2019) asked as a sentence pair, the "BERT" of Xing et al. (2020).

    The input is ``[CLS] sentence [SEP] aspect [SEP]``; the encoding is the last hidden state of [CLS],
    through the encoder's own pooler where it has one (Devlin et al., 2019, section 3.2).

    Departure: the default encoder is MiniLM-L6 (22M parameters) where the paper has BERT-base.
    """

    config_class = BertPairConfig
    paper = "Devlin et al., 2019"

    def encode(self, **batch: Tensor) -> Tensor:
        output = self.encoder(**batch)
        pooled: Tensor | None = getattr(output, "pooler_output", None)
        first: Tensor = output.last_hidden_state[:, 0]
        return first if pooled is None else pooled  # (batch, hidden)
