"""The page "Entry": what is known of one model of the board: its rank, scores, kin, cost and origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from arts.data.errors import ArtsError
from arts.data.published_scores import published_table
from arts.data.schema import Strategy
from arts.data.support.rounding import decimal_text
from arts.evaluation.verification import Status
from arts.leaderboard.analysis.entry_labels import distinct_labels
from arts.leaderboard.analysis.entry_scores import TITLES, interval_text
from arts.leaderboard.analysis.entry_verdict import entry_verdict, other_corpora
from arts.leaderboard.analysis.rows import row_of
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.store.published import accuracy_by_strategy
from arts.leaderboard.store.store import Board
from arts.leaderboard.web import (
    address,
    asking_sections,
    choices,
    entry_cache,
    kin_sections,
    page_state,
    provenance_sections,
    score_sections,
)
from arts.leaderboard.web.escaping import error_markdown, escape_markdown

PARAMETER = "entry"  # query parameter of the page's URL: the key of the entry


def check_link(board: Board) -> None:
    """Show an error if the page's URL has an unknown key, or a corpus on which the entry was not measured.

    The page then ends.
    """
    key = next(iter(st.query_params.get_all(PARAMETER)), "")
    if key and key not in board.by_key:
        show_unknown_key(key)
        page_state.end_page()
    linked = st.query_params.get("corpus") if key and address.is_linked(PARAMETER) else None
    if linked in board.corpora and linked != board.by_key[key].corpus:
        show_other_corpus(board.by_key[key], linked)
        page_state.end_page()


def pick_entry(board: Board) -> BoardEntry:
    """The entry that the page's URL names, or else one that the visitor picks."""
    corpus = choices.pick_corpus(board.corpora, choices.follow_link(board, PARAMETER, corpora=board.corpora))
    return choices.pick_entry(board, board.on(corpus), label="Entry", key=PARAMETER)


def show_unknown_key(key: str) -> None:
    """Show an error that no entry has this key, and links with which the visitor can go on."""
    st.title("No such entry")
    st.error(
        f"No entry {address.quoted(key)} is on the board. A key changes with the content of its report, "
        "and an entry goes with its file: open it from the board, or choose another one."
    )
    with st.container(horizontal=True):
        page_state.show_link("board", "Open the board")
        page_state.show_link("entry", "Choose an entry")


def show_other_corpus(entry: BoardEntry, corpus: str) -> None:
    """Show an error that an entry was not measured on the corpus of a link, and a link that opens it."""
    st.title(escape_markdown(entry.label))
    st.error(
        f"The entry {address.quoted(entry.key)}, {escape_markdown(entry.label)}, was measured on "
        f"{escape_markdown(entry.corpus)}, not on {escape_markdown(corpus)}."
    )
    page_state.show_link(
        "entry",
        f"Open {escape_markdown(entry.label)} on {escape_markdown(entry.corpus)}",
        corpus=entry.corpus,
        entry=entry.key,
    )


def show_headline(entry: BoardEntry) -> None:
    """Show ARS, accuracy and macro-F1 with their intervals, and how far they can be trusted."""
    scores = {"ARS": entry.ars, "Accuracy": entry.accuracy, "Macro-F1": entry.macro_f1}
    with st.container(horizontal=True, key="scores"):
        for name, estimate in scores.items():
            if estimate:
                st.metric(
                    name,
                    f"{decimal_text(estimate.value)}%",
                    f"95%: {decimal_text(estimate.low, 1)} to {decimal_text(estimate.high, 1)}",
                    delta_color="off",
                    delta_arrow="off",
                    border=True,
                    width=200,
                )
    st.markdown(f"{entry.units:,} units. " + page_state.trust_statement(entry))
    if entry.invalid:
        st.markdown(
            f"{entry.invalid:,} answers are invalid ({decimal_text(entry.invalid_share, 1)}%): they name no "
            "label, and count as wrong in every score."
        )


def show_links(entry: BoardEntry, others: Sequence[BoardEntry]) -> None:
    """Show links to a comparison with the best other entry, and to the entry's predictions if it has them.

    Args:
        entry: The entry.
        others: Entries of other models on the same corpus, best first.
    """
    if others:
        page_state.show_link(
            "compare",
            f"Compare with {escape_markdown(others[0].label)}",
            corpus=entry.corpus,
            entries=[entry.key, others[0].key],
        )
    if entry.has_predictions:
        page_state.show_link("explore", "Read its predictions", corpus=entry.corpus, entries=[entry.key])


