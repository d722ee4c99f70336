"""The page "Submit": an uploaded file is checked and scored, and added to the board on a second click."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from arts.data.corpus_registry import CORPUS_NAMES, is_available_locally
from arts.data.errors import ArtsError
from arts.data.support.rounding import decimal_text
from arts.evaluation.report import Report
from arts.leaderboard.analysis.ranking import ranks
from arts.leaderboard.analysis.rows import board_rows
from arts.leaderboard.store.display_names import MAX_NAME_LENGTH
from arts.leaderboard.store.entry import BoardEntry, entry_of
from arts.leaderboard.store.uploads import (
    MAX_MEGABYTES,
    PREDICTION_SUFFIXES,
    REPORT_SUFFIX,
    report_from_upload,
)
from arts.leaderboard.web import address, page_state
from arts.leaderboard.web.escaping import escape_markdown

NEIGHBOURS = 3  # entries shown above and below the new one


@st.cache_data(max_entries=20, show_spinner="Checking and scoring …")
def cached_report(file: str, content: bytes, *, corpus: str, name: str, column: str, labels: str) -> Report:
    """Check and score an uploaded file; the result is cached.

    Args:
        file: Name of the file, whose suffix tells its format.
        content: Content of the file.
        corpus: Name of the corpus that predictions are for.
        name: What the board should call the model.
        column: Name of the column of predicted labels; empty for the usual one.
        labels: What labels that do not name a polarity stand for.

    Raises:
        ArtsError: The file is not valid.
    """
    return report_from_upload(file, content, corpus=corpus, name=name, column=column, labels=labels)


def show_preview(report: Report) -> None:
    """Show the scores of a report, the rank it would have, and how far the scores can be trusted."""
    entry = entry_of(report)
    for column, (title, estimate) in zip(
        st.columns(3),
        (("ARS", entry.ars), ("Accuracy", entry.accuracy), ("Macro-F1", report.macro_f1)),
        strict=True,
    ):
        interval = f"{decimal_text(estimate.low, 1)} to {decimal_text(estimate.high, 1)}"
        column.metric(title, decimal_text(estimate.value), interval, delta_color="off")
    show_neighbours(entry)
    st.caption(page_state.trust_statement(entry))


def show_neighbours(entry: BoardEntry) -> None:
    """Show the rank that an entry would have, in a table with the models just above and below it."""
    others = [other for other in page_state.board().on(entry.corpus) if other.key != entry.key]
    rows = [row for row in board_rows([*others, entry]) if row.is_ranked]
    position = next(number for number, row in enumerate(rows) if entry in row.entries)
    board_ranks = ranks(rows)
    st.markdown(f"It would have rank **{board_ranks[position]}** of {len(rows)} models on {entry.corpus}:")
    shown = range(max(position - NEIGHBOURS, 0), min(position + NEIGHBOURS + 1, len(rows)))
    st.dataframe(
        {
            "rank": [str(board_ranks[number]) for number in shown],
            "model": [("→ " if number == position else "") + rows[number].label for number in shown],
            "accuracy": [rows[number].accuracy.value for number in shown],
            "ARS": [rows[number].ars.value for number in shown],
        },
        hide_index=True,
        alt="The entries around this one",
    )


def add_report(report: Report) -> None:
    """Add a report to the board and link to its entry, or show why it cannot be added."""
    try:
        page_state.store().add(report)
    except ArtsError as error:
        st.error(escape_markdown(str(error)))
        return
    page_state.refresh()
    st.success(f"{escape_markdown(report.name)} is on the board.")
    page_state.show_link("entry", "Open the entry", entry=entry_of(report).key)


def show_upload(upload: UploadedFile, *, corpus: str, name: str, column: str, labels: str) -> None:
    """Check and score an uploaded file, show the result, and offer a button that adds it to the board.

    If the file is not valid, the error is shown instead.

    Args:
        upload: The uploaded file.
        corpus: Name of the corpus that its predictions are for.
        name: What the board should call the model.
        column: Name of the column of predicted labels; empty for the usual one.
        labels: What labels that do not name a polarity stand for.
    """
    content = upload.getvalue()
    try:
        report = cached_report(upload.name, content, corpus=corpus, name=name, column=column, labels=labels)
    except ArtsError as error:
        st.error(escape_markdown(str(error)))
        return
    show_preview(report)
    if st.button("Add to the board", type="primary"):
        add_report(report)


def show_form() -> None:
    """Show the form for uploading a file, and the result once it is submitted."""
    available = [name for name in CORPUS_NAMES if is_available_locally(name)]
    with st.form("offer"):  # runs the page only when submitted: a run during an upload can lose the file
        corpus = address.say_refused(
            "dataset",
            available,
            what="corpus",
            draw=lambda: st.selectbox("Corpus", available, key="dataset", bind="query-params"),
        )
        name = st.text_input(
            "Name of the model", max_chars=MAX_NAME_LENGTH, placeholder="as the board should call it"
        )
        upload = st.file_uploader(
            "Predictions (CSV or JSONL) or a report (JSON)",
            [suffix.removeprefix(".") for suffix in (*PREDICTION_SUFFIXES, REPORT_SUFFIX)],
            max_upload_size=MAX_MEGABYTES,
        )
        column = st.text_input("Column", placeholder="prediction", help="The column of predicted labels")
        labels = st.text_input(
            "Labels",
            placeholder="0=negative,1=neutral,2=positive",
            help="What labels other than positive, negative and neutral stand for",
        )
        submitted = st.form_submit_button("Check and score")
    if upload:
        show_upload(upload, corpus=corpus, name=name, column=column, labels=labels)
    elif submitted:
        st.error("no file; expected predictions (CSV or JSONL) or a report (JSON)")


def show_file_formats() -> None:
    """Show what an uploaded file must look like."""
    with st.expander("What a file looks like"):
        st.markdown(
            "A predictions file has the columns `id` and `prediction` (positive, negative or neutral), and "
            "every id of the benchmark exactly once:"
        )
        st.code("id,prediction\n892:1_0,positive\n892:1_0_adv1,negative", "text")
        st.markdown(
            "`arts export DIR` writes the instances with their ids; `arts evaluate --predictions FILE` "
            "scores a file without this page. A report is what `arts evaluate --output DIR` writes; without "
            "its predictions it is shown as claimed, not as verified."
        )


def show_missing_corpora() -> None:
    """Show which corpora are not on this machine, if any."""
    if missing := [name for name in CORPUS_NAMES if not is_available_locally(name)]:
        st.caption(
            f"Not on this machine, so files for it cannot be scored here: {', '.join(missing)}. "
            "`arts evaluate --dataset NAME` downloads a corpus."
        )


def main() -> None:
    """Show the page "Submit"."""
    page_state.show_heading(
        "submit",
        "A file is read, never run. It is checked and scored first, and added only when you say so.",
    )
    show_form()
    show_file_formats()
    show_missing_corpora()


main()
