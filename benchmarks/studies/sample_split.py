"""The sample corpus as sentences to fine-tune on and other sentences to ask about."""

from __future__ import annotations

from arts.data.corpus_registry import load_corpus
from arts.data.schema import Instance, Polarity, original_instances


def split_sample(max_characters: int, *, each: int) -> tuple[list[Instance], list[Instance]]:
    """Instances to fine-tune on, and instances of other sentences to ask about.

    Args:
        max_characters: number of characters that a sentence has at most.
        each: number of instances to ask about for each polarity, at most.
    """
    corpus = load_corpus("sample")
    training = [
        instance
        for instance in original_instances((*corpus.train, *corpus.dev))
        if len(instance.text) <= max_characters
    ]
    seen = {instance.text for instance in training}
    unseen = [
        instance
        for instance in corpus.test
        if instance.id == instance.unit and instance.text not in seen and len(instance.text) <= max_characters
    ]
    asked = [i for polarity in Polarity for i in [u for u in unseen if u.polarity is polarity][:each]]
    return training, asked
