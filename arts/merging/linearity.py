"""The assumption that MetaGPT rests on, measured: outputs that are linear along a task vector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from arts.data.errors import ArtsError
from arts.merging.checkpoints.checkpoint import read_json
from arts.merging.checkpoints.sources import folder_of

STEPS = (0.25, 0.5, 0.75)  # alpha
_TEXTS = (  # of our own
    "The soup was warm, but nobody came to take the order.",
    "Write a short answer: how many legs does a spider have?",
    "It rained all morning and the market closed early.",
    "The keyboard feels solid while the speakers are thin.",
)

Outputs = Callable[[], Tensor]


def nonlinearity(base: str, models: Sequence[str]) -> list[float]:
    """How far each model's outputs are from linear along its task vector; 0 is linear.

    With f(alpha) the outputs at theta_0 + alpha tau, the largest over alpha of
    ||f(alpha) - (1 - alpha) f(0) - alpha f(1)|| / ||f(1) - f(0)|| (Zhou et al., 2024, section 3.2 and
    figure 2, as a number). The base and one model at a time are held in memory.

    Args:
        base: folder or Hub id of theta_0.
        models: those of theta_1, ..

    Raises:
        ArtsError: for an adapter, or an architecture that transformers does not know.
    """
    network, outputs = _loaded(base)
    start = {name: weight.detach().clone() for name, weight in network.state_dict().items()}
    at_start = outputs()
    found = []
    for name in models:
        end = _loaded(name)[0].state_dict()
        network.load_state_dict(end)
        at_end = outputs()
        distance = float((at_end - at_start).norm())
        worst = 0.0
        for alpha in STEPS:
            network.load_state_dict(
                {
                    key: torch.lerp(start[key], end[key], alpha) if end[key].is_floating_point() else end[key]
                    for key in start
                }
            )
            straight = torch.lerp(at_start, at_end, alpha)
            worst = max(worst, float((outputs() - straight).norm()))
        found.append(worst / distance if distance else 0.0)
    return found


def _loaded(name: str) -> tuple[Any, Outputs]:
    """A model in fp32, and what gives its outputs, in fp64, for a handful of inputs."""
    folder = folder_of(name)
    if not (folder / "config.json").is_file():
        raise ArtsError(f"--check-linearity: {name} is no whole model; it cannot be loaded")
    if str(read_json(folder / "config.json").get("model_type")).startswith("arts-"):
        return _of_the_zoo(folder)
    import transformers

    from arts.models.encoders import load_tokenizer, loading

    with loading(name):
        config = transformers.AutoConfig.from_pretrained(folder)
        kind = getattr(transformers, (config.architectures or ["AutoModel"])[0], None)
    if kind is None:
        raise ArtsError(f"--check-linearity: transformers has no {config.architectures[0]}, which {name} is")
    with loading(name):
        network = kind.from_pretrained(folder, dtype="float32").eval()
    tokenizer = load_tokenizer(folder)
    inputs = [tokenizer(text, return_tensors="pt") for text in _TEXTS]

    @torch.inference_mode()
    def outputs() -> Tensor:
        return torch.cat([network(**one)[0].double().flatten() for one in inputs])

    return network, outputs


def _of_the_zoo(folder: Path) -> tuple[Any, Outputs]:
    from arts.data.corpus_registry import load_corpus
    from arts.data.schema import Strategy
    from arts.models.trained_models import ZooModel
    from arts.models.training import predict_proba

    made = ZooModel.load(folder)
    instances = [i for i in load_corpus("sample").test if i.strategy is Strategy.ORIGINAL][:32]

    def outputs() -> Tensor:
        return torch.tensor(predict_proba(made.model, made.inputs, instances)).log().flatten()

    return made.model, outputs
