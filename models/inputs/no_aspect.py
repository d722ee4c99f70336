"""Templates, in which a mask stands for the aspect, and the inputs that have them beside sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from torch import Tensor

from arts.data.errors import ArtsError
from arts.data.schema import Instance
from arts.models.base import AspectConfig, Inputs, TokenFeatures, pad
from arts.models.inputs.pair_encoder import PairInputs

TEMPLATE, ASPECT_IDS = "template", "aspect_ids"  # what the features have besides
TEMPLATE_PREFIX, MENTIONS = "template_", "template_mentions"  # names in a batch
IGNORED = -1  # padding of token ids


def template(instance: Instance, *, mask: str) -> Instance:
    """The instance in which a mask stands for each mention of the aspect, and for the aspect itself.

    A mention is the aspect's own place, and wherever else its term stands as whole words, in any case: the
    plural of the term is none.

    Args:
        instance: an instance.
        mask: the text of the mask.

    Example:
        >>> from arts.data.schema import Aspect, Polarity, Strategy
        >>> soup = Aspect("soup", 5, 9, Polarity.POSITIVE)
        >>> text = "Good soup; Soup is why I like soups."
        >>> template(Instance("1", "1", Strategy.ORIGINAL, text, soup), mask="[MASK]").text
        'Good [MASK]; [MASK] is why I like soups.'
    """
    aspect = instance.aspect
    mentions = re.finditer(rf"(?<!\w){re.escape(aspect.term)}(?!\w)", instance.text, re.IGNORECASE)
    others = [m.span() for m in mentions if m.end() <= aspect.start or m.start() >= aspect.end]
    text, read, place = "", 0, 0
    for start, end in sorted([*others, (aspect.start, aspect.end)]):
        text += instance.text[read:start]
        place = len(text) if start == aspect.start else place
        text, read = text + mask, end
    masked = replace(aspect, term=mask, start=place, end=place + len(mask), opinions=())
    return replace(instance, text=text + instance.text[read:], aspect=masked, aspects=(masked,), edits=())


class NoAspectInputs(Inputs):
    """The inputs of sentences, and beside them the same inputs of their templates.

    `encode` adds the features of the template under ``template``, and the tokens of the aspect's term under
    ``aspect_ids``. `collate` adds the tensors of the templates, with ``template_`` before their names;
    ``template_mentions`` (batch, tokens), which tokens are masks in the sentence; and ``aspect_ids`` (batch,
    tokens of the longest term), padded with -1.

    Args:
        own: the inputs of sentences, whose last mask is the one that is asked about.

    Raises:
        ArtsError: when the tokenizer has no mask token.
    """

    def __init__(self, own: Inputs) -> None:
        super().__init__(own.tokenizer)
        self.own = own
        if self.tokenizer.mask_token is None:
            raise ArtsError(
                "noaspect: the encoder's tokenizer has no mask token, which would stand for aspects"
            )

    def encode(self, instances: Sequence[Instance]) -> list[TokenFeatures]:
        if not instances:
            return []
        templates = self.own.encode([template(i, mask=self.tokenizer.mask_token) for i in instances])
        terms = [f" {instance.aspect.term}" for instance in instances]  # a word inside a sentence
        aspects = self.tokenizer(terms, add_special_tokens=False)["input_ids"]
        return [
            {**features, TEMPLATE: masked, ASPECT_IDS: aspect}
            for features, masked, aspect in zip(self.own.encode(instances), templates, aspects, strict=True)
        ]

    def collate(self, features: list[TokenFeatures]) -> dict[str, Tensor]:
        added = (TEMPLATE, ASPECT_IDS)
        batch = self.own.collate([{k: v for k, v in row.items() if k not in added} for row in features])
        templates = self.own.collate([row[TEMPLATE] for row in features])
        batch |= {TEMPLATE_PREFIX + name: tensor for name, tensor in templates.items()}
        masks = templates["input_ids"] == self.tokenizer.mask_token_id
        batch[MENTIONS] = masks & (masks.cumsum(1) < masks.sum(1, keepdim=True))  # without what is asked
        batch[ASPECT_IDS] = pad([row[ASPECT_IDS] for row in features], IGNORED)
        return batch

    def count_truncated(self, instances: Sequence[Instance]) -> int:
        return self.own.count_truncated(instances)

    @classmethod
    def load(cls, folder: Path, config: AspectConfig) -> Self:
        return cls(PairInputs.load(folder, config))
