"""BERT-Sent."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.sentences import TOY
from helpers.zoo import start

from arts.models import training

pytestmark = pytest.mark.usefixtures("short_recipes")


def test_bert_sent_never_sees_the_aspect(encoder):
    """Neither which it is nor where: an aspect that cannot be looked at makes no difference."""

    class Unseen:
        text = TOY[2].text

        @property
        def aspect(self):
            raise AssertionError("the aspect was looked at")

    model, inputs = start("bert-sent", encoder)
    first, second = training.predict_proba(model, inputs, instances=list(TOY[2].instances()))
    assert (first == second).all()
    (again,) = training.predict_proba(model, inputs, instances=[Unseen()])
    assert np.allclose(again, first, atol=1e-6)
