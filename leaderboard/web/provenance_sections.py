"""Sections of a page on where the scores of an entry come from, and how to measure and cite it."""

from __future__ import annotations

import streamlit as st

from arts.evaluation.report import Report
from arts.evaluation.report_record import EPOCH_CHOICES
from arts.leaderboard.analysis.entry_citations import entry_bibtex
from arts.leaderboard.analysis.intervention_words import intervention_label
from arts.leaderboard.analysis.reproduction import evaluate_command
from arts.leaderboard.store.display_names import display_fact
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.web.escaping import escape_markdown


def show_provenance(entry: BoardEntry, report: Report) -> None:
    """Show how an entry was measured, how long that took, and the checksums of the files that were used."""
    st.subheader("Provenance and cost")
    facts = [(name, str(value)) for name, value in provenance_facts(report).items() if value is not None]
    facts.append(("Key", entry.key))
    st.table(
        {escape_markdown(name): escape_markdown(display_fact(value)) for name, value in facts},
        border="horizontal",
    )
    model, dataset = report.model, report.dataset
    checksums = {
        "test split": dataset.checksum,
        "predictions" if model.kind == "predictions" else "weights": model.checksum,
        "encoder": model.encoder_checksum,
        **dataset.files,
    }
    with st.expander("Checksums (SHA-256)", icon=":material/fingerprint:"):
        lines = [f"{value}  {name}" for name, value in checksums.items() if value]
        st.code("\n".join(lines), language=None, wrap_lines=True)


def provenance_facts(report: Report) -> dict[str, object]:
    """Facts about the model of a report and its measurement, keyed by a title for the page.

    Facts that the report does not record are None.
    """
    model, provenance, dataset = report.model, report.provenance, report.dataset
    libraries = ", ".join(f"{name} {version}" for name, version in provenance.libraries.items())
    return {
        "Model": f"{model.id} ({model.kind})",
        "Intervention": intervention_label(model.intervention) if model.intervention else None,
        "Encoder": model.encoder,
        "Seed": model.seed,
        "Measured": f"{provenance.started:%Y-%m-%d %H:%M} UTC, {provenance.platform}",
        "Epoch": EPOCH_CHOICES[model.chosen_epoch] if model.kind != "language-model" else None,
        "Leaks": report.leaks.statement if report.leaks else "not checked",
        "Training": duration_text(model.train_seconds),
        "Measuring": duration_text(provenance.seconds),
        "Parameters": f"{model.parameters:,}" if model.parameters else None,
        "Corpus": f"{dataset.name}: {dataset.units:,} units, {dataset.instances:,} instances",
        **{f"Started from: {name}": value for name, value in model.extras.items()},
        **{f"{title}, as submitted": value for title, value in submitted_facts(report).items()},
        "Versions": f"arts {provenance.arts}, Python {provenance.python}, {libraries}",
    }


def submitted_facts(report: Report) -> dict[str, str]:
    """What the submitter of a report says of the model, keyed by a title; empty where nothing is said."""
    said = report.submission.model_dump() if report.submission else {}
    return {field.replace("_", " ").capitalize(): text for field, text in said.items() if text}


def duration_text(seconds: float | None) -> str | None:
    """A duration as text: in seconds below two minutes, else in minutes; None if it is not known.

    Example:
        >>> duration_text(42.51), duration_text(1211.8), duration_text(None)
        ('42.5 s', '20.2 min', None)
    """
    if seconds is None:
        return None
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def show_command(report: Report) -> None:
    """Show the command that measures the model of a report again, and what else it needs."""
    command = evaluate_command(report)
    st.code(str(command), language="bash", wrap_lines=True)
    if command.notes:
        st.markdown("\n".join(f"- {escape_markdown(note)}" for note in command.notes))
    if report.model.kind == "zoo":
        st.caption("The same seed gives the same weights with the same versions on the same kind of machine.")


def show_citations(entry: BoardEntry) -> None:
    """Show the BibTeX of the papers to cite for an entry: benchmark, model and intervention."""
    bibtex = "\n\n".join(entry_bibtex(entry.model, entry.intervention))
    with st.expander("Cite", icon=":material/format_quote:"):
        st.code(bibtex, language="latex", wrap_lines=True)
