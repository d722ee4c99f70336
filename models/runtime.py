"""The numerical environment of this process: libraries, device, precision, threads; they change results."""

from __future__ import annotations

from enum import StrEnum
from importlib.metadata import version
from typing import Any

from arts.data.errors import ArtsError

LIBRARIES = ("torch", "transformers", "tokenizers", "numpy")  # names of distributions


class Device(StrEnum):
    """What models run on: CPU, CUDA (a GPU of NVIDIA or AMD), or MPS (the GPU of a Mac)."""

    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


_chosen: Device | None = None


def use_device(device: Device | None) -> None:
    """Choose what models run on, for the whole process.

    Args:
        device: the device. None: the one that torch sees, as `device` says.

    Raises:
        ArtsError: when torch does not see it on this machine.
    """
    global _chosen
    if device not in (None, Device.CPU):
        import torch

        backend = torch.cuda if device is Device.CUDA else torch.backends.mps
        if not backend.is_available():
            raise ArtsError(f"--device {device}: torch {version('torch')} sees none here; expected cpu")
    _chosen = device


def device(otherwise: Device | None = None) -> Device:
    """What models run on.

    Args:
        otherwise: the device where none was chosen by `use_device`. Default: CUDA if torch sees it, else the
            CPU.
    """
    import torch

    return _chosen or otherwise or (Device.CUDA if torch.cuda.is_available() else Device.CPU)


def trainer_options() -> dict[str, Any]:
    """Keyword arguments of `TrainingArguments`: the precision, and the CPU if it was chosen."""
    import torch

    bf16 = device() is Device.CUDA and torch.cuda.is_bf16_supported()
    return {"bf16": bf16, "use_cpu": _chosen is Device.CPU}


def numerical_environment() -> dict[str, str | int]:
    """What the weights and predictions of a network depend on besides its code, its data and its seed.

    Two processes with equal environments calculate equal numbers. With another number of threads, another
    precision or another processor, sums are made in another order, and the last digits differ.

    Returns:
        ``device`` (``cpu``, ``mps``, or the name of the GPU), ``precision`` (that of training: ``fp32`` or
        ``bf16``), ``matmul`` (the precision of products of matrices in fp32, as torch names it),
        ``instructions`` (the vector instructions of the CPU that torch uses), ``threads`` (the number of
        threads of torch), and the versions of `LIBRARIES`.
    """
    import torch

    accelerated = device() is Device.CUDA
    return {
        "device": torch.cuda.get_device_name() if accelerated else device().value,
        "precision": "bf16" if accelerated and torch.cuda.is_bf16_supported() else "fp32",
        "matmul": torch.get_float32_matmul_precision(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        **{name: version(name) for name in LIBRARIES},
    }
