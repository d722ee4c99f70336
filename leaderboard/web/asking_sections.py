"""Sections of a page on how a language model was asked, what it answered, and what that took."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from arts.data.support.printable import printable
from arts.data.support.rounding import decimal_text
from arts.evaluation.language_model_record import LanguageModelInfo
from arts.leaderboard.web.escaping import escape_markdown
from arts.leaderboard.web.provenance_sections import duration_text

MOST_VALUE = 300  # characters of what a server or a user says


def show_asking(asked: LanguageModelInfo) -> None:
    """Show how a language model was asked, the scores by prompt, one prompt in full, and invalid answers."""
    st.subheader("Asked by prompts")
    facts = {name: value for name, value in asking_facts(asked).items() if value}
    st.table({name: shown_text(value) for name, value in facts.items()}, border="horizontal")
    rows = [
        {
            "prompt": shown_text(score.prompt),
            "accuracy": decimal_text(score.accuracy),
            "ARS": decimal_text(score.ars),
            "invalid": f"{score.invalid:,}",
        }
        for score in asked.prompts
    ]
    if len(rows) > 1:
        mean = {"prompt": "mean (lowest to highest)", "accuracy": str(asked.accuracy), "ARS": str(asked.ars)}
        rows.append({**mean, "invalid": ""})
    st.table(pd.DataFrame(rows), hide_index=True, border="horizontal")
    for refusal in asked.facts.refusals:
        st.caption(shown_text(refusal))
    if asked.rendered is not None:
        with st.expander("The first prompt in full", icon=":material/chat:"):
            st.code(_printable_lines(asked.rendered), language=None, wrap_lines=True)
    if asked.invalid_texts:
        with st.expander("Invalid answers, the first ten", icon=":material/block:"):
            st.code("\n".join(map(printable, asked.invalid_texts)), language=None, wrap_lines=True)


def asking_facts(asked: LanguageModelInfo) -> dict[str, str | None]:
    """Facts about how a language model was asked, keyed by a title; None or empty where not known."""
    facts, shots = asked.facts, asked.shots
    parameters = ", ".join(f"{name} {value}" for name, value in facts.parameters.items())
    return {
        "Prompt": f"{asked.prompt}, SHA-256 {asked.prompt_checksum[:12]}",
        "Asked by": facts.asked,
        "Examples": ", ".join(shots.words) or "none",
        "Model, as reported": facts.reported_model,
        "Version": facts.version,
        "Server": facts.server,
        "Parameters": parameters,
        "System prompt": facts.system,
        "Tokens": f"{facts.prompt_tokens:,} read, {facts.completion_tokens:,} written",
        "Asking": f"{duration_text(facts.seconds)}, {facts.requests:,} requests, {facts.retries:,} retries",
        "Cost": f"{asked.expense.cost:.4g}" if asked.expense else None,
    }


def shown_text(text: str) -> str:
    """A text of a server, a template or a user as Markdown shows it as it is; a long one is cut off."""
    return escape_markdown(printable(text)[:MOST_VALUE])


def _printable_lines(text: str) -> str:
    return "\n".join(map(printable, text.splitlines()))
