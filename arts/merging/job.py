"""A merge from start to end: open the models, plan, measure, merge, write the result and report on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

import numpy as np

from arts.data.errors import ArtsError, require_posix
from arts.data.support.arrays import FloatArray
from arts.data.support.checked_fields import check_fields
from arts.data.support.field_types import Count
from arts.data.support.free_places import check_new_folder
from arts.merging.checkpoints.assets import check_config_is_inside, copy_assets
from arts.merging.checkpoints.checkpoint_writer import CheckpointOutput
from arts.merging.checkpoints.sources import checkpoint_folder, open_base, open_model
from arts.merging.configurations import function_warnings
from arts.merging.element_counter import ElementCounter, MergeProgress
from arts.merging.engine import MergeOutcome, SparsifiedCounts, merge
from arts.merging.methods import METHODS, Coefficients, MergeMethod
from arts.merging.model_card import write_merge_card
from arts.merging.options import (
    MergeOptions,
    check_options,
    densities_by_tensor,
    given_weights,
    recorded_options,
    weights_by_tensor,
)
from arts.merging.plan import MergePlan, make_plan
from arts.merging.policies import DEFAULT_METHOD, MAX_SHARD_BYTES, HeadPolicy, VocabPolicy
from arts.merging.report import (
    MERGE_REPORT_FILE,
    MergedModelEntry,
    MergeReport,
    assumption_warnings,
    layer_entries,
    mean_over_elements,
    surplus_remarks,
)
from arts.merging.sparsify import differ_by_tensor, sparsifier_passes
from arts.merging.survey import TaskVectorSurvey, cosines, survey_task_vectors
from arts.merging.vocabulary import check_tokenizer
from arts.merging.workers import Workers
from arts.provenance import MERGE_LIBRARIES, Clock, library_versions, peak_memory, utc_now


@dataclass(frozen=True)
class MergeJob:
    """What is to be merged, and how.

    Args:
        base: folder or Hub id of the checkpoint that the models were fine-tuned from.
        models: folders or Hub ids of the fine-tuned models: checkpoints or LoRA adapters.
        method: the merge method.
        options: options of the method.
        head: what to do when a model's classifier head differs from the base's.
        vocab: what to do when a model's vocabulary differs from the base's.
        dtype: type to store all weights in: BF16, F16 or F32. Default: each tensor's type in the base.
        max_shard_bytes: largest size of a weights file, in bytes.
        tokenizer_from: folder or Hub id of the model whose tokenizer is copied. Default: the base.
        threads: number of threads. Default: one per processor, up to 4.
        warn: function that returns further warnings for the report, from the plan. Default: none.
        command: the command line, for the report; None when the merge was not started by a command.

    Raises:
        ArtsError: when a number is out of its range.
    """

    base: str
    models: Sequence[str]
    _: KW_ONLY
    method: MergeMethod = METHODS[DEFAULT_METHOD]
    options: MergeOptions = field(default_factory=MergeOptions)
    head: HeadPolicy = HeadPolicy.ERROR
    vocab: VocabPolicy = VocabPolicy.ERROR
    dtype: str | None = None
    max_shard_bytes: Count = MAX_SHARD_BYTES
    tokenizer_from: str | None = None
    threads: Count | None = None
    warn: Callable[[MergePlan], Sequence[str]] | None = None
    command: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)

    def inspect(self, progress: MergeProgress | None = None) -> MergeReport:
        """Measure the task vectors and calculate the method's coefficients, without merging.

        Args:
            progress: called after each span with the number of elements done and the number of all elements.

        Returns:
            A report that has no output folder.

        Raises:
            ArtsError: when the models cannot be opened or cannot be merged.
        """
        clock = Clock()
        with self._plan() as (plan, workers):
            counter = ElementCounter(plan, 1, progress)
            survey = survey_task_vectors(plan, workers, signs=True, progress=counter.advance)
            return self._report(plan, survey, outcome=None, workers=workers, clock=clock)

    def run(self, folder: Path, progress: MergeProgress | None = None) -> MergeReport:
        """Merge, and write the checkpoint to a new folder, with a report and a model card.

        Args:
            folder: the folder to write; new or empty.
            progress: called after each span with the number of elements done and the number of all elements.
                An element counts once for each time that the models are read.

        Raises:
            ArtsError: when the models cannot be merged, or the result cannot be written. No files are left.
        """
        clock = Clock()
        check_new_folder(folder)
        tokenizer = checkpoint_folder(self.tokenizer_from) if self.tokenizer_from else None
        with self._plan() as (plan, workers):
            for checkpoint in (plan.base, *plan.models):
                check_config_is_inside(checkpoint.folder)
            entries = [tensor.entry for tensor in plan.tensors.values()]
            output = CheckpointOutput(folder, entries, dtype=self.dtype, max_shard_bytes=self.max_shard_bytes)
            counter = ElementCounter(plan, self._passes, progress)
            with output.open() as partial:  # before the work, so that it is known that it can be written
                survey = survey_task_vectors(plan, workers, progress=counter.advance)
                outcome = merge(
                    plan,
                    survey,
                    method=self.method,
                    options=self.options,
                    output=output,
                    workers=workers,
                    progress=counter.advance,
                )
                output.write_index(partial)
                remarks = copy_assets(
                    plan.base, partial, tokenizer=tokenizer, config=plan.config, dtype=self.dtype
                )
                report = self._report(plan, survey, outcome=outcome, workers=workers, clock=clock)
                report = report.model_copy(
                    update={
                        "output": str(folder),
                        "bytes_written": output.bytes,
                        "remarks": [*report.remarks, *remarks],
                    }
                )
                report.write_json(partial / MERGE_REPORT_FILE)
                write_merge_card(report, partial)
        return report

    def gives_weights_by_tensor(self) -> bool:
        """Whether the weights that the user gives differ between tensors; the models are opened for that.

        Raises:
            ArtsError: when the models cannot be opened or cannot be merged.
        """
        if self.options.weights is None or self.method.coefficients is not Coefficients.GIVEN:
            return False
        with self._plan() as (plan, _):
            return differ_by_tensor(given_weights(self.method, self.options, plan=plan))

    @property
    def _passes(self) -> int:
        """Number of times that a merge reads all models: to measure, to prepare sparsification, to merge."""
        return 2 + sparsifier_passes(self.method, by_tensor=self.options.by_tensor)

    @contextmanager
    def _plan(self) -> Iterator[tuple[MergePlan, Workers]]:
        """Open the models, plan the merge, and start the threads; all are closed when the block ends.

        Yields:
            The plan and the threads.
        """
        require_posix("merging")  # reads and writes at positions of files that threads share
        if not self.models:
            raise ArtsError("a merge needs a model beside the base")
        with ExitStack() as stack:
            base = open_base(self.base)
            stack.callback(base.close)
            models = []
            for name in self.models:
                models.append(open_model(name, base=base))
                stack.callback(models[-1].close)
            plan = make_plan(base, models, head=self.head, vocab=self.vocab)
            if self.tokenizer_from:
                check_tokenizer(base, checkpoint_folder(self.tokenizer_from))
            check_options(self.method, self.options, plan=plan)
            threads = self.threads or min(os.cpu_count() or 1, 4)
            yield plan, stack.enter_context(Workers(threads, len(models)))

    def _report(
        self,
        plan: MergePlan,
        survey: TaskVectorSurvey,
        *,
        outcome: MergeOutcome | None,
        workers: Workers,
        clock: Clock,
    ) -> MergeReport:
        """The report; `outcome` is None for a dry run, and `clock` was started with the run."""
        weights = (
            outcome.weights
            if outcome
            else weights_by_tensor(self.method, self.options, plan=plan, survey=survey)
        )
        sizes = {tensor.name: tensor.entry.count for tensor in plan.merged_tensors}
        densities = densities_by_tensor(self.method, self.options, plan=plan)
        options = recorded_options(
            self.method, self.options, weights=weights, densities=densities, sizes=sizes
        )
        coefficients = mean_over_elements(weights, sizes)
        counts = outcome.counts if outcome and outcome.counts.sampled else None
        conflicts = survey.conflicts
        passes = self._passes if outcome else 1
        return MergeReport(
            method=self.method.name,
            settings={**options, "head": str(self.head), "vocab": str(self.vocab), "dtype": self.dtype},
            base=plan.base.name,
            base_checksum=survey.checksums[0],
            parameters=plan.parameters,
            models=self._model_entries(plan, survey, coefficients=coefficients, counts=counts),
            layers=layer_entries(
                survey, weights, sizes=sizes, densities=densities if self.method.sparsifies else None
            ),
            cosines=cosines(survey.gram).tolist(),
            conflicts=sum(conflicts.values()) / sum(sizes.values()) if conflicts else None,
            sign_agreement=counts.agreeing / max(int(counts.kept.sum()), 1) if counts else None,
            warnings=self._warnings(plan, survey, coefficients),
            from_base=list(plan.from_base),
            remarks=[*plan.remarks, *(surplus_remarks(outcome.surplus) if outcome else ())],
            bytes_read=passes * plan.bytes,
            bytes_written=0,
            seconds=clock.seconds,
            peak_memory=peak_memory(),
            threads=workers.threads,
            command=self.command,
            versions=library_versions(MERGE_LIBRARIES),
            created=utc_now(),
        )

    def _warnings(self, plan: MergePlan, survey: TaskVectorSurvey, coefficients: FloatArray) -> list[str]:
        """The report's warnings; `coefficients`, an array (models,), are means over all elements."""
        metagpt = self.method.coefficients is Coefficients.METAGPT
        return [
            *(self.warn(plan) if self.warn else ()),
            *function_warnings(plan.base, plan.models),
            *assumption_warnings(
                [model.name for model in plan.models],
                survey.gram,
                base_square=survey.base_square,
                coefficients=coefficients.tolist() if metagpt else None,
            ),
        ]

    def _model_entries(
        self,
        plan: MergePlan,
        survey: TaskVectorSurvey,
        *,
        coefficients: FloatArray,
        counts: SparsifiedCounts | None,
    ) -> list[MergedModelEntry]:
        """The report's entry on each model, in the order of the models.

        Args:
            plan: the models and tensors.
            survey: the inner products of the task vectors.
            coefficients: mean coefficients over all elements, an array (models,), not multiplied by the
                scale.
            counts: counts of kept elements; None when nothing was sparsified.
        """
        norms = np.sqrt(np.diagonal(survey.gram))
        base_square = survey.base_square
        return [
            MergedModelEntry(
                name=model.name,
                checksum=survey.checksums[number + 1],
                norm=float(norms[number]),
                relative=float(norms[number] / base_square**0.5) if base_square else 0.0,
                coefficient=float(coefficients[number]) * self.options.scale,
                kept=float(counts.kept[number] / counts.sampled) if counts else None,
                renamed=model.renamed,
                unmerged=plan.unmerged(model),
            )
            for number, model in enumerate(plan.models)
        ]
