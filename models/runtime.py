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


class Precision(StrEnum):
    """The precision of products of matrices in training: that of the weights, or bf16 by autocast."""

    FP32 = "fp32"
    BF16 = "bf16"


class PrecisionOption(StrEnum):
    """What a user can ask for: a `Precision`, or the one that suits the machine and the model."""

    AUTO = "auto"
    FP32 = "fp32"
    BF16 = "bf16"


_chosen: Device | None = None
_chosen_precision: Precision | None = None
_accumulation_steps = 1
_checkpointing = False


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


def use_precision(option: PrecisionOption) -> None:
    """Choose the precision of training, for the whole process. Predictions are always made in fp32.

    Args:
        option: the precision, or `PrecisionOption.AUTO` to leave it to the machine and the model.

    Raises:
        ArtsError: when what models run on has no bf16.
    """
    global _chosen_precision
    if option is PrecisionOption.BF16 and device() is not Device.CPU and not _accelerator_has_bf16():
        raise ArtsError(f"--precision bf16: {device()} has none here; expected fp32")
    _chosen_precision = None if option is PrecisionOption.AUTO else Precision(option.value)


def chosen_precision() -> Precision | None:
    """The precision of training that was chosen by `use_precision`; None for none."""
    return _chosen_precision


def process_precision() -> Precision:
    """The precision of training where none is measured: bf16 on an accelerator that has it, else fp32."""
    return _chosen_precision or (Precision.BF16 if _accelerator_has_bf16() else Precision.FP32)


def use_memory_saving(*, accumulation_steps: int = 1, checkpointing: bool = False) -> None:
    """Choose how training saves memory, for the whole process.

    Args:
        accumulation_steps: the number of equal parts in which a batch goes through the model, one after
            another, before the one optimizer step (gradient accumulation). Sums are rounded in another order.
        checkpointing: whether the layers of an encoder compute their states a second time for the gradients
            instead of keeping them (gradient checkpointing). It changes no number.
    """
    global _accumulation_steps, _checkpointing
    _accumulation_steps, _checkpointing = accumulation_steps, checkpointing


def is_checkpointing() -> bool:
    """Whether `use_memory_saving` has chosen gradient checkpointing."""
    return _checkpointing


def batch_options(batch_size: int) -> dict[str, int]:
    """Keyword arguments of `TrainingArguments`: the size of the parts of a batch, and their number.

    Args:
        batch_size: number of instances per optimizer step.

    Raises:
        ArtsError: when the batch cannot be divided into as many parts as `use_memory_saving` has chosen.
    """
    size, rest = divmod(batch_size, _accumulation_steps)
    if rest:
        divisors = [n for n in range(1, batch_size + 1) if batch_size % n == 0]
        raise ArtsError(
            f"--gradient-accumulation-steps {_accumulation_steps} does not divide a batch of {batch_size}; "
            f"expected one of {', '.join(map(str, divisors))}"
        )
    return {"per_device_train_batch_size": size, "gradient_accumulation_steps": _accumulation_steps}


def _accelerator_has_bf16() -> bool:
    """Whether models run on a GPU that has bf16."""
    import torch

    return device() is Device.CUDA and torch.cuda.is_bf16_supported()


def trainer_options(precision_of_training: Precision | None = None) -> dict[str, Any]:
    """Keyword arguments of `TrainingArguments`: the precision, and the CPU if models run on it.

    Args:
        precision_of_training: the precision. Default: that of `process_precision`.
    """
    bf16 = (precision_of_training or process_precision()) is Precision.BF16
    return {"bf16": bf16, "use_cpu": _chosen is Device.CPU or (bf16 and device() is Device.CPU)}


def numerical_environment(precision_of_training: Precision | None = None) -> dict[str, str | int]:
    """What the weights and predictions of a network depend on besides its code, its data and its seed.

    Two processes with equal environments calculate equal numbers. With another number of threads, another
    precision or another processor, sums are made in another order, and the last digits differ.

    Args:
        precision_of_training: the precision of a training. Default: that of `process_precision`.

    Returns:
        ``device`` (``cpu``, ``mps``, or the name of the GPU), ``precision`` (that of training: ``fp32`` or
        ``bf16``), ``matmul`` (the precision of products of matrices in fp32, as torch names it),
        ``instructions`` (the vector instructions of the CPU that torch uses), ``threads`` (the number of
        threads of torch), ``accumulation_steps`` (the number of parts of a batch in training, where it is not
        1), and the versions of `LIBRARIES`.
    """
    import torch

    accelerated = device() is Device.CUDA
    return {
        "device": torch.cuda.get_device_name() if accelerated else device().value,
        "precision": (precision_of_training or process_precision()).value,
        "matmul": torch.get_float32_matmul_precision(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        **({"accumulation_steps": _accumulation_steps} if _accumulation_steps > 1 else {}),
        **{name: version(name) for name in LIBRARIES},
    }
