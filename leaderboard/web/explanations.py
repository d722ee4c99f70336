"""What pages say of the scores in a few words, with the example of the burgers."""

from __future__ import annotations

import streamlit as st

from arts.leaderboard.web import page_state

QUESTION = (
    "A model that reads the aspect it is asked about keeps its accuracy when other aspects, or its own, "
    "change."
)
ARS = (
    "**ARS**, the Aspect Robustness Score, counts a sentence only if the model is right on it *and* on all "
    "its changed copies."
)
EXAMPLE = "Tasty **burgers**, and crispy fries"
CHANGES = {  # strategy: the example after it, and what that means
    "REVTGT": "Terrible **burgers**, but crispy fries",
    "REVNON": "Tasty **burgers**, but soggy fries",
    "ADDDIFF": "Tasty **burgers**, crispy fries, but poorest service ever",
}
MEANINGS = {
    "REVTGT": "the opinion on the aspect is reversed, and so is the right answer",
    "REVNON": "the opinions on the other aspects are reversed; the right answer stays",
    "ADDDIFF": "aspects with the opposite opinion are added; the right answer stays",
}


def show_ars() -> None:
    """Show what ARS is in a sentence and three lines, with a link to more."""
    lines = "  \n".join(f":small[**{name}** {text}]" for name, text in CHANGES.items())
    st.markdown(f":small[{ARS} Those of “{EXAMPLE}” are:]  \n{lines}")
    page_state.show_link("about", "About the score and this board")


def show_ranks(resample: str) -> None:
    """Show what ranks and intervals are by.

    Args:
        resample: What intervals and tests are over, such as "sentences".
    """
    st.caption(
        f"Intervals and tests are over {resample}, and over seeds where a model has several. Models share a "
        "rank when a paired test does not tell them from the best of the rank (p < 0.05); ≈ where "
        "predictions are missing and intervals are compared instead. The bar is the interval of ARS, the line"
        " in it the value, the ring accuracy."
    )