def show_report(entry: BoardEntry) -> None:
    """Show the details in an entry's report: scores, provenance, and how to reproduce and cite it.

    If the report cannot be read any more, an error is shown instead.
    """
    try:
        report, scores = entry_cache.report_of(entry), entry_cache.scores_of(entry)
    except ArtsError as error:
        st.error(f"Its report cannot be read any more: {error_markdown(error)}")
        return
    left, right = st.columns(2, gap="large")
    with left:
        score_sections.show_scores_by_strategy(scores)
    with right:
        score_sections.show_scores_by_polarity(scores)
        score_sections.show_confusion_matrix(scores)
        score_sections.show_pattern_gap(report)
    score_sections.show_probes(report)
    if report.language_model:
        asking_sections.show_asking(report.language_model)
    left, right = st.columns(2, gap="large")
    with left:
        provenance_sections.show_model(entry, report)
        provenance_sections.show_cost(report)
        provenance_sections.show_provenance(entry, report)
    with right:
        score_sections.show_adddiff_curve(report)
        st.subheader("Reproduce")
        provenance_sections.show_command(entry, report)
        provenance_sections.show_citations(entry)


def show_published_scores(entry: BoardEntry) -> None:
    """Show all scores that the paper has for an entry, and how to measure the model here."""
    table = published_table(entry.corpus)
    scores = {score["model"]: score for score in table["scores"]} if table else {}
    by_strategy = accuracy_by_strategy(scores[entry.model])
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("By strategy")
        rows = [
            published_row(entry, strategy, on_originals=on_originals)
            for strategy, (on_originals, _) in by_strategy.items()
        ]
        st.table(pd.DataFrame(rows), hide_index=True, border="horizontal")
        st.caption(
            "The intervals are ours: binomial (Wilson), because the paper has no predictions. It has no "
            "scores by polarity and no confusion matrix."
        )
    with right:
        provenance_sections.show_model(entry, None)
        st.subheader("Reproduce")
        st.markdown(
            f"Figures of {escape_markdown(entry.remark)}. To measure the model of the same name here:"
        )
        command = f"arts evaluate --dataset {entry.corpus} --model {entry.model}"
        st.code(command, language="bash", wrap_lines=True)
        provenance_sections.show_citations(entry)


def published_row(entry: BoardEntry, strategy: Strategy, *, on_originals: float | None) -> Mapping[str, str]:
    """The paper's accuracy for one strategy as a row of the table, keyed by the title of the column.

    Args:
        entry: An entry of the paper.
        strategy: The strategy.
        on_originals: Accuracy on the originals in percent; None if the paper does not give it.
    """
    return {
        "strategy": TITLES[strategy],
        "on originals": "not given" if on_originals is None else decimal_text(on_originals),
        "on variants": interval_text(entry.strategies[strategy]),
    }


def main() -> None:
    """Show the page "Entry"."""
    board = page_state.board()
    if not board.entries:
        page_state.show_heading("entry", "Everything that is known of one entry of the board.")
        page_state.show_empty_board()
        return
    check_link(board)
    top, tools = st.container(), st.container(horizontal=True)
    with tools, st.popover("Another entry", icon=":material/search:"):
        entry = pick_entry(board)
    rows, table = page_state.rows_on(entry.corpus)
    row = next((row for row in rows if entry in row.entries), row_of(entry))  # the board may have changed
    with top:
        st.title(escape_markdown(distinct_labels(board.on(entry.corpus))[entry.key]))
        st.markdown(f"**{escape_markdown(entry_verdict(row, table, corpus=entry.corpus))}**")
        show_headline(entry)
    with tools:
        show_links(entry, [other.first for other in rows if other is not row])
    elsewhere = {corpus: page_state.rows_on(corpus)[0] for corpus in board.corpora if corpus != entry.corpus}
    left, right = st.columns(2, gap="large")
    with left:
        kin_sections.show_seeds(entry, row)
    with right:
        kin_sections.show_corpora(entry, other_corpora(row, elsewhere))
    if entry.status is Status.PUBLISHED:
        show_published_scores(entry)
    else:
        show_report(entry)


main()
