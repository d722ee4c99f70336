"""The model card (README.md) of a model from which something was unlearned."""

from __future__ import annotations

from pathlib import Path

from arts.data.support.hub_readme import write_hub_readme
from arts.data.support.rounding import decimal_text
from arts.unlearning.report import UnlearnReport


def write_unlearning_card(report: UnlearnReport, folder: Path) -> None:
    """Write README.md: what was unlearned from which model, how, and the losses before and after."""
    settings = ", ".join(f"{name} {value}" for name, value in report.settings.items() if value is not None)
    forget, retain = report.forget, report.retain
    before, after = report.probes[0], report.kept_probe
    lines = [
        f"# {report.model}, unlearned",
        "",
        f"{forget.texts:,} texts of {forget.name} (`{forget.checksum}`) were unlearned "
        f"from {report.model} (`{report.model_checksum}`) by the objective {report.objective}, with "
        f"{retain.texts:,} texts of {retain.name} (`{retain.checksum}`) to be kept.",
        "",
        f"Settings: {settings}. Stopped, because {report.stopped}; the weights are those of step "
        f"{report.kept}.",
        "",
        "| nats a row | before | after |",
        "|---|---:|---:|",
        _row("-log(1 - p) on what was to be forgotten", before.forget, after.forget),
        _row("-log p on what was to be kept, held out", before.retain, after.retain),
    ]
    write_hub_readme(
        folder,
        lines,
        tag="unlearning",
        base_models=[report.model],
        versions=report.versions,
        command=report.command,
    )


def _row(what: str, before: float, after: float) -> str:
    """A row of the table of losses."""
    return f"| {what} | {decimal_text(before, 4)} | {decimal_text(after, 4)} |"
