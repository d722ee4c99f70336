"""The numerical environment of this process: libraries, device, precision, threads; they change results."""

from __future__ import annotations

from importlib.metadata import version

LIBRARIES = ("torch", "transformers", "tokenizers", "numpy")  # names of distributions


def numerical_environment() -> dict[str, str | int]:
    """What the weights and predictions of a network depend on besides its code, its data and its seed.

    Two processes with equal environments calculate equal numbers. With another number of threads, another
    precision or another processor, sums are made in another order, and the last digits differ.

    Returns:
        ``device`` (``cpu``, or the name of the GPU), ``precision`` (that of training: ``fp32`` or ``bf16``),
        ``matmul`` (the precision of products of matrices in fp32, as torch names it), ``instructions`` (the
        vector instructions of the CPU that torch uses), ``threads`` (the number of threads of torch), and the
        versions of `LIBRARIES`.
    """
    import torch

    accelerated = torch.cuda.is_available()
    return {
        "device": torch.cuda.get_device_name() if accelerated else "cpu",
        "precision": "bf16" if accelerated and torch.cuda.is_bf16_supported() else "fp32",
        "matmul": torch.get_float32_matmul_precision(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        **{name: version(name) for name in LIBRARIES},
    }
