"""Submit: a predictions file or a report, checked and scored, and only then added."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from arts.data.corpus_registry import NAMES, is_at_hand
from arts.data.errors import ArtsError
from arts.evaluation.report import Report
from arts.leaderboard.analysis.ranking import ranks
from arts.leaderboard.store.entry import entry_of
from arts.leaderboard.store.uploads import LIMIT, LONGEST, PREDICTIONS, REPORT, report_of
from arts.leaderboard.web import page_state

AROUND = 3  # entries shown above and below


@st.cache_data(max_entries=20, show_spinner="Checking and scoring …")
def scored(file: str, content: bytes, corpus: str, name: str) -> Report:
    """The report of an upload, made once."""
    return report_of(file, content, corpus=corpus, name=name)


def preview(report: Report) -> None:
    """The figures, and where they would stand."""
    entry = entry_of(report)
    for column, (title, value) in zip(
        st.columns(3),
        (("ARS", entry.ars), ("Accuracy", entry.accuracy), ("Macro-F1", report.macro_f1)),
        strict=True,
    ):
        column.metric(title, f"{value.value:.2f}", f"{value.low:.1f} to {value.high:.1f}", delta_color="off")
    others = [other for other in page_state.board().on(entry.corpus) if other.key != entry.key]
    entries = sorted([*others, entry], key=lambda e: (-e.ars.value, -e.accuracy.value, e.key))
    place, places = entries.index(entry), ranks(entries)
    st.markdown(f"It would have rank **{places[place]}** of {len(entries)} entries on {entry.corpus}:")
    rows = range(max(place - AROUND, 0), min(place + AROUND + 1, len(entries)))
    st.dataframe(
        {
            "rank": [str(places[row]) for row in rows],
            "model": [("→ " if row == place else "") + entries[row].label for row in rows],
            "accuracy": [entries[row].accuracy.value for row in rows],
            "ARS": [entries[row].ars.value for row in rows],
        },
        hide_index=True,
        alt="The entries around this one",
    )
    st.caption(page_state.told(entry))


def add(report: Report) -> None:
    """Put it on the board."""
    try:
        page_state.store().add(report)
    except ArtsError as error:
        st.error(str(error))
        return
    page_state.refresh()
    st.success(f"{report.name} is on the board.")
    page_state.link("entry", "Open the entry", entry=entry_of(report).key)


def answer(upload: UploadedFile, corpus: str, name: str) -> None:
    """What a file comes to, and a button that adds it."""
    try:
        report = scored(upload.name, upload.getvalue(), corpus, name)
    except ArtsError as error:
        st.error(str(error))
        return
    preview(report)
    if st.button("Add to the board", type="primary"):
        add(report)


page_state.heading(
    "submit",
    "A file is read, never run. It is checked and scored here, and added when you say so.",
)
at_hand = [name for name in NAMES if is_at_hand(name)]
with st.form("offer"):  # one run for all of it: a run that starts while a file is sent can lose the file
    corpus = st.selectbox("Corpus", at_hand, key="dataset", bind="query-params")
    name = st.text_input("Name of the model", max_chars=LONGEST, placeholder="as the board should call it")
    upload = st.file_uploader(
        "Predictions (CSV or JSONL) or a report (JSON)",
        [ending.removeprefix(".") for ending in (*PREDICTIONS, REPORT)],
        max_upload_size=LIMIT,
    )
    asked = st.form_submit_button("Check and score")
if upload:
    answer(upload, corpus, name)
elif asked:
    st.error("no file; expected predictions (CSV or JSONL) or a report (JSON)")
with st.expander("What a file looks like"):
    st.markdown(
        "A predictions file has the columns `id` and `prediction` (positive, negative or neutral), and every "
        "id of the benchmark exactly once:"
    )
    st.code("id,prediction\n892:1_0,positive\n892:1_0_adv1,negative", "text")
    st.markdown(
        "`arts export DIR` writes the instances with their ids; `arts evaluate --predictions FILE` scores a "
        "file without this page. A report is what `arts evaluate --output DIR` writes; without its "
        "predictions it is shown as claimed, not as verified."
    )
if missing := [name for name in NAMES if name not in at_hand]:
    st.caption(
        f"Not on this machine, and so not to be scored here: {', '.join(missing)}. "
        "`arts evaluate --dataset NAME` fetches one."
    )
