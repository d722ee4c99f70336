"""What `arts merge` does beside merging: a heat map, a configuration for mergekit, a measurement."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.errors import ArtsError
from arts.data.support.atomic import atomic_file
from arts.data.support.free_places import check_new_file

if TYPE_CHECKING:
    from arts.merging.job import MergeJob
    from arts.merging.report import MergeReport


@dataclass(frozen=True)
class MergeExtras:
    """What can be asked for beside a merge: two files, and a measurement.

    Args:
        job: the merge.
        output: the folder of the merged model; None for a dry run.
        heatmap: the file to draw cosines in.
        emit_config: the file to write mergekit's configuration to.
        check_linearity: whether to measure how far the outputs are from changing linearly.
    """

    job: MergeJob
    output: Path | None
    heatmap: Path | None
    emit_config: Path | None
    check_linearity: bool

    def check(self) -> None:
        """Raise `ArtsError` for what could not be done, before the work."""
        if self.heatmap:
            from arts.data.support.figures import picture_format

            picture_format(self.heatmap)
        if self.emit_config:
            from arts.merging.mergekit_export import check_linear_export

            check_linear_export(self.job)
        self._check_places()
        if self.check_linearity:
            from arts.merging.linearity import check_probes

            check_probes(self.job.base, self.job.models)

    def _check_places(self) -> None:
        """Raise `ArtsError` unless the files are new and apart, and none could be one of the merged model."""
        places = {"--output": self.output, "--heatmap": self.heatmap, "--emit-config": self.emit_config}
        given = {option: path for option, path in places.items() if path}
        for (one, first), (other, second) in combinations(given.items(), 2):
            if first.resolve() == second.resolve():
                raise ArtsError(f"{other} {second}: is that of {one}, too; expected another path")
        for path in filter(None, (self.heatmap, self.emit_config)):
            check_new_file(path)
        config = self.emit_config
        is_inside = self.output and config and config.resolve().is_relative_to(self.output.resolve())
        if config and is_inside and config.suffix not in (".yaml", ".yml"):
            raise ArtsError(
                f"--emit-config {config}: could be a file of the merged model; expected a name that ends in "
                ".yaml or .yml, or another folder"
            )

    def add_nonlinearity(self, report: MergeReport) -> MergeReport:
        """The report with the measurement of `--check-linearity`, which that in the output gets, too."""
        if not self.check_linearity:
            return report
        from arts.merging.checkpoints.sources import checkpoint_folder
        from arts.merging.linearity import load_text_probe, nonlinearity
        from arts.merging.report import MERGE_REPORT_FILE
        from arts.models.checkpoints import is_zoo_model, load_zoo_probe

        load = load_zoo_probe if is_zoo_model(checkpoint_folder(self.job.base)) else load_text_probe
        distances = nonlinearity(self.job.base, self.job.models, load=load)
        report = report.model_copy(update={"nonlinearity": distances})
        if self.output:
            report.write_json(self.output / MERGE_REPORT_FILE)
        return report

    def write(self, report: MergeReport) -> None:
        """Write the files that were asked for."""
        if self.heatmap:
            from arts.merging.heatmap import draw_cosine_map

            draw_cosine_map([entry.name for entry in report.models], report.cosines, path=self.heatmap)
        if self.emit_config:
            from arts.merging.checkpoints.sources import is_adapter
            from arts.merging.mergekit_export import mergekit_linear_config

            adapters = {entry.name for entry in report.models if is_adapter(entry.name)}
            with atomic_file(self.emit_config) as partial:
                partial.write_text(mergekit_linear_config(report, adapters=adapters), encoding="utf-8")
