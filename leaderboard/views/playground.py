"""The page "Playground": a sentence that the visitor types, its variants, and what models predict."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from arts.data.errors import ArtsError
from arts.data.schema import Polarity, Sentence
from arts.leaderboard.web import (
    address,
    html_sentence,
    html_unit,
    model_picker,
    page_state,
    typed_sentence,
)
from arts.leaderboard.web.html_unit import ModelPrediction
from arts.leaderboard.web.typed_sentence import TargetVariants, TypedAspect

if TYPE_CHECKING:
    from arts.generators.opinions.analysis import Analyst
    from arts.generators.strategies.aspectset import AspectSet

EXAMPLE = "The soup was delicious, but our waiter was rude and the tables are too small."
ANY_DOMAIN = "any domain"


@st.cache_resource(show_spinner="Loading the parser …")
def cached_analyst() -> Analyst:
    """The parser with the opinion lexicon, loaded once for all visitors."""
    from arts.generators.opinions.analysis import Analyst

    return Analyst()


@st.cache_resource(show_spinner="Collecting what ADDDIFF can add, from the sample's training sentences …")
def cached_pool() -> AspectSet:
    """The clauses that ADDDIFF can add, mined once from the training sentences of the sample corpus."""
    from arts.data.corpus_registry import SAMPLE, load_corpus
    from arts.generators.strategies.aspectset import mine_aspect_set

    return mine_aspect_set(load_corpus(SAMPLE).train, cached_analyst())


@st.cache_data(max_entries=256, show_spinner=False)
def cached_proposals(text: str) -> pd.DataFrame:
    """The aspects that are proposed for a sentence, as a table with the columns ``aspect`` and ``polarity``.

    The result is cached.

    Args:
        text: The sentence.
    """
    aspects = typed_sentence.propose_aspects(text, cached_analyst())
    return aspect_table([(term, str(polarity)) for term, polarity in aspects])


@st.cache_data(max_entries=256, show_spinner="Perturbing …")
def cached_variants(sentence: Sentence) -> list[TargetVariants]:
    """The variants of a sentence, with each of its aspects as the target in turn; cached."""
    return typed_sentence.perturb(sentence, cached_analyst(), pool=cached_pool())


def aspect_table(aspects: Sequence[TypedAspect]) -> pd.DataFrame:
    """Make a table of aspects with the columns ``aspect`` (the term) and ``polarity``."""
    return pd.DataFrame(aspects, columns=["aspect", "polarity"])


def type_sentence() -> Sentence:
    """Let the visitor type a sentence with its aspects; a mistake shows a warning and ends the page."""
    text = st.text_area(
        "Sentence",
        EXAMPLE,
        max_chars=typed_sentence.MAX_SENTENCE_LENGTH,
        key="text",
        bind="query-params",
        help="One sentence of a review. Press Ctrl+Enter or click elsewhere when it is complete.",
    )
    left, right = st.columns([2, 1])
    try:
        with left:
            aspects = edit_aspects(text)
        with right:
            domain = pick_domain()
        return typed_sentence.parse_sentence(text, aspects, domain="" if domain == ANY_DOMAIN else domain)
    except ArtsError as error:
        message = str(error)
        st.warning(message[0].upper() + message[1:] + ".", icon=":material/edit:")
        page_state.end_page()


def pick_domain() -> str:
    """Let the visitor pick the domain of what ADDDIFF adds; the choice is kept in the page's URL."""
    domains = [ANY_DOMAIN, *typed_sentence.domains_of(cached_pool())]
    return address.say_refused(
        "domain",
        domains,
        what="domain",
        draw=lambda: st.selectbox(
            "ADDDIFF adds aspects of",
            domains,
            key="domain",
            bind="query-params",
            help="It adds what training sentences of the sample say.",
        ),
    )


