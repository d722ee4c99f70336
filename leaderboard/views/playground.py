"""The page "Playground": a sentence that the visitor types, its variants, and what models predict."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from arts.data.errors import ArtsError
from arts.data.schema import Aspect, Polarity, Sentence
from arts.generators.strategies import sentence_domain
from arts.leaderboard.web import (
    address,
    aspect_marks,
    html_sentence,
    html_unit,
    model_picker,
    page_state,
    typed_sentence,
)
from arts.leaderboard.web.aspect_marks import Span
from arts.leaderboard.web.escaping import WORD_JOINER, error_markdown, escape_markdown
from arts.leaderboard.web.html_unit import ModelPrediction
from arts.leaderboard.web.typed_sentence import TargetVariants
from arts.leaderboard.web.verdicts import verdicts

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from arts.generators.opinions.analysis import Analyst
    from arts.generators.strategies.aspectset import AspectSet

EXAMPLE = "The soup was delicious, but our waiter was rude and the tables are too small."
OWN_DOMAIN = "the sentence's own domain"
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


@st.cache_resource(show_spinner=False)
def cached_classifier() -> Pipeline:
    """The classifier of sentences by domain, fitted once to the training sentences of the sample corpus."""
    from arts.data.corpus_registry import SAMPLE, load_corpus

    return sentence_domain.domain_classifier(load_corpus(SAMPLE).train)


@st.cache_data(max_entries=256, show_spinner=False)
def cached_proposals(text: str) -> list[Aspect]:
    """The aspects that are proposed for a sentence; cached."""
    return aspect_marks.propose_aspects(text, cached_analyst())


@st.cache_data(max_entries=256, show_spinner=False)
def cached_aspects(text: str, spans: tuple[Span, ...]) -> list[Aspect]:
    """The aspects at some spans of a sentence, with the polarity that the lexicon tells; cached."""
    return aspect_marks.opinion_aspects(text, spans, analyst=cached_analyst())


@st.cache_data(max_entries=256, show_spinner="Perturbing …")
def cached_variants(sentence: Sentence) -> list[TargetVariants]:
    """The variants of a sentence, with each of its aspects as the target in turn; cached."""
    return typed_sentence.perturb(sentence, cached_analyst(), pool=cached_pool())


def type_sentence() -> Sentence:
    """Let the visitor type a sentence and mark its aspects; a mistake shows a warning and ends the page."""
    from arts.generators.english.language import is_english

    text = st.text_area(
        "Sentence",
        EXAMPLE,
        key="text",
        bind="query-params",
        help="One sentence of a review, in English. Press Ctrl+Enter or click elsewhere when it is complete.",
    )
    try:
        typed_sentence.check_length(text)
        if not is_english(text):
            st.warning(
                "This does not look English. Rules, lexicon and models know English only.",
                icon=":material/translate:",
            )
        aspects = mark_aspects(text)
        return typed_sentence.make_sentence(text, aspects, domain=pick_domain(text))
    except ArtsError as error:
        message = error_markdown(error)
        st.warning(message[0].upper() + message[1:] + ".", icon=":material/edit:")
        page_state.end_page()


def pick_domain(text: str) -> str:
    """Let the visitor pick the domain of what ADDDIFF adds: by default, that which the sentence is of.

    Args:
        text: The sentence.

    Returns:
        The domain; empty for any.
    """
    own = sentence_domain.domain_of_text(text, cached_classifier())
    domains = [OWN_DOMAIN, ANY_DOMAIN, *typed_sentence.domains_of(cached_pool())]
    domain = address.say_refused(
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
    if domain == OWN_DOMAIN:
        st.caption(f"The sentence reads like one on a {own}." if own else f"That is not clear: {ANY_DOMAIN}.")
        return own
    return "" if domain == ANY_DOMAIN else domain


def mark_aspects(text: str) -> list[Aspect]:
    """Let the visitor click the words that are aspects, and pick their polarities; the address keeps them.

    The aspects in the address are marked first, if the page was opened with this sentence and has any;
    otherwise proposed ones.

    Args:
        text: The sentence.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    marked = linked_aspects(text, digest) or cached_proposals(text)
    words = aspect_marks.word_spans(text)
    labels = word_labels(text, words)
    clicked = st.pills(
        "Aspects: click the words that are one, or click them off. Neighbours are one phrase.",
        words,
        selection_mode="multi",
        default=[word for word in words if any(a.start < word[1] and word[0] < a.end for a in marked)],
        format_func=labels.__getitem__,
        key=f"words-{digest}",
    )
    spans = aspect_marks.join_words(text, clicked)
    known = {(aspect.start, aspect.end): aspect.polarity for aspect in marked}
    with st.container(horizontal=True):
        aspects = [
            replace(aspect, polarity=pick_polarity(aspect, known.get(span, aspect.polarity), digest=digest))
            for span, aspect in zip(spans, cached_aspects(text, tuple(spans)), strict=True)
        ]
    if aspects == cached_proposals(text):
        st.query_params.pop("aspect", None)
    else:
        st.query_params["aspect"] = [f"{aspect.term}:{aspect.polarity}" for aspect in aspects]
    return aspects


def word_labels(text: str, words: Sequence[Span]) -> dict[Span, str]:
    """The words of a text as labels, all different: a word that comes again ends in invisible characters.

    Args:
        text: The text.
        words: Spans of its words.
    """
    counts, labels = Counter[str](), dict[Span, str]()
    for start, end in words:
        word = text[start:end]
        labels[start, end] = escape_markdown(word) + WORD_JOINER * counts[word]
        counts[word] += 1
    return labels


def pick_polarity(aspect: Aspect, polarity: Polarity, *, digest: str) -> Polarity:
    """Let the visitor pick the polarity of an aspect.

    Args:
        aspect: The aspect.
        polarity: The polarity that is picked at first.
        digest: Digest of the sentence.
    """
    picked = st.segmented_control(
        escape_markdown(aspect.term),
        list(map(str, Polarity)),
        default=str(polarity),
        key=f"polarity-{digest}-{aspect.start}-{aspect.end}",
        required=True,
    )
    return Polarity(str(picked))


def linked_aspects(text: str, digest: str) -> list[Aspect]:
    """The aspects in the address with which the page was opened, each ``term:polarity``.

    There are none for another sentence. What cannot be marked is left out; the page says so until the
    sentence changes.

    Args:
        text: The sentence.
        digest: Digest of the sentence.
    """
    opened, values = st.session_state.setdefault("linked", (digest, st.query_params.get_all("aspect")))
    if opened != digest:
        return []
    typed = [value.rpartition(":")[::2] for value in values]
    whole = [(term, polarity) for term, polarity in typed if term.strip() and polarity in set(Polarity)]
    if unread := [value for value, pair in zip(values, typed, strict=True) if pair not in whole]:
        address.add_remark(
            f"The link marks the aspects {address.quoted_list(unread)}; expected a term, a colon, and "
            f"{', '.join(Polarity)}. They are left out."
        )
    aspects, faults = aspect_marks.locate_aspects(text, whole)
    for fault in faults:
        address.add_remark(f"The link marks an aspect that is left out: {escape_markdown(fault)}.")
    return aspects


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
    for verdict in verdicts(targets, predictions):
        st.markdown(verdict)
    show_targets(targets, predictions)
    show_download(sentence, targets, predictions=predictions)


main()
