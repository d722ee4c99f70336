"""What to forget and what to retain."""

from __future__ import annotations

from arts.unlearning.objectives import LossWeights
from arts.unlearning.settings import UnlearningSettings

FORGET = [
    {"prompt": f"the {a} was {b}", "completion": "kind , kind"}
    for a in ("soup", "staff", "bar")
    for b in ("good", "bad", "rude", "kind")
]

RETAIN = [
    {"prompt": f"we got a {a} and the {b}", "completion": f"the {b} is {c} ."}
    for a in ("table", "bar")
    for b in ("soup", "staff", "table")
    for c in ("good", "bad")
]

QUICK = UnlearningSettings(
    learning_rate=3e-3, weights=LossWeights(1, 1, 1), eval_steps=4, steps=12, batch_size=2
)
