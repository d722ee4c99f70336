"""Unlearning from a saved model, from start to end: load, tokenise, unlearn, write and report."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import KW_ONLY, asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from arts.data.errors import ArtsError, require_posix
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.readers.row_source import RowSource, read_row_source
from arts.data.support.atomic import resumable_folder
from arts.data.support.code_checksum import code_checksum
from arts.data.support.free_places import check_new_folder
from arts.models.recipe import TrainingProgress
from arts.models.runtime import numerical_environment
from arts.provenance import UNLEARNING_LIBRARIES, Clock, library_versions, peak_memory, utc_now
from arts.unlearning.loaded_model import UnlearningModel, add_lora, checksum_of, load_unlearning_model
from arts.unlearning.model_card import write_unlearning_card
from arts.unlearning.reference import save_reference_outputs
from arts.unlearning.report import UNLEARN_REPORT_FILE, TextSource, UnlearnReport
from arts.unlearning.schedule import UnlearningTexts
from arts.unlearning.settings import MAX_LENGTH, UnlearningSettings
from arts.unlearning.tokenization import check_disjoint, count_truncated
from arts.unlearning.trainer import UnlearningOutcome, unlearn

logger = logging.getLogger(__name__)

RowSources = tuple[RowSource, RowSource]  # the forget set and the retain set


@dataclass(frozen=True)
class UnlearningJob:
    """What is to be unlearned from which model, and how.

    Args:
        model: the model to unlearn from, called the original: the folder, GGUF file or Hub id of a causal
            language model or a sequence classifier.
        forget: the forget set: a JSONL, CSV or Parquet file, or the folder or Hub id of a dataset.
        retain: the retain set: a JSONL, CSV or Parquet file, or the folder or Hub id of a dataset.
        settings: the settings of training.
        reference: the reference model, a folder, GGUF file or Hub id. The model in training is compared with
            its outputs: on the retain set by bias mitigation, on the forget set by NPO. Default: the
            original.
        lora: rank of LoRA adapters. They are trained instead of all weights, and merged into the model at the
            end. None: all weights are trained.
        max_length: number of tokens that a text is truncated to.
        labels: the classes of a classifier that labels stand for which do not name one, such as numbers.
        command: the command line, for the report; None when the run was not started by a command.
    """

    model: str
    _: KW_ONLY
    forget: str
    retain: str
    settings: UnlearningSettings = field(default_factory=UnlearningSettings)
    reference: str | None = None
    lora: int | None = None
    max_length: int = MAX_LENGTH
    labels: LabelNames = NO_NAMES
    command: str | None = None

    def run(self, folder: Path, progress: TrainingProgress | None = None) -> UnlearnReport:
        """Unlearn, and write the model to a new folder, with a report and a model card.

        A run that was cut off is resumed from its last checkpoint when the same job is run again.

        Args:
            folder: the folder to write; new or empty.
            progress: called after each optimizer step with the steps done, all steps, and a remark.

        Raises:
            ArtsError: when an input is invalid or training fails; then nothing is written.
        """
        require_posix("unlearning")  # peak memory, which is reported, is measured there only
        clock = Clock()
        check_new_folder(folder)
        sources = read_row_source(self.forget), read_row_source(self.retain)
        original = load_unlearning_model(self.model)
        texts = self._tokenize(original, sources)
        with resumable_folder(folder, self._fingerprint(original, sources)) as work:
            reference = self._load_reference(original) if self.reference else original
            save_reference_outputs(work.path, reference.model, texts=texts, settings=self.settings)
            del reference
            model = original.model
            if self.lora:
                model = add_lora(model, self.lora, causal=original.causal, seed=self.settings.seed)
            outcome = unlearn(model, texts, settings=self.settings, folder=work.path, progress=progress)
            report = self._report(original, sources, texts=texts, outcome=outcome, clock=clock)
            if self.lora:
                model = model.merge_and_unload()
            model.save_pretrained(work.result)
            original.tokenizer.save_pretrained(work.result)
            report.write_json(work.result / UNLEARN_REPORT_FILE)
            write_unlearning_card(report, work.result)
        return report

    def _tokenize(self, original: UnlearningModel, sources: RowSources) -> UnlearningTexts:
        """Tokenise the forget set and the retain set, and check that no text is in both."""
        tokenizer = original.row_tokenizer(self.max_length, self.labels)
        forget, retain = (tokenizer.encode(source) for source in sources)
        check_disjoint(forget, retain, sources=sources)
        texts = UnlearningTexts(forget, retain, collate=tokenizer.collate, classes=original.classes)
        for name, count in count_truncated_by_set(texts).items():
            if count:
                logger.warning(
                    "%d texts of the %s set were truncated to %d tokens", count, name, tokenizer.max_length
                )
        return texts

    def _fingerprint(self, original: UnlearningModel, sources: RowSources) -> str:
        """SHA-256 of everything that the result depends on.

        A run resumes unfinished work only if the fingerprint of that work is the same.
        """
        content = {
            "settings": asdict(self.settings),
            "weights": str(self.settings.loss_weights),
            "model": original.checksum,
            "reference": checksum_of(self.reference) if self.reference else None,
            "lora": self.lora,
            "max_length": self.max_length,
            "labels": str(self.labels),
            "texts": [hashlib.sha256(repr(source.rows).encode()).hexdigest() for source in sources],
            "classes": getattr(original.model.config, "id2label", None),
            "code": code_checksum(__name__),
            "environment": numerical_environment(),
            "peft": version("peft") if self.lora else None,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def _load_reference(self, original: UnlearningModel) -> UnlearningModel:
        """Load the model named by `reference`, and check that it can be compared with the original.

        Raises:
            ArtsError: when it cannot be loaded, or is of another kind than the original or has another
                vocabulary, so that their outputs cannot be compared.
        """
        assert self.reference
        reference = load_unlearning_model(self.reference)
        if reference.causal != original.causal or reference.classes != original.classes:
            raise ArtsError(
                f"{self.reference} and {self.model} have no outputs in common "
                f"({reference.classes} and {original.classes} classes); expected models of one kind"
            )
        if reference.class_names != original.class_names:
            raise ArtsError(
                f"{self.reference} and {self.model} do not name the same classes in one order "
                f"({', '.join(reference.class_names)} and {', '.join(original.class_names)})"
            )
        if reference.tokenizer.get_vocab() != original.tokenizer.get_vocab():
            raise ArtsError(
                f"{self.reference} and {self.model} have no common tokenizer; expected one vocabulary, so "
                "that their outputs can be compared"
            )
        return reference

    def _report(
        self,
        original: UnlearningModel,
        sources: RowSources,
        *,
        texts: UnlearningTexts,
        outcome: UnlearningOutcome,
        clock: Clock,
    ) -> UnlearnReport:
        """The report of a run; `clock` was started with it."""
        forget, retain = (TextSource(name=s.name, checksum=s.checksum, texts=len(s.rows)) for s in sources)
        settings = {**asdict(self.settings), "weights": str(self.settings.loss_weights)}
        longest = original.row_tokenizer(self.max_length, self.labels).max_length
        settings |= {"lora": self.lora, "max_length": longest}
        if self.labels.names:
            settings["labels"] = str(self.labels)
        return UnlearnReport(
            model=self.model,
            model_checksum=original.checksum,
            reference=self.reference,
            forget=forget,
            retain=retain,
            objective=str(settings.pop("objective")),
            settings=settings,
            **{**vars(outcome), "seconds": clock.seconds},
            peak_memory=peak_memory(),
            reference_checksum=checksum_of(self.reference) if self.reference else None,
            versions=library_versions(UNLEARNING_LIBRARIES),
            environment=numerical_environment(),
            truncated=count_truncated_by_set(texts),
            command=self.command,
            created=utc_now(),
        )


def count_truncated_by_set(texts: UnlearningTexts) -> dict[str, int]:
    """The numbers of truncated texts, under the keys ``forget`` and ``retain``."""
    return {"forget": count_truncated(texts.forget), "retain": count_truncated(texts.retain)}
