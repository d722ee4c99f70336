"""The precision that a model is trained in: on a CPU bf16, where a measurement finds it clearly faster."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from arts.data.schema import Instance
from arts.data.support.atomic import cache_home
from arts.data.support.cache import cached_file, reading_cache
from arts.models.base import AspectModel
from arts.models.encoders import check_encoder, encoder_folder
from arts.models.inputs.pair_encoder import EncoderModel
from arts.models.memory_saving import checkpointed_layers
from arts.models.recipe import Start
from arts.models.runtime import (
    Device,
    Precision,
    batch_options,
    chosen_precision,
    device,
    numerical_environment,
    process_precision,
)

logger = logging.getLogger(__name__)

LEAST_GAIN = 1.15  # times faster that bf16 has to be
SHORTEST_STEP = 0.05  # seconds in fp32, below which training is short enough
TIMED_STEPS = 2  # of each precision, after a first one; the quickest counts

Batch = Mapping[str, Tensor]
Network = Callable[[], tuple[Any, Batch]]  # makes a model whose output has a loss, and a batch for it


@dataclass(frozen=True)
class PrecisionChoice:
    """The precision of a training, and what it was chosen by.

    Args:
        precision: the precision.
        step_seconds: duration of a forward and a backward pass in seconds, keyed by precision; empty where it
            was not measured.
    """

    precision: Precision
    step_seconds: Mapping[str, float] = field(default_factory=dict)


def training_precision(
    model_class: type[AspectModel], start: Start, *, train: Sequence[Instance]
) -> PrecisionChoice:
    """The precision that a model is trained in.

    It is measured as `measured_precision` does, with random weights and a batch of training instances of
    middling length. Models without an encoder are too small to gain.

    Args:
        model_class: the class of the model.
        start: the starting point of training.
        train: the training instances.
    """
    if not issubclass(model_class, EncoderModel):
        return PrecisionChoice(process_precision())
    config = model_class.config_from_start(start)

    def network() -> tuple[AspectModel, Batch]:
        check_encoder(start.encoder)
        size = batch_options(model_class.recipe.batch_size)["per_device_train_batch_size"]
        by_length = sorted(train, key=lambda instance: len(instance.text))
        middle = by_length[max(0, len(train) - size) // 2 :][:size]
        model = model_class(config)
        inputs = model.load_inputs(encoder_folder(start.encoder))
        batch = inputs.collate(inputs.encode(middle))
        return model, {**batch, "labels": torch.zeros(len(middle), dtype=torch.long)}

    return measured_precision(model_class.__name__, config.to_json_string(use_diff=False), network)


def measured_precision(name: str, parts: object, network: Network) -> PrecisionChoice:
    """Measure once per machine whether a network is trained clearly faster in bf16 on a CPU, and choose.

    The choice is kept in the cache, so that the same training is given the same precision in every run. There
    is no measurement on an accelerator, nor where `arts.models.runtime.use_precision` has chosen.

    Args:
        name: name of the model, for the log.
        parts: what the duration of a step depends on beside the machine and the libraries, as JSON values.
        network: makes the model and the batch that are measured.
    """
    if chosen_precision() or device() is not Device.CPU:
        return PrecisionChoice(process_precision())
    machine = {**numerical_environment(Precision.FP32), "cpu": sorted(_cpu_features())}
    digest = hashlib.sha256(json.dumps([name, parts, machine], sort_keys=True).encode()).hexdigest()

    def build(path: Path) -> None:
        with torch.random.fork_rng():  # training draws the same numbers, whether or not this runs
            seconds = step_seconds(*network())
        steps = ", ".join(f"{seconds[kind]:.3f} s in {kind}" for kind in Precision)
        logger.info("%s: a step takes %s; trained in %s", name, steps, _faster(seconds).value)
        path.write_text(json.dumps(seconds), encoding="utf-8")

    path = cached_file(cache_home() / "precision" / f"{digest[:16]}.json", build)
    with reading_cache(path):
        seconds = {kind.value: float(json.loads(path.read_text("utf-8"))[kind]) for kind in Precision}
    return PrecisionChoice(_faster(seconds), seconds)


def _faster(seconds: Mapping[str, float]) -> Precision:
    """The precision to train in, by the duration of a step in seconds, keyed by precision."""
    fp32, bf16 = (seconds[kind] for kind in Precision)
    gains = fp32 >= SHORTEST_STEP and fp32 >= LEAST_GAIN * bf16
    return Precision.BF16 if gains else Precision.FP32


def step_seconds(model: Any, batch: Batch) -> dict[str, float]:
    """The duration of a forward and a backward pass of a batch on the CPU, in seconds, keyed by precision.

    Args:
        model: the model; its output has a loss. Its weights stay as they are.
        batch: its arguments, with labels.
    """
    model.train()
    seconds = {kind.value: math.inf for kind in Precision}
    for turn in range(1 + TIMED_STEPS):
        for kind in Precision:
            begun = time.perf_counter()
            with checkpointed_layers(model):
                with torch.autocast("cpu", torch.bfloat16, enabled=kind is Precision.BF16):
                    loss = model(**batch).loss
                loss.backward()
            model.zero_grad()
            if turn:  # the first one prepares
                seconds[kind.value] = min(seconds[kind.value], time.perf_counter() - begun)
    return seconds


def _cpu_features() -> list[str]:
    """The instructions of the CPU that torch names beyond its own dispatch, such as those of bf16."""
    capabilities: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()  # since torch 2.10
    return [name for name, present in capabilities.items() if present is True]
