"""The command `arts compare`: the paired difference of two reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arts.cli.app import run_command
from arts.cli.result_format import ResultFormat
from arts.data.errors import ArtsError, DataError
from arts.data.support.input_files import check_file

if TYPE_CHECKING:
    from arts.evaluation.report import Report
    from arts.evaluation.summary import Pairing


def compare(
    first: Annotated[Path, typer.Argument(metavar="A.json")],
    second: Annotated[Path, typer.Argument(metavar="B.json")],
    *,
    format: ResultFormat = ResultFormat.TABLE,
) -> None:
    """Compare two reports on the same instances: the differences in accuracy and ARS, first minus second.

    Both reports are checked against their predictions. The differences have 95% intervals by paired bootstrap
    over units, and p-values of the exact McNemar test.

    Args:
        first: Report (JSON) of the first model; the file of its predictions (Parquet, of the same name) is
            beside it.
        second: Report of the second model, whose scores are subtracted.
        format: Format of the comparison on standard output.
    """
    for path in (first, second):
        check_file(path)
    if first.samefile(second):
        raise ArtsError(f"{first} and {second} are one file; expected the reports of two models")
    reports = _load(first), _load(second)
    a, b = (report.dataset for report in reports)
    if a.checksum != b.checksum:
        raise ArtsError(
            f"{first} is on {a.name} ({a.instances:,} instances), {second} on "
            f"{'another ' if a.name == b.name else ''}{b.name} ({b.instances:,}); "
            "expected two reports on the same instances"
        )
    _show(_pairing(reports, (first, second)), reports, format=format)


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


def _pairing(reports: tuple[Report, Report], paths: tuple[Path, Path]) -> Pairing:
    """The comparison of two reports, with the names of their models; of their files, if one name is both's.

    The seed is in the names, where the two were not trained with the same.
    """
    from arts.evaluation.summary import Pairing

    first, second = reports
    one_seed = first.model.seed == second.model.seed
    names = [report.name if one_seed else report.label for report in reports]
    if names[0] == names[1]:
        names = [str(path) for path in paths]
    seed = first.model.seed if one_seed else None
    return Pairing(first=names[0], second=names[1], seed=seed, **dict(first.compare(second)))


def _show(pair: Pairing, reports: tuple[Report, Report], *, format: ResultFormat) -> None:
    """Print a comparison on standard output in the given format."""
    from arts.cli import comparison_tables, tables

    if format is ResultFormat.JSON:
        typer.echo(pair.model_dump_json(indent=1))
    elif format is ResultFormat.CSV:
        typer.echo(comparison_tables.comparison_csv(pair, reports))
    elif format is ResultFormat.MARKDOWN:
        typer.echo(comparison_tables.comparison_markdown(pair, reports))
    else:
        tables.show(comparison_tables.comparison_tables(pair, reports))


if __name__ == "__main__":
    run_command(compare)
