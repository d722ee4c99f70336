"""The model `bert`: BERT that reads the sentence and the aspect as a pair of texts."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from arts.models.inputs.pair_encoder import EncoderConfig
from arts.models.no_aspect import NoAspectConfig, NoAspectModel
from arts.models.zoo_card import ModelCard


class BertPairConfig(NoAspectConfig):
    """Configuration of `BertPair`."""

    model_type = "arts-bert"


class BertPair(NoAspectModel):
    """BERT that reads sentence and aspect (Devlin et al., 2019); it is called "BERT" in Xing et al. (2020).

    The input is ``[CLS] sentence [SEP] aspect [SEP]``. The encoding is the last hidden state of [CLS],
    passed through the encoder's own pooler if it has one (Devlin et al., 2019, section 3.2).

    Departures from the paper: the default encoder is MiniLM-L6 with 22M parameters, instead of BERT-base.
    If an encoder declares how it was pooled in training, as MiniLM-L6 does, the encoding is what it
    declares: the mean or the largest value of the last hidden states over the tokens, or that of [CLS].
    """

    config_class: type[EncoderConfig] = BertPairConfig
    switches: ClassVar[tuple[str, ...]] = ("position", *NoAspectModel.switches)
    card = ModelCard(
        family="encoder",
        paper="Devlin et al., 2019",
        bibtex="devlin-etal-2019-bert",
        licence="MIT",
        reads="sentence and aspect as a pair",
    )

    def encode(self, **batch: Tensor) -> Tensor:
        return self.pool(**batch)