def edit_aspects(text: str) -> list[TypedAspect]:
    """Let the visitor edit the aspects of a sentence in a table; the result is kept in the page's URL.

    The table begins with the aspects in the URL if the page was opened with this sentence and the URL has
    any; otherwise with proposed aspects.

    Args:
        text: The sentence.

    Returns:
        Pairs of term and polarity, as typed; incomplete rows are left out.
    """
    st.caption("Aspects and their polarities: proposed, please correct them. Add a row at the end.")
    key = f"aspects-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    if "linked" not in st.session_state:
        st.session_state["linked"] = {key: linked_aspects()}
    linked = st.session_state["linked"].get(key)
    unread = st.session_state["unread aspects"] if key in st.session_state["linked"] else []
    if unread:
        address.add_remark(
            f"The link marks the aspects {address.quoted_list(unread)}; expected a term, a colon, and "
            f"{', '.join(Polarity)}. They are left out."
        )
    edited = st.data_editor(
        cached_proposals(text) if linked is None else linked,
        num_rows="dynamic",
        hide_index=True,
        key=key,
        column_config={
            "aspect": st.column_config.TextColumn("aspect", required=True, max_chars=100),
            "polarity": st.column_config.SelectboxColumn(
                "polarity", options=[str(p) for p in Polarity], required=True, default="positive"
            ),
        },
        alt="The aspects of the sentence and their polarities",
    )
    complete = edited.dropna().astype(str)
    if complete.equals(cached_proposals(text)):
        st.query_params.pop("aspect", None)
    else:
        st.query_params["aspect"] = [f"{term}:{polarity}" for term, polarity in complete.to_numpy()]
    return list(zip(complete["aspect"], complete["polarity"], strict=True))


def linked_aspects() -> pd.DataFrame | None:
    """The aspects in the page's URL, each written ``term:polarity``, as a table; None if it has none.

    Those without a polarity are left out; the page says so until the sentence changes.
    """
    values = st.query_params.get_all("aspect")
    aspects = [value.rpartition(":")[::2] for value in values]
    whole = [(term, polarity) for term, polarity in aspects if term and polarity in set(Polarity)]
    st.session_state["unread aspects"] = [
        value for value, aspect in zip(values, aspects, strict=True) if aspect not in whole
    ]
    return aspect_table(whole) if whole else None


def show_targets(
    targets: Sequence[TargetVariants], predictions: Mapping[str, Sequence[ModelPrediction]]
) -> None:
    """Show the variants of each target side by side, with what models predict for them.

    Args:
        targets: The variants, one item per aspect of the sentence.
        predictions: What models predict, keyed by instance id; each value has one prediction per model.
    """
    st.html(html_sentence.legend_html())
    for target in targets:
        with st.container(border=True):
            st.text(f"Target: {target.original.aspect.term}")
            st.html(html_unit.cards_html(target.cards(predictions)))


def show_download(
    sentence: Sentence,
    targets: Sequence[TargetVariants],
    *,
    predictions: Mapping[str, Sequence[ModelPrediction]],
) -> None:
    """Show a button that downloads everything on the page as JSON.

    Args:
        sentence: The sentence.
        targets: The variants, one item per aspect of the sentence.
        predictions: What models predict, keyed by instance id; each value has one prediction per model.
    """
    record = typed_sentence.json_record(sentence, targets, predictions=predictions)
    st.download_button(
        "Download as JSON",
        json.dumps(record, indent=1, ensure_ascii=False),
        "arts-playground.json",
        "application/json",
        on_click="ignore",
    )


def main() -> None:
    """Show the page "Playground"."""
    page_state.show_heading(
        "playground",
        "Type a sentence and mark its aspects: these are the variants that the benchmark would measure.",
    )
    st.html(html_unit.STYLE)
    sentence = type_sentence()
    models = model_picker.pick_models()
    targets = cached_variants(sentence)
    instances = tuple(instance for target in targets for instance in target.instances)
    predictions = model_picker.predict_all(models, instances)
    show_targets(targets, predictions)
    show_download(sentence, targets, predictions=predictions)


main()
