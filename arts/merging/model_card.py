"""The model card (README.md) of a merged model."""

from __future__ import annotations

from pathlib import Path

from arts.data.support.hub_readme import write_hub_readme
from arts.data.support.rounding import decimal_text, significant_text
from arts.merging.report import MergeReport


def write_merge_card(report: MergeReport, folder: Path) -> None:
    """Write README.md: the models, their coefficients, checksums, the settings and the warnings."""
    rows = [
        f"| {entry.name} | {decimal_text(entry.coefficient, 6)} | {significant_text(entry.norm, 6)} | "
        f"{' '.join(decimal_text(cosine, 4, sign=True) for cosine in cosines)} | `{entry.checksum}` |"
        for entry, cosines in zip(report.models, report.cosines, strict=True)
    ]
    settings = ", ".join(f"{key} {value}" for key, value in report.settings.items() if value is not None)
    lines = [
        f"# A merge by {report.method}",
        "",
        f"Base: {report.base} (`{report.base_checksum}`). {settings[:1].upper()}{settings[1:]}.",
        "",
        "| model | coefficient | norm of the task vector | cosines | XXH3 of the merged tensors |",
        "|---|---:|---:|---|---|",
        *rows,
        "",
        *(f"- {remark}" for remark in (*report.warnings, *report.remarks)),
    ]
    write_hub_readme(
        folder,
        lines,
        tag="merge",
        base_models=[report.base, *(entry.name for entry in report.models)],
        versions=report.versions,
        command=report.command,
    )
