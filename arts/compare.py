"""The command `arts compare`: the paired difference of two models, each of one report or several seeds."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arts.cli.app import run_command
from arts.cli.resample_option import Resampling
from arts.cli.result_format import ResultFormat
from arts.data.errors import ArtsError, DataError
from arts.data.support.input_files import check_file
from arts.evaluation.resample import Resample

if TYPE_CHECKING:
    from arts.evaluation.report import Report


def compare(
    files: Annotated[list[Path], typer.Argument(metavar="A.json B.json [MORE.json]...")],
    *,
    resample: Resampling = Resample.SENTENCES,
    format: ResultFormat = ResultFormat.TABLE,
) -> None:
    """Compare two models on the same instances: the differences in accuracy and ARS, first minus second.

    All reports are checked against their predictions. The differences have 95% intervals by paired bootstrap
    over sentences, and p-values of an exact sign-flip test over sentences. With --resample units, both are
    over single units, and the test is McNemar's.

    More than two reports are grouped by model, of which there must be two. Then the means over their seeds
    are compared, over seeds and sentences.

    Args:
        files: Reports (JSON); the file of the predictions of each (Parquet, of the same name) is beside it.
            The model of the first report comes first; the scores of the other model are subtracted.
        format: Format of the comparison on standard output.
    """
    for path in files:
        check_file(path)
    if len(files) < 2:
        raise ArtsError(f"only {files[0]}; expected the reports of two models")
    for one, other in combinations(files, 2):
        if one.samefile(other):
            raise ArtsError(f"{one} and {other} are one file; expected the reports of two models")
    reports = {path: _load(path) for path in files}
    first, a = files[0], reports[files[0]].dataset
    for second, b in ((path, report.dataset) for path, report in reports.items()):
        if a.checksum != b.checksum:
            raise ArtsError(
                f"{first} is on {a.name} ({a.instances:,} instances), {second} on "
                f"{'another ' if a.name == b.name else ''}{b.name} ({b.instances:,}); "
                f"expected {'two reports' if len(files) == 2 else 'reports'} on the same instances"
            )
    _show({path: report.resampled(resample) for path, report in reports.items()}, resample, format=format)


def _load(path: Path) -> Report:
    """Read a report with its predictions, both checked.

    Raises:
        DataError: when the report is not valid, or its predictions are not at hand.
    """
    from arts.evaluation.report import Report

    report = Report.load(path)
    if not report.has_predictions:
        predictions = path.with_suffix(".parquet")
        if predictions.is_file():
            raise DataError(
                predictions, f"labels without ids; to be compared they need the corpus {report.dataset.name}"
            )
        raise DataError(path, f"a report without predictions; expected {predictions.name} beside it")
    return report


def _groups(reports: Mapping[Path, Report]) -> dict[str, list[Report]]:
    """The reports of each of two models, keyed by its name; by the file, if two reports have one name.

    Of two reports, each is a model. The seed is in the names, if the two were not trained with the same.

    Raises:
        ArtsError: when more than two reports are not of two models.
    """
    from arts.evaluation.summary import reports_by_model
    from arts.interventions.registry import settings_without_outcome

    if len(reports) > 2:
        groups = reports_by_model(reports.values(), settings_without_outcome)
        if len(groups) != 2:
            found = ", ".join(f"{name} ({len(group)})" for name, group in groups.items())
            raise ArtsError(
                f"{len(reports)} reports of {len(groups)} models: {found}; expected two models, each with a "
                "report per seed"
            )
        return groups
    one_seed = len({report.model.seed for report in reports.values()}) == 1
    named = {report.name if one_seed else report.label: [report] for report in reports.values()}
    return named if len(named) == 2 else {str(path): [report] for path, report in reports.items()}


def _show(reports: Mapping[Path, Report], resample: Resample, *, format: ResultFormat) -> None:
    """Compare reports, and print the comparison on standard output in the given format."""
    from arts.cli import comparison_tables, tables
    from arts.evaluation.seed_summary import SeedSummary
    from arts.evaluation.summary import Pairing

    groups = _groups(reports)
    first, second = groups.values()
    pair = Pairing.of(first, second, names=tuple(groups), resample=resample)
    if format is ResultFormat.JSON:
        typer.echo(pair.model_dump_json(indent=1))
        return
    ordered = [*first, *second]
    if format is ResultFormat.CSV:
        typer.echo(comparison_tables.comparison_csv(pair, ordered))
        return
    seeds = [
        SeedSummary.of(group, name, resample=resample) for name, group in groups.items() if len(group) > 1
    ]
    if format is ResultFormat.MARKDOWN:
        typer.echo(comparison_tables.comparison_markdown(pair, ordered, seeds))
    else:
        tables.show(comparison_tables.comparison_tables(pair, ordered, seeds))


if __name__ == "__main__":
    run_command(compare)
