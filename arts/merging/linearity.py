"""Measuring an assumption of MetaGPT: that the outputs of a model change linearly along its task vector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from arts.data.errors import ArtsError
from arts.merging.checkpoints.sources import checkpoint_folder

ALPHAS = (0.25, 0.5, 0.75)  # points between theta_0 (0) and theta_t (1) at which outputs are compared
_TEXTS = (  # written for this measurement
    "The soup was warm, but nobody came to take the order.",
    "Write a short answer: how many legs does a spider have?",
    "It rained all morning and the market closed early.",
    "The keyboard feels solid while the speakers are thin.",
)

Probe = tuple[Any, Callable[[], Tensor]]  # a network; a function that returns its outputs for fixed inputs


def load_text_probe(folder: Path) -> Probe:
    """Load a model in fp32, with a function that returns its outputs for four fixed texts.

    Args:
        folder: folder of a model of transformers with its tokenizer.

    Returns:
        The model, and the function, which takes no arguments and returns all outputs as one fp64 tensor. It
        can be called again after the weights have been changed.

    Raises:
        ArtsError: when the model cannot be loaded, or transformers does not know its architecture.
    """
    import transformers

    from arts.models.encoders import load_config, load_tokenizer, load_weights
    from arts.models.runtime import device

    config = load_config(folder)
    kind = getattr(transformers, (config.architectures or ["AutoModel"])[0], None)
    if kind is None:
        raise ArtsError(
            f"--check-linearity: transformers has no {config.architectures[0]}, which {folder} is"
        )
    network = load_weights(kind, folder).eval().to(device())
    tokenizer = load_tokenizer(folder)
    inputs = [tokenizer(text, return_tensors="pt").to(device()) for text in _TEXTS]

    @torch.inference_mode()
    def outputs() -> Tensor:
        return torch.cat([network(**text_inputs)[0].double().flatten() for text_inputs in inputs])

    return network, outputs


def check_probes(base: str, models: Sequence[str]) -> None:
    """Check, before the work, that the outputs of base and models can be calculated.

    Args:
        base: folder or Hub id of the base.
        models: folders or Hub ids of the fine-tuned models.

    Raises:
        ArtsError: when one cannot be loaded as a whole, as a LoRA adapter, or the base has no tokenizer.
    """
    from arts.models.checkpoints import is_zoo_model
    from arts.models.encoders import TOKENIZER_FILES

    folders = [_model_folder(name) for name in (base, *models)]
    if not is_zoo_model(folders[0]) and not any((folders[0] / name).is_file() for name in TOKENIZER_FILES):
        raise ArtsError(
            f"--check-linearity: {base} has no tokenizer, so that it cannot be given texts; expected one of "
            f"{', '.join(TOKENIZER_FILES)}"
        )


def nonlinearity(
    base: str, models: Sequence[str], *, load: Callable[[Path], Probe] = load_text_probe
) -> list[float]:
    """How far the outputs of each model are from changing linearly along its task vector; 0 means linear.

    Let theta_0 be the base, tau the model's task vector, and f(alpha) the outputs of a network with the
    weights theta_0 + alpha tau. The measure is ||f(alpha) - (1 - alpha) f(0) - alpha f(1)|| / ||f(1) - f(0)||
    at that one of alpha = 0.25, 0.5, 0.75 where it is largest. It expresses figure 2 of Zhou et al. (2024,
    section 3.2) as a number. The base and one model at a time are held in memory.

    Args:
        base: folder or Hub id of the base.
        models: folders or Hub ids of the fine-tuned models.
        load: function that takes a folder, and returns its model and a function that calculates the model's
            outputs for fixed inputs.

    Returns:
        The values of this measure, one per model, in the order of the models.

    Raises:
        ArtsError: when a model cannot be loaded, or is a LoRA adapter.
    """
    network, outputs = load(_model_folder(base))
    start = {name: weight.detach().clone() for name, weight in network.state_dict().items()}
    at_start = outputs()
    distances = []
    for name in models:
        end = load(_model_folder(name))[0].state_dict()
        network.load_state_dict(end)
        at_end = outputs()
        largest = 0.0
        for alpha in ALPHAS:
            network.load_state_dict(
                {
                    key: torch.lerp(start[key], end[key], alpha) if end[key].is_floating_point() else end[key]
                    for key in start
                }
            )
            linear = torch.lerp(at_start, at_end, alpha)
            largest = max(largest, float((outputs() - linear).norm()))
        change = float((at_end - at_start).norm())
        distances.append(largest / change if change else 0.0)
    return distances


def _model_folder(name: str) -> Path:
    """The folder of a model that can be loaded as a whole; a LoRA adapter cannot, and raises `ArtsError`."""
    folder = checkpoint_folder(name)
    if not (folder / "config.json").is_file():
        raise ArtsError(f"--check-linearity: {name} is no whole model; it cannot be loaded")
    return folder
