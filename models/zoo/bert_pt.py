"""The model `bert-pt`: BERT that is post-trained on review text before it is fine-tuned."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import torch
from transformers import AutoConfig, AutoModelForMaskedLM, DataCollatorForLanguageModeling, set_seed

from arts.data.errors import DataError
from arts.data.support.atomic import WorkFolder, cache_home
from arts.data.support.cache import cached_folder
from arts.data.support.code_checksum import code_checksum
from arts.models.base import Inputs
from arts.models.encoders import (
    POOLING_FILE,
    as_loading_error,
    encoder_checksum,
    encoder_folder,
    load_encoder,
    load_tokenizer,
    quiet_transformers,
)
from arts.models.inputs.pair_encoder import MAX_LENGTH
from arts.models.no_aspect import NoAspectConfig
from arts.models.precision import Batch, measured_precision
from arts.models.recipe import Start, TrainingProgress
from arts.models.runtime import Precision, batch_options, numerical_environment, trainer_options
from arts.models.training import StepCallback, run_trainer
from arts.models.zoo.bert import BertPair
from arts.models.zoo_card import ModelCard

EPOCHS, LEARNING_RATE, BATCH_SIZE, MASKED = 3, 5e-5, 32, 0.15  # of post-training; MASKED is a share of tokens
SEED = 0  # as in the paper, all seeds of fine-tuning start from the same post-trained encoder


class BertPTConfig(NoAspectConfig):
    """Configuration of `BertPT`."""

    model_type = "arts-bert-pt"


class BertPT(BertPair):
    """BERT that is post-trained on reviews of the domain, then fine-tuned (Xu et al., 2019).

    "BERT Post-Training for Review Reading Comprehension and Aspect-based Sentiment Analysis", NAACL 2019.
    Post-training starts from the pretrained weights, and is masked language modelling with the loss

        L = - mean over masked tokens of log p(token | the text with 15% of its tokens masked)

    The model is then fine-tuned on the pair of sentence and aspect, as `arts.models.zoo.bert.BertPair` is.

    Departures from the paper:

    - the text is the unlabelled training sentences, or the file `Start.corpus`, instead of millions of
      Amazon and Yelp reviews;
    - there is no next-sentence prediction and no reading comprehension;
    - the default encoder is MiniLM-L6, whose checkpoint has no head that predicts masked tokens. A new head,
      which shares its weights with the input embeddings, is trained with the encoder and then dropped.
    """

    config_class = BertPTConfig
    extras = ("corpus",)
    card = ModelCard(
        family="encoder",
        paper="Xu et al., 2019",
        bibtex="xu-etal-2019-bert",
        licence="MIT",
        reads="sentence and aspect as a pair, after reviews",
    )

    @classmethod
    def from_start(
        cls, start: Start, texts: Sequence[str], *, progress: TrainingProgress | None = None
    ) -> tuple[Self, Inputs]:
        if not start.post_trained:
            texts = read_passages(start.corpus) if start.corpus else texts
            start = replace(start, encoder=str(post_train_encoder(start.encoder, texts, progress=progress)))
        return super().from_start(start, texts, progress=progress)


def read_passages(path: Path) -> list[str]:
    """Read the passages of a text file: the lines that are not empty, stripped.

    Raises:
        DataError: when the file cannot be read or is empty.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except OSError as error:
        raise DataError(path, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise DataError(path, "is not text in UTF-8; expected a passage a line") from error
    if not any(lines):
        raise DataError(path, "is empty; expected a passage a line")
    return [line for line in lines if line]


def post_train_encoder(
    encoder: str, texts: Sequence[str], *, progress: TrainingProgress | None = None
) -> Path:
    """Post-train an encoder on texts, unless the result is in the cache, and return its folder.

    Post-training that was interrupted resumes after its last complete epoch.

    Args:
        encoder: folder or Hub id of the pretrained encoder.
        texts: the texts, each truncated to 128 tokens.
        progress: called after each optimizer step with the steps done, the number of all steps, and a
            status text.
    """

    def build(work: WorkFolder) -> None:
        with torch.random.fork_rng():  # fine-tuning draws the same numbers, whether or not this runs
            _post_train(encoder_folder(encoder), texts, work, progress)

    return cached_folder(cache_home() / "encoders" / _cache_key(encoder, texts), build)


def _precision(source: Path, texts: Sequence[str]) -> Precision:
    """The precision of post-training the encoder in the folder `source`; see `measured_precision`."""
    config = AutoConfig.from_pretrained(source)

    def network() -> tuple[Any, Batch]:
        size = batch_options(BATCH_SIZE)["per_device_train_batch_size"]
        middle = sorted(texts, key=len)[max(0, len(texts) - size) // 2 :][:size]
        tokenizer = load_tokenizer(source)
        batch = tokenizer(middle, truncation=True, max_length=MAX_LENGTH, padding=True, return_tensors="pt")
        model = AutoModelForMaskedLM.from_config(config)
        read = {name: batch[name] for name in ("input_ids", "attention_mask")}  # as in post-training
        return model, {**read, "labels": batch["input_ids"]}

    return measured_precision("post-training", config.to_json_string(use_diff=False), network).precision


def _post_train(
    source: Path, texts: Sequence[str], work: WorkFolder, progress: TrainingProgress | None
) -> None:
    """Post-train the encoder in the folder `source`, and save it to the work folder.

    Args:
        source: the folder of the pretrained encoder.
        texts: the texts, each truncated to 128 tokens.
        work: a temporary folder with two subfolders, for training checkpoints and for the result.
        progress: called after each optimizer step with the steps done, the number of all steps, and a
            status text.
    """
    set_seed(SEED)
    tokenizer, encoder = load_tokenizer(source), load_encoder(str(source))
    with as_loading_error(f"{source}, for masked language modelling,"):
        model = AutoModelForMaskedLM.from_pretrained(source, dtype="float32")
    encoded = tokenizer(list(texts), truncation=True, max_length=MAX_LENGTH)
    run_trainer(
        work.checkpoints,
        StepCallback(progress, "post-training"),
        seed=SEED,
        settings={
            "learning_rate": LEARNING_RATE,
            "num_train_epochs": EPOCHS,
            **batch_options(BATCH_SIZE),
            "warmup_steps": 0.1,
            **trainer_options(_precision(source, texts)),
        },
        model=model,
        data_collator=DataCollatorForLanguageModeling(tokenizer, mlm_probability=MASKED),
        train_dataset=[{"input_ids": ids} for ids in encoded["input_ids"]],
    )
    encoder.load_state_dict(
        model.base_model.state_dict(), strict=False
    )  # the pooler is not part of masked language modelling
    encoder.config.truncated_passages = _count_truncated(tokenizer, texts)  # saved with the encoder
    encoder.save_pretrained(work.result)
    tokenizer.save_pretrained(work.result)
    if (source / POOLING_FILE).is_file():
        (work.result / POOLING_FILE).parent.mkdir()
        shutil.copy(source / POOLING_FILE, work.result / POOLING_FILE)


def _count_truncated(tokenizer: Any, texts: Sequence[str]) -> int:
    """The number of texts that are longer than 128 tokens, special tokens included."""
    with quiet_transformers():  # the tokenizer warns of texts that are too long for the encoder
        return sum(len(ids) > MAX_LENGTH for ids in tokenizer(list(texts))["input_ids"])


def _cache_key(encoder: str, texts: Sequence[str]) -> str:
    """The name of a post-trained encoder's cache folder: a digest of all that its weights depend on."""
    parts = [
        encoder_checksum(encoder),
        [EPOCHS, LEARNING_RATE, BATCH_SIZE, MASKED, SEED, MAX_LENGTH],
        list(texts),
        numerical_environment(_precision(encoder_folder(encoder), texts)),
        code_checksum(__name__),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
