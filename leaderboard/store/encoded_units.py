"""What entries keep of their predictions, as text: which units are right, their sentences, a checksum."""

from __future__ import annotations

import base64
import hashlib

import numpy as np
import numpy.typing as npt

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


def decode_right_units(text: str, *, units: int) -> npt.NDArray[np.uint8]:
    """Which units have all instances right, from `encode_right_units`: an array (units,) of ones and zeros.

    Args:
        text: The encoded bits, which are those of at least one unit.
        units: Number of units.
    """
    return np.unpackbits(np.frombuffer(base64.b64decode(text), np.uint8), count=units)


def encode_sentences(predictions: Predictions) -> str:
    """The number of each unit's sentence as base64, sorted by unit id; empty if that is not known.

    Args:
        predictions: The predictions of the entry.
    """
    sentences = predictions.layout.sentences
    if sentences is None:
        return ""
    return base64.b64encode(sentences[_sorted_units(predictions)].astype(np.int32).tobytes()).decode()


def decode_sentences(text: str, *, units: int) -> npt.NDArray[np.int32]:
    """The number of each unit's sentence, from `encode_sentences`; its own number if that is not known.

    Args:
        text: The encoded numbers; empty if they are not known.
        units: Number of units.

    Returns:
        An array (units,), sorted by unit id.
    """
    known = np.frombuffer(base64.b64decode(text), np.int32)
    return known if len(known) else np.arange(units, dtype=np.int32)


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
