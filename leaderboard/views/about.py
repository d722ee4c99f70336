"""The page "About": what is measured, and how far the figures can be trusted."""

from __future__ import annotations

import streamlit as st

from arts.evaluation.verification import MEANING
from arts.leaderboard.web import explanations, page_state


def main() -> None:
    """Show the page "About"."""
    page_state.show_heading("about", explanations.QUESTION)
    st.header("The Aspect Robustness Score")
    st.markdown(
        f"{explanations.ARS} “{explanations.EXAMPLE}” is asked about the burgers, which is positive. "
        "ARS is at most the accuracy; the gap is what the model owes to the rest of the sentence."
    )
    st.table(
        {
            "strategy": list(explanations.CHANGES),
            "the sentence becomes": list(explanations.CHANGES.values()),
            "what changes": [explanations.MEANINGS[name] for name in explanations.CHANGES],
        }
    )
    st.markdown("From *Tasty Burgers, Soggy Fries* ([Xing et al., 2020](https://arxiv.org/abs/2009.07964)).")
    st.header("Rows, intervals and ranks")
    st.markdown(
        "A row is one model: runs that differ only in the random seed are one, with the mean of their "
        "scores. The interval says where the score would lie on other sentences and with other seeds, in 95% "
        "of cases; with one seed, on other sentences only."
    )
    explanations.show_ranks(page_state.store().resample)
    st.header("What is believed")
    st.markdown("\n".join(f"- **{status}**: {meaning}" for status, meaning in MEANING.items()))
    st.markdown("Claims of others without predictions are listed apart, and have no rank.")


main()
