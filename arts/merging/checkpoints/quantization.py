"""Recognising quantised checkpoints, which hold codes instead of weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Keys of config.json: of transformers, of older files of compressed-tensors, and of MLX.
_KEYS = ("quantization_config", "compression_config", "quantization")
_METHOD_KEYS = ("quant_method", "quant_algo", "format", "mode")


def quantization_method(config: Mapping[str, Any]) -> str | None:
    """The method by which a checkpoint was quantised, as its config.json says; None when it says nothing.

    Example:
        >>> quantization_method({"text_config": {"quantization_config": {"quant_method": "gptq", "bits": 4}}})
        'gptq'
    """
    for key, value in config.items():
        if key in _KEYS and value:
            return _method(value)
        if isinstance(value, dict) and (method := quantization_method(value)):
            return method
    return None


def _method(settings: Any) -> str:
    """The method that the settings of a quantisation name."""
    if not isinstance(settings, dict):
        return str(settings)
    if settings.get("quant_method") == "bitsandbytes" or "load_in_4bit" in settings:
        return f"bitsandbytes, {4 if settings.get('load_in_4bit') else 8} bits"
    named = [str(settings[key]) for key in _METHOD_KEYS if settings.get(key)]
    return named[0] if named else f"{settings.get('bits', 'an unknown number of')} bits"
