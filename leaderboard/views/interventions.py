"""The page "Interventions": what the same models score without and with an intervention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from arts.data.corpus_registry import CORPUS_NAMES, SAMPLE
from arts.data.support.rounding import decimal_text, p_value_text, round_half_up
from arts.interventions.registry import intervention_names
from arts.leaderboard.analysis.before_after import (
    InterventionPair,
    SeedGains,
    gain_limit,
    gain_table,
    seed_gains,
)
from arts.leaderboard.analysis.entry_scores import SCORES, TITLES, score_of
from arts.leaderboard.analysis.intervention_words import intervention_summaries
from arts.leaderboard.analysis.unit_comparison import compare_units
from arts.leaderboard.store.entry import BoardEntry
from arts.leaderboard.web import (
    address,
    charts,
    choices,
    entry_cache,
    outcome_sections,
    page_state,
    selectable_table,
)
from arts.leaderboard.web.escaping import escape_markdown

ALL = "all interventions"
COMMAND = "arts evaluate --dataset {} --model bert --intervention {} --output results"


def show_no_pairs(corpus: str) -> None:
    """Show that no model was measured both without and with an intervention, and how to measure one so."""
    st.info(f"No entry on {escape_markdown(corpus)} has an intervention beside the same model without.")
    st.markdown("Each of these commands measures a model without and with an intervention:")
    dataset = corpus if corpus in CORPUS_NAMES else SAMPLE
    commands = [COMMAND.format(dataset, name) for name in intervention_names()]
    st.code("\n".join(commands), language="bash", wrap_lines=True)


def show_legend(gains: Sequence[SeedGains]) -> None:
    """Show what each of the interventions does, in a phrase."""
    names = dict.fromkeys(pair.after.intervention for one in gains for pair in one.pairs)
    summaries = {part: text for name in names for part, text in intervention_summaries(name).items()}
    st.caption(
        " · ".join(
            f"**{escape_markdown(part)}**: {escape_markdown(text)}" for part, text in summaries.items()
        )
    )


def show_gains(gains: Sequence[SeedGains], score: str) -> bool:
    """Show the mean gains with their intervals, as a sentence, a chart and a table.

    Args:
        gains: What models gain from interventions, seed by seed.
        score: Name of the score.

    Returns:
        Whether any entry has the score.
    """
    table = gain_table(gains, score)
    if table.empty:
        return False
    intervals = [entry_cache.gain_intervals(gains[position]).get(score) for position in table.index]
    table["low"], table["high"] = zip(*(ends or (None, None) for ends in intervals), strict=True)
    best = table.loc[table["gain"].idxmax()]
    st.markdown(
        f"**{escape_markdown(best['intervention'])}** gains most, for {escape_markdown(best['model'])}: "
        f"{escape_markdown(gain_text(best))} points of {TITLES[score]}."
    )
    show_gain_chart(gains, table, score=score)
    with st.expander("The figures of the chart", icon=":material/table:"):
        show_gain_table(table)
    return True


def show_gain_chart(gains: Sequence[SeedGains], table: pd.DataFrame, *, score: str) -> None:
    """Show a chart of gains: the mean with its interval, and each seed, on an axis around zero.

    Args:
        gains: What models gain from interventions, seed by seed.
        table: Their `gain_table`, with the columns ``low`` and ``high``.
        score: Name of the score.
    """
    columns = {"intervention": "heading", "model": "name", "gain": "value"}
    rows = table.rename(columns=columns)[["heading", "name", "value", "low", "high"]]
    seeds = pd.DataFrame(
        {
            "heading": gains[position].intervention,
            "name": gains[position].model,
            "seed": seed,
            "seed_gain": round_half_up(after - before),
        }
        for position in table.index
        for seed, before, after in gains[position].scores(score)
    )
    summary = "; ".join(f"{row.intervention}, {row.model}: {gain_text(row)}" for row in table.itertuples())
    page_state.show_chart(
        charts.gain_intervals(rows.round(2), seeds, limit=gain_limit(gains)),
        f"Gains of {TITLES[score]} in points. {summary}",
    )


def gain_text(row: Any) -> str:
    """A mean gain in points with its interval, if it is known: "+25.76 [+19.7, +33.1]"."""
    text = decimal_text(row.gain, sign=True)
    if pd.isna(row.low):
        return text
    low, high = (decimal_text(end, 1, sign=True) for end in (row.low, row.high))
    return f"{text} [{low}, {high}]"


def show_gain_table(table: pd.DataFrame) -> None:
    """Show a table of mean scores before and after, and of mean gains with their intervals.

    Args:
        table: The `gain_table`, with the columns ``low`` and ``high``.
    """
    shown = pd.DataFrame(
        {
            "intervention": table["intervention"].map(escape_markdown),
            "model": table["model"].map(escape_markdown),
            "seeds": table["seeds"],
            "before": table["before"].map(decimal_text),
            "after": table["after"].map(decimal_text),
            "gain": [gain_text(row) for row in table.itertuples()],
        }
    )
    st.table(shown, hide_index=True, border="horizontal")
    st.caption(
        "Means over seeds; gains in points, with 95% intervals by bootstrap of seeds and sentences, or of "
        "sentences alone where there is one seed."
        + (" Where an interval is missing, predictions are." if table["low"].isna().any() else "")
    )


def show_alone(entries: Sequence[BoardEntry]) -> None:
    """Say which entries with an intervention have no plain model beside them; nothing if all have."""
    if entries:
        count = "1 entry has" if len(entries) == 1 else f"{len(entries)} entries have"
        with st.expander(f"{count} no plain model of the same encoder and seed"):
            st.caption("So nobody can say what they gained.")
            for entry in entries:
                st.markdown(escape_markdown(entry.label))


def show_pairs(gains: Sequence[SeedGains], score: str, *, corpus: str) -> None:
    """Show a table of pairs with gains and tests, and a link that compares the selected pair.

    Args:
        gains: What models gain from interventions, seed by seed.
        score: Name of the score.
        corpus: Name of the corpus.
    """
    rows = [
        {"intervention": one.intervention, "model": one.model, **pair_row(pair, score)}
        for one in gains
        for pair in one.pairs
    ]
    by_key = {f"{pair.before.key} {pair.after.key}": pair for one in gains for pair in one.pairs}
    ticked = selectable_table.pick_rows(
        pd.DataFrame(rows),
        table="pairs",
        names={
            key: f"{pair.after.label} beside {pair.before.label} on {corpus}" for key, pair in by_key.items()
        },
        several=False,
        column_config={
            "intervention": st.column_config.TextColumn("intervention", pinned=True, width="medium"),
            "gain": st.column_config.NumberColumn("gain", format="%+.2f"),
            "test": st.column_config.TextColumn(
                "test of ARS", help="Exact paired test, over sentences where they are known."
            ),
        },
        alt=f"{len(rows)} pairs of a plain entry and one with the intervention, with a test each",
    )
    for key in ticked:
        pair = by_key[key]
        page_state.show_link(
            "compare",
            f"Compare {escape_markdown(pair.after.label)} with {escape_markdown(pair.before.label)}",
            corpus=corpus,
            entries=[pair.after.key, pair.before.key],
        )
    st.caption(
        "Units won are right only with the intervention, units lost only without. Select a row to compare "
        "the two."
    )
    if any(row["test"] is None for row in rows):
        st.caption("Where the test is missing, predictions are: both entries need theirs.")


def pair_row(pair: InterventionPair, score: str) -> Mapping[str, Any]:
    """The row of a pair in the table of pairs, keyed by the title of the column.

    Values are None where the score or the test is not available.

    Args:
        pair: The pair.
        score: Name of the score.
    """
    before, after = score_of(pair.before, score), score_of(pair.after, score)
    difference = compare_units(pair.before, pair.after)
    return {
        "seed": pair.after.seed,
        "before": before and before.value,
        "after": after and after.value,
        "gain": round_half_up(after.value - before.value) if before and after else None,
        "units won": difference and difference.won,
        "units lost": difference and difference.lost,
        "test": p_value_text(difference.p_value) if difference else None,
    }


def pick_gains(gains: Sequence[SeedGains]) -> tuple[list[SeedGains], str]:
    """Let the visitor pick an intervention, or all, and a score.

    Args:
        gains: All gains on the corpus.

    Returns:
        The gains by the picked intervention, and the name of the score.
    """
    titles = list(dict.fromkeys([ALL, *(one.intervention for one in gains)]))
    title = address.say_refused(
        "way",
        titles,
        what="intervention",
        draw=lambda: st.selectbox("Intervention", titles, key="way", bind="query-params"),
    )
    score = address.say_refused(
        "score",
        TITLES.values(),
        what="score",
        draw=lambda: st.segmented_control(
            "Score",
            SCORES,
            default="ars",
            format_func=TITLES.__getitem__,
            key="score",
            bind="query-params",
            required=True,
        ),
    )
    return [one for one in gains if title in (ALL, one.intervention)], str(score)


def main() -> None:
    """Show the page "Interventions"."""
    page_state.show_heading(
        "interventions",
        "What each way of training gains: every model beside its plain self, of the same encoder, recipe "
        "and seed.",
    )
    board = page_state.board()
    if not board.entries:
        show_no_pairs("the board")
        return
    corpus = choices.pick_corpus(board.corpora)
    pairs = entry_cache.pairs_on(corpus)
    paired = {pair.after.key for pair in pairs}
    alone = [entry for entry in board.on(corpus) if entry.intervention and entry.key not in paired]
    if not pairs:
        show_no_pairs(corpus)
        show_alone(alone)
        return
    gains, score = pick_gains(seed_gains(pairs))
    show_legend(gains)
    if not show_gains(gains, score):
        st.info(f"{escape_markdown(corpus)} has no variants of this kind. Choose another score.")
        return
    st.subheader("Seed by seed")
    show_pairs(gains, score, corpus=corpus)
    outcome_sections.show_outcomes([pair for one in gains for pair in one.pairs])
    show_alone(alone)


main()
