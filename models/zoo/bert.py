"""BERT on the pair of sentence and aspect."""

from __future__ import annotations

from torch import Tensor

from arts.models.inputs.pair_encoder import EncoderConfig, EncoderModel
from arts.models.zoo_card import ModelCard


class BertPairConfig(EncoderConfig):
    """Configuration of `BertPair`."""

    model_type = "arts-bert"


class BertPair(EncoderModel):
    """BERT on a pair of texts (Devlin et al., 2019), the "BERT" of Xing et al. (2020).

    The input is ``[CLS] sentence [SEP] aspect [SEP]``; the encoding is the last hidden state of [CLS],
    through the encoder's own pooler where it has one (Devlin et al., 2019, section 3.2).

    Departures: the default encoder is MiniLM-L6 (22M parameters; the paper: BERT-base). Where an encoder
    declares that it was trained with mean pooling, as MiniLM-L6 does, the encoding is the mean over tokens.
    """

    config_class: type[EncoderConfig] = BertPairConfig
    card = ModelCard(
        family="encoder",
        paper="Devlin et al., 2019",
        bibtex="devlin-etal-2019-bert",
        licence="MIT",
        reads="sentence and aspect as a pair",
    )

    def encode(self, **batch: Tensor) -> Tensor:
        return self.pool(**batch)
