"""Unlearning from a saved checkpoint, end to end."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from arts.data.errors import ArtsError, MissingDependencyError
from arts.data.readers.row_source import RowSource, read_row_source
from arts.data.support.atomic import check_new, resumable_folder
from arts.data.support.download import sha256
from arts.models.base import Progress
from arts.models.encoders import encoder_checksum, load_tokenizer, load_weights, loading, resolve_encoder
from arts.models.language_model import located
from arts.provenance import UNLEARNING, library_versions, now, peak_memory
from arts.unlearning.report import FILE, Texts, UnlearnReport
from arts.unlearning.settings import Material, Settings
from arts.unlearning.texts import Answers, Encoder, Labelled, check_apart
from arts.unlearning.trainer import Unlearned, keep_reference, unlearn

_HEADED = ("ForCausalLM", "LMHeadModel")


@dataclass(frozen=True)
class Job:
    """What is to be unlearned from what, and how.

    Args:
        model: a sequence-classification or causal checkpoint: a folder, GGUF file or Hub id.
        forget, retain: what is to be forgotten and kept; see `read_row_source`.
        settings: of the run.
        reference: the original that bias mitigation holds the outputs near; by default the model itself.
        lora: rank of the LoRA adapters that are trained instead of all weights, and merged at the end.
        longest: pieces that a text is cut to.
        command: that asked for it, for the record.
    """

    model: str
    forget: str
    retain: str
    settings: Settings = field(default_factory=Settings)
    reference: str | None = None
    lora: int | None = None
    longest: int = 1024
    command: str | None = None

    def run(self, folder: Path, progress: Progress | None = None) -> UnlearnReport:
        """Unlearn, and write the model to a new folder, with a report and a model card.

        A run that was cut off goes on from its last checkpoint when the same is asked for again.

        Raises:
            ArtsError: when something is not as expected; then nothing is written.
        """
        started = time.perf_counter()
        check_new(folder)
        sources = read_row_source(self.forget), read_row_source(self.retain)
        loaded = load(self.model)
        material = self._material(loaded, sources)
        with resumable_folder(folder, self._fingerprint(loaded, sources)) as work:
            if self.reference:
                self._keep_other(material, loaded, work.path)
            else:
                keep_reference(work.path, loaded.model, material, self.settings)
            model = with_lora(loaded.model, self.lora, causal=loaded.causal) if self.lora else loaded.model
            found = unlearn(model, material, self.settings, work.path, progress)
            report = self._report(loaded, sources, found, started)
            self._write(work.result, model.merge_and_unload() if self.lora else model, loaded, report)
        return report

    def _material(self, loaded: Loaded, sources: tuple[RowSource, RowSource]) -> Material:
        encoder = loaded.encoder(self.longest)
        forget, retain = (encoder.encode(source) for source in sources)
        check_apart(forget, retain, sources)
        return Material(forget, retain, encoder.collate, loaded.classes)

    def _fingerprint(self, loaded: Loaded, sources: tuple[RowSource, RowSource]) -> str:
        """SHA-256 of everything that the result depends on."""
        asked = {
            "settings": asdict(self.settings),
            "model": loaded.checksum,
            "reference": self.reference,
            "lora": self.lora,
            "longest": self.longest,
            "texts": [source.checksum for source in sources],
        }
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    def _keep_other(self, material: Material, loaded: Loaded, work: Path) -> None:
        """Ask another original, one model in memory on the device at a time."""
        assert self.reference
        other = load(self.reference)
        if other.causal != loaded.causal or other.classes != loaded.classes:
            raise ArtsError(
                f"{self.reference} and {self.model} have no outputs in common "
                f"({other.classes} and {loaded.classes} classes); expected models of one kind"
            )
        if other.tokenizer.get_vocab() != loaded.tokenizer.get_vocab():
            raise ArtsError(
                f"{self.reference} and {self.model} have no common tokenizer; expected one vocabulary, so "
                "that their outputs can be compared"
            )
        keep_reference(work, other.model, material, self.settings)

    def _report(
        self, loaded: Loaded, sources: tuple[RowSource, RowSource], found: Unlearned, started: float
    ) -> UnlearnReport:
        forget, retain = (Texts(name=s.name, checksum=s.checksum, texts=len(s.rows)) for s in sources)
        settings = {**asdict(self.settings), "weights": str(self.settings.resolved)}
        settings |= {"lora": self.lora, "longest": self.longest}
        return UnlearnReport(
            model=self.model,
            model_checksum=loaded.checksum,
            reference=self.reference,
            forget=forget,
            retain=retain,
            objective=str(settings.pop("objective")),
            settings=settings,
            **{**vars(found), "seconds": time.perf_counter() - started},
            peak_memory=peak_memory(),
            versions=library_versions(UNLEARNING),
            command=self.command,
            created=now(),
        )

    def _write(self, folder: Path, model: Any, loaded: Loaded, report: UnlearnReport) -> None:
        model.save_pretrained(folder)
        loaded.tokenizer.save_pretrained(folder)
        report.write_json(folder / FILE)
        (folder / "README.md").write_text(report.card(), encoding="utf-8")


@dataclass(frozen=True)
class Loaded:
    """A checkpoint: a causal language model, or a sequence classifier."""

    model: Any
    tokenizer: Any
    causal: bool
    checksum: str

    @property
    def classes(self) -> int:
        """How many outputs a row has."""
        config = self.model.config
        return int(config.get_text_config().vocab_size if self.causal else config.num_labels)

    def encoder(self, longest: int) -> Encoder:
        """What tokenises for it, texts of so many pieces at most."""
        longest = min(longest, getattr(self.model.config, "max_position_embeddings", longest))
        if self.causal:
            return Answers(self.tokenizer, longest)
        return Labelled(self.tokenizer, longest, self.model.config.label2id)


def load(name: str) -> Loaded:
    """A checkpoint by the name of the packaged language model, a folder, a GGUF file or a Hub id.

    Raises:
        ArtsError: when it cannot be loaded, or is of another kind.
    """
    from transformers import (
        AutoConfig,
        AutoModelForCausalLM,
        AutoModelForSequenceClassification,
    )

    place, options = located(name)
    if options:
        from arts.models.language_model import LanguageModel

        loaded = LanguageModel.load(name)
        return Loaded(loaded.model, loaded.tokenizer, True, sha256(Path(place) / options["gguf_file"]))
    if Path(name).is_dir() and not Path(name, "config.json").is_file():
        raise ArtsError(f"{name} has no config.json; expected a saved model")
    folder = resolve_encoder(name)
    with loading(name):
        saved = AutoConfig.from_pretrained(folder).architectures or ["nothing"]
    causal = saved[0].endswith(_HEADED)
    if not causal and not saved[0].endswith("ForSequenceClassification"):
        raise ArtsError(
            f"{name}: saved as {saved[0]}; expected a causal language model, or one for sequence "
            "classification"
        )
    auto = AutoModelForCausalLM if causal else AutoModelForSequenceClassification
    tokenizer = load_tokenizer(folder)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return Loaded(load_weights(auto, folder).to(device), tokenizer, causal, encoder_checksum(name))


def with_lora(model: Any, rank: int, *, causal: bool) -> Any:
    """The model with LoRA adapters on all linear layers, which alone are trained.

    Raises:
        MissingDependencyError: when peft is not installed.
    """
    if find_spec("peft") is None:
        raise MissingDependencyError("peft, for LoRA,", "llm")
    from peft import LoraConfig, get_peft_model

    kind = "CAUSAL_LM" if causal else "SEQ_CLS"
    return get_peft_model(
        model, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type=kind)
    )
