"""The model `bert-sent`: BERT that reads only the sentence, a control that never sees the aspect."""

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

    def _full_length(self, instance: Instance) -> int:
        return len(self.tokenizer(instance.text)["input_ids"])


class BertSentenceConfig(EncoderConfig):
    """Configuration of `BertSentence`."""

    model_type = "arts-bert-sent"


class BertSentence(BertPair):
    """BERT that reads only the sentence; it is called "BERT-Sent" in Xing et al. (2020).

    The input is ``[CLS] sentence [SEP]``. Since the model never sees the aspect, it predicts one polarity
    for all aspects of a sentence. Whatever it predicts right can be predicted without reading the aspect.

    Departures from the paper: the default encoder is MiniLM-L6 instead of BERT-base. Encoders that declare
    mean pooling, as MiniLM-L6 does, are pooled by the mean over the tokens instead of [CLS].
    """

    config_class = BertSentenceConfig
    inputs = SentenceInputs
    switches = ()  # it must not see where the aspect is
    card = ModelCard(
        family="encoder",
        paper="Devlin et al., 2019; blind control of Xing et al., 2020",
        bibtex="devlin-etal-2019-bert",
        licence="MIT",
        reads="the sentence, not the aspect",
    )
