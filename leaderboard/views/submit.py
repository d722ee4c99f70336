"""The page "Submit": an uploaded file is checked and scored, and added to the board on a second click."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from arts.data.corpus_registry import CORPUS_NAMES, is_available_locally
from arts.data.errors import ArtsError
from arts.data.support.rounding import decimal_text
from arts.evaluation.submission import MAX_LENGTH
from arts.leaderboard.analysis.ranking import ranks
from arts.leaderboard.analysis.rows import board_rows
from arts.leaderboard.store.display_names import MAX_NAME_LENGTH
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.uploads import (
    MAX_MEGABYTES,
    PREDICTION_SUFFIXES,
    REPORT_SUFFIX,
    CheckedUpload,
    UploadForm,
    check_upload,
    predictions_example,
    predictions_template,
)
from arts.leaderboard.web import choices, page_state, visitors
from arts.leaderboard.web.escaping import error_markdown, escape_markdown

NEIGHBOURS = 3  # entries shown above and below the new one
OFFER = "offer"  # key in the session's state: the `Offer` that the visitor has made last


@dataclass
class Offer:
    """An uploaded file that has been checked, and what has become of it.

    Args:
        checked: The file.
        is_added: Whether it has been added to the board.
        refusal: Why it could not be added, in Markdown; empty if nothing was wrong.
    """

    checked: CheckedUpload
    is_added: bool = False
    refusal: str = ""


def pick_corpus() -> str:
    """Let the visitor pick the corpus that predictions are for; those of the board come first."""
    known = [name for name in page_state.board().corpora if name in CORPUS_NAMES]
    return choices.pick_corpus([*filter(is_available_locally, dict.fromkeys([*known, *CORPUS_NAMES]))])


@st.cache_data(max_entries=16, show_spinner=False)
def cached_template(corpus: str) -> str:
    """The `predictions_template` of a corpus; cached."""
    return predictions_template(corpus)


def show_template(corpus: str) -> None:
    """Show a button that downloads the ids of a corpus, and what a file for it looks like."""
    template = cached_template(corpus)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download the template",
            template,
            f"arts-{corpus}-predictions.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption(f"The {template.count(chr(10)) - 1:,} ids of {corpus}; fill in the column `prediction`.")
    with st.expander("What a file looks like"):
        st.markdown(
            "A predictions file has the columns `id` and `prediction` (positive, negative or neutral), and "
            "every id of the benchmark exactly once:"
        )
        st.code(predictions_example(corpus), "text")
        st.markdown(
            "`arts export DIR` writes the instances with their ids; `arts evaluate --predictions FILE` "
            "scores a file without this page. A report is what `arts evaluate --output DIR` writes; without "
            "its predictions it is shown as claimed. Nothing that is submitted is shown as verified: "
            "labels that somebody brings are recomputed, and which model gave them cannot be known."
        )


def show_form(corpus: str) -> tuple[UploadForm, UploadedFile | None, bool]:
    """Show the form for uploading a file.

    Args:
        corpus: Name of the corpus that predictions are for.

    Returns:
        What the visitor says of the file; the file, None if there is none; and whether it was submitted now.
    """
    with st.form("upload"):  # runs the page only when submitted: a run during an upload can lose the file
        name = st.text_input(
            "Name of the model", max_chars=MAX_NAME_LENGTH, placeholder="as the board should call it"
        )
        upload = st.file_uploader(
            "Predictions (CSV or JSONL) or a report (JSON)",
            [suffix.removeprefix(".") for suffix in (*PREDICTION_SUFFIXES, REPORT_SUFFIX)],
            max_upload_size=MAX_MEGABYTES,
        )
        left, right = st.columns(2)
        with left:
            paper = text_field("Paper", "title, DOI or URL")
            training_data = text_field("Training data", "such as laptop, train and dev")
            encoder = text_field("Encoder", "such as microsoft/deberta-v3-base")
            column = text_field("Column", "prediction", "The column of predicted labels")
        with right:
            code = text_field("Code", "URL")
            licence = text_field("Licence", "of the model, such as MIT")
            seed = st.number_input("Seed", 0, None, None, placeholder="of training")
            labels = text_field(
                "Labels",
                "0=negative,1=neutral,2=positive",
                "What labels other than positive, negative and neutral stand for",
            )
        st.caption("What you say of the model is shown as said by you. Nothing but the name is needed.")
        submitted = st.form_submit_button("Check and score")
    form = UploadForm(corpus, name, column, labels, encoder, seed, paper, code, training_data, licence)
    return form, upload, submitted


def text_field(label: str, placeholder: str, explanation: str | None = None) -> str:
    """Show a field of the form for a short text."""
    return st.text_input(label, max_chars=MAX_LENGTH, placeholder=placeholder, help=explanation)


def check(form: UploadForm, upload: UploadedFile | None) -> None:
    """Check and score an uploaded file, which takes the place of the one before; or show what is wrong."""
    st.session_state.pop(OFFER, None)
    if upload is None:
        st.error("no file; expected predictions (CSV or JSONL) or a report (JSON)")
        return
    try:
        visitors.take_check()
        with st.spinner("Checking and scoring …"):
            checked = check_upload(upload.name, upload.getvalue(), form, resample=page_state.store().resample)
    except ArtsError as error:
        st.error(error_markdown(error))
    else:
        st.session_state[OFFER] = Offer(checked)


def show_offer(offer: Offer) -> None:
    """Show the scores of a checked file, and a button that adds it; or what has become of it."""
    entry = offer.checked.entry
    known = next((other for other in page_state.board().on(entry.corpus) if entry.repeats(other)), None)
    show_preview(entry)
    if offer.is_added:
        st.success(f"{escape_markdown(entry.name)} is on the board.")
        page_state.show_link("entry", "Open the entry", entry=entry.key)
    elif known:
        st.info(f'The same is on the board already, as "{escape_markdown(known.label)}".')
        page_state.show_link("entry", "Open that entry", entry=known.key)
    else:
        st.button("Add to the board", type="primary", on_click=add, args=(offer,))
    if offer.refusal:
        st.error(offer.refusal)


def add(offer: Offer) -> None:
    """Add a checked file to the board, once however often the button is pressed."""
    if offer.is_added:
        return
    try:
        page_state.store().add(offer.checked.report, offer.checked.entry)
    except ArtsError as error:
        offer.refusal = error_markdown(error)
    else:
        offer.is_added, offer.refusal = True, ""
    page_state.refresh()


def show_preview(entry: BoardEntry) -> None:
    """Show the scores of an entry, the rank it has or would have, and how far the scores can be trusted."""
    for column, (title, estimate) in zip(
        st.columns(3),
        (("ARS", entry.ars), ("Accuracy", entry.accuracy), ("Macro-F1", entry.macro_f1)),
        strict=True,
    ):
        if estimate:
            interval = f"{decimal_text(estimate.low, 1)} to {decimal_text(estimate.high, 1)}"
            column.metric(title, decimal_text(estimate.value), interval, delta_color="off", delta_arrow="off")
    show_neighbours(entry)
    st.caption(page_state.trust_statement(entry))


def show_neighbours(entry: BoardEntry) -> None:
    """Show the rank that an entry would have, in a table with the models just above and below it."""
    others = [other for other in page_state.board().on(entry.corpus) if not entry.repeats(other)]
    rows = [row for row in board_rows([*others, entry]) if row.is_ranked]
    position = next((number for number, row in enumerate(rows) if entry in row.entries), None)
    if position is None:
        st.markdown("Without predictions it would be listed as claimed, without a rank.")
        return
    board_ranks, corpus = ranks(rows), escape_markdown(entry.corpus)
    st.markdown(f"It would have rank **{board_ranks[position]}** of {len(rows)} models on {corpus}:")
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
    corpus = pick_corpus()
    show_template(corpus)
    if visitors.only_read():
        st.info(
            f"{visitors.READ_ONLY_REMARK}: nothing can be submitted here. `arts evaluate --predictions "
            "FILE` checks and scores a file likewise, and `arts leaderboard` opens a board of your own.",
            icon=":material/lock:",
        )
    else:
        form, upload, submitted = show_form(corpus)
        if submitted:
            check(form, upload)
        if offer := st.session_state.get(OFFER):
            show_offer(offer)
    show_missing_corpora()


main()
