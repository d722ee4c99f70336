"""Sections of a page on what a model is, where its scores come from, and how to measure and cite it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from arts.evaluation.report import Report
from arts.evaluation.report_record import EPOCH_CHOICES
from arts.leaderboard.analysis.entry_citations import entry_bibtex
from arts.leaderboard.analysis.intervention_words import intervention_label, intervention_summaries
from arts.leaderboard.analysis.reproduction import evaluate_command, reproducible_parts
from arts.leaderboard.store.display_names import display_fact, hide_folders
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.web.escaping import escape_markdown
from arts.models.registry import model_card

Facts = Mapping[str, object]


def show_model(entry: BoardEntry, report: Report | None) -> None:
    """Show what is known of a model: its paper, code and licence, what it started from, how it was trained.

    Args:
        entry: The entry.
        report: Its report; None for an entry of the paper.
    """
    st.subheader("Model")
    _show_facts(card_facts(entry.model) | (training_facts(report) if report else {}))


def show_cost(report: Report) -> None:
    """Show the size of a model, and how long training and measuring took."""
    st.subheader("Cost")
    _show_facts(cost_facts(report))


def show_provenance(entry: BoardEntry, report: Report) -> None:
    """Show how an entry was measured, and the checksums of the files that were used."""
    st.subheader("Provenance")
    _show_facts({**measurement_facts(report), "Key": entry.key})
    model, dataset = report.model, report.dataset
    checksums = {
        "test split": dataset.checksum,
        "predictions" if model.kind == "predictions" else "weights": model.checksum,
        "encoder": model.encoder_checksum,
        **dataset.files,
    }
    with st.expander("Checksums (SHA-256)", icon=":material/fingerprint:"):
        lines = [f"{value}  {name}" for name, value in checksums.items() if value]
        st.code(hide_folders("\n".join(lines)), language=None, wrap_lines=True)


def _show_facts(facts: Facts) -> None:
    """Show a table of the facts that are known; nothing if none is."""
    known = {name: str(value) for name, value in facts.items() if value is not None}
    if known:
        st.table(
            {escape_markdown(name): escape_markdown(display_fact(value)) for name, value in known.items()},
            border="horizontal",
        )


def card_facts(model: str) -> dict[str, object]:
    """Facts on the card of a registered model, keyed by a title for the page; empty for another one."""
    card = model_card(model)
    if card is None:
        return {}
    return {
        "Paper": card.paper,
        "Code": f"arts, model {model}",
        "Licence of the code": card.licence,
        "Reads": card.reads,
        "Family": card.family,
    }


def training_facts(report: Report) -> dict[str, object]:
    """Facts about how the model of a report was trained, keyed by a title; None where not recorded."""
    model, intervention = report.model, report.model.intervention or {}
    summaries = intervention_summaries(str(intervention.get("name", "")))
    return {
        "Model": f"{model.id} ({model.kind})",
        "Intervention": intervention_label(intervention) if intervention else None,
        **{f"What {part} is": summary for part, summary in summaries.items()},
        "Encoder": model.encoder,
        **{f"Started from: {name}": value for name, value in model.extras.items()},
        "Seed": model.seed,
        "Epoch": EPOCH_CHOICES[model.chosen_epoch] if model.kind != "language-model" else None,
        "Leaks": report.leaks.statement if report.leaks else "not checked",
        **{f"{title}, as submitted": value for title, value in submitted_facts(report).items()},
    }


def submitted_facts(report: Report) -> dict[str, str]:
    """What the submitter of a report says of the model, keyed by a title; empty where nothing is said."""
    said = report.submission.model_dump() if report.submission else {}
    return {field.replace("_", " ").capitalize(): text for field, text in said.items() if text}


def cost_facts(report: Report) -> dict[str, object]:
    """Facts about size and time of the model of a report, keyed by a title; None where not recorded."""
    model, asked = report.model, report.language_model
    unlearnt = (model.intervention or {}).get("tokens")
    return {
        "Parameters": f"{model.parameters:,}" if model.parameters else None,
        "Training": duration_text(model.train_seconds),
        "Measuring": duration_text(report.provenance.seconds),
        "Tokens unlearnt on": f"{unlearnt:,}" if isinstance(unlearnt, int) else None,
        "Tokens read and written": f"{asked.tokens:,}" if asked else None,
        "Asking": duration_text(asked.facts.seconds) if asked else None,
    }


def measurement_facts(report: Report) -> dict[str, object]:
    """Facts about when, where and on what a report was measured, keyed by a title for the page."""
    provenance, dataset = report.provenance, report.dataset
    libraries = ", ".join(f"{name} {version}" for name, version in provenance.libraries.items())
    return {
        "Measured": f"{provenance.started:%Y-%m-%d %H:%M} UTC, {provenance.platform}",
        "Corpus": f"{dataset.name}: {dataset.units:,} units, {dataset.instances:,} instances",
        "Versions": f"arts {provenance.arts}, Python {provenance.python}, {libraries}",
    }


def duration_text(seconds: float | None) -> str | None:
    """A duration as text: in seconds below two minutes, else in minutes; None if it is not known.

    Example:
        >>> duration_text(42.51), duration_text(1211.8), duration_text(None)
        ('42.5 s', '20.2 min', None)
    """
    if seconds is None:
        return None
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def show_command(entry: BoardEntry, report: Report) -> None:
    """Show what of an entry can be made again, the command for it, and what that needs."""
    st.markdown("\n".join(f"- {escape_markdown(part)}" for part in reproducible_parts(report, entry.status)))
    command = evaluate_command(report)
    shown, notes = hide_folders(str(command)), [hide_folders(note) for note in command.notes]
    st.code(shown, language="bash", wrap_lines=True)
    if shown != str(command):
        notes.append("Folders are left out of the command: give the paths of your own files.")
    if notes:
        st.markdown("\n".join(f"- {escape_markdown(note)}" for note in notes))


def show_citations(entry: BoardEntry) -> None:
    """Show the BibTeX of the papers to cite for an entry: benchmark, model and intervention."""
    bibtex = "\n\n".join(entry_bibtex(entry.model, entry.intervention))
    with st.expander("Cite", icon=":material/format_quote:"):
        st.code(bibtex, language="latex", wrap_lines=True)
