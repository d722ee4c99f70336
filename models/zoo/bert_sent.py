"""BERT on the sentence alone: the control, which never sees the aspect."""

from __future__ import annotations

from collections.abc import Sequence

from arts.data.schema import Instance
from arts.models.base import TokenFeatures
from arts.models.inputs.pair_encoder import MAX_LENGTH, EncoderConfig, PairInputs
from arts.models.zoo.bert import BertPair
from arts.models.zoo_card import ModelCard


class SentenceInputs(PairInputs):
    """The input ``[CLS] sentence [SEP]``, without the aspect."""

    def encode(self, instances: Sequence[Instance]) -> list[TokenFeatures]:
        encoded = self.tokenizer(
            [instance.text for instance in instances], truncation=True, max_length=MAX_LENGTH
        )
        return [{name: encoded[name][row] for name in encoded} for row in range(len(instances))]


class BertSentenceConfig(EncoderConfig):
    """Configuration of `BertSentence`."""

    model_type = "arts-bert-sent"


class BertSentence(BertPair):
    """BERT on ``[CLS] sentence [SEP]``, the "BERT-Sent" of Xing et al. (2020).

    It never sees the aspect, so it predicts the same for every aspect of a sentence: whatever it predicts
    right can be predicted without reading the aspect.

    Departures: as `arts.models.zoo.bert.BertPair`.
    """

    config_class = BertSentenceConfig
    inputs = SentenceInputs
    card = ModelCard(
        family="encoder",
        paper="Devlin et al., 2019; blind control of Xing et al., 2020",
        bibtex="devlin-etal-2019-bert",
        licence="MIT",
        reads="the sentence, not the aspect",
    )
