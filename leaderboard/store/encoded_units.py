"""What entries keep of their predictions, as text: which units are right, their sentences, a checksum."""

from __future__ import annotations

import base64
import hashlib

import numpy as np

from arts.data.schema import Strategy
from arts.data.support.arrays import IntArray
from arts.evaluation.metrics import units_right
from arts.evaluation.predictions import Predictions


def encode_right_units(predictions: Predictions) -> str:
    """Which units have all instances right, as base64 of one bit per unit.

    The bits are in the order of the sorted unit ids, so that entries can be compared bit by bit.

    Args:
        predictions: The predictions of the entry.
    """
    right = units_right(predictions.correct, predictions.layout.units)
    return base64.b64encode(np.packbits(right[_sorted_units(predictions)]).tobytes()).decode()


def encode_sentences(predictions: Predictions) -> str:
    """The number of each unit's sentence as base64, sorted by unit id; empty if that is not known.

    Args:
        predictions: The predictions of the entry.
    """
    sentences = predictions.layout.sentences
    if sentences is None:
        return ""
    return base64.b64encode(sentences[_sorted_units(predictions)].astype(np.int32).tobytes()).decode()


def checksum_of(predictions: Predictions) -> str:
    """SHA-256 of the instance ids and predicted labels, whatever the order of the instances.

    Args:
        predictions: The predictions of the entry.
    """
    pairs = sorted(zip(predictions.ids, predictions.labels.tolist(), strict=True))
    return hashlib.sha256(repr(pairs).encode()).hexdigest()


def _sorted_units(predictions: Predictions) -> IntArray:
    """The numbers of the units, sorted by their ids, as an array (units,)."""
    originals = np.flatnonzero(predictions.layout.strategy_mask(Strategy.ORIGINAL))
    ids = [predictions.ids[row] for row in originals]
    return np.asarray(predictions.layout.units[originals][np.argsort(ids)])
