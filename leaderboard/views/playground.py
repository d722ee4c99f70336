"""The playground: a sentence of the visitor's own, its variants, and what models make of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from arts.data.errors import ArtsError
from arts.data.schema import Instance, Polarity, Sentence
from arts.leaderboard.web import html_sentence, html_unit, page_state, playground, trained_models
from arts.leaderboard.web.html_unit import Answer
from arts.leaderboard.web.playground import Trial
from arts.leaderboard.web.trained_models import Cached, Training
from arts.models.registry import ZOO

if TYPE_CHECKING:
    from arts.generators.opinions.analysis import Analyst
    from arts.generators.strategies.aspectset import Pool
    from arts.models.trained_models import ZooModel

EXAMPLE = "The soup was delicious, but our waiter was rude and the tables are too small."
ANY = "any domain"
FAST = "td-lstm"
WATCH = 2  # seconds between two looks at a training


@st.cache_resource(show_spinner="Loading the parser …")
def analyst() -> Analyst:
    """Parser and lexicon."""
    from arts.generators.opinions.analysis import Analyst

    return Analyst()


@st.cache_resource(show_spinner="Collecting what ADDDIFF can add, from the sample's training sentences …")
def pool() -> Pool:
    """What the sample's training sentences say about their aspects."""
    from arts.data.corpus_registry import load_corpus
    from arts.generators.strategies.aspectset import mine

    return mine(load_corpus("sample").train, analyst())


@st.cache_data(max_entries=256, show_spinner=False)
def proposals(text: str) -> pd.DataFrame:
    """The table of aspects to begin with."""
    rows = playground.proposed(text, analyst())
    return pd.DataFrame([(term, str(polarity)) for term, polarity in rows], columns=["aspect", "polarity"])


@st.cache_data(max_entries=256, show_spinner="Perturbing …")
def trials(sentence: Sentence) -> list[Trial]:
    """The variants of a sentence."""
    return playground.perturbed(sentence, pool(), analyst())


@st.cache_resource(ttl=30, max_entries=4, show_spinner="Looking for trained models …")
def models(stamp: str) -> list[Cached]:
    """The trained models in the cache, as the board knows them."""
    return trained_models.cached_models(page_state.board().entries)


@st.cache_resource(max_entries=2, show_spinner="Loading the model …")
def model(key: str) -> ZooModel:
    """A trained model."""
    return trained_models.load(key)


@st.cache_resource
def trainings() -> dict[str, Training]:
    """What has been trained, or is, since the app was started, by model."""
    return {}


@st.cache_data(max_entries=256, show_spinner="Asking the model …")
def answered(key: str, label: str, instances: tuple[Instance, ...]) -> dict[str, Answer]:
    """What a model says about the instances."""
    return trained_models.asked(model(key), label, instances)


def type_sentence() -> Sentence:
    """The sentence with its aspects, as typed; what is wrong with it ends the page."""
    text = st.text_area(
        "Sentence",
        EXAMPLE,
        max_chars=playground.LONGEST,
        key="text",
        bind="query-params",
        help="One sentence of a review. Ctrl+Enter, or a click elsewhere, takes it.",
    )
    table, choice = st.columns([2, 1])
    try:
        with table:
            rows = edit_aspects(text)
        with choice:
            domain = st.selectbox(
                "ADDDIFF adds aspects of",
                [ANY, *playground.domains_of(pool())],
                key="domain",
                bind="query-params",
                help="It adds what training sentences of the sample say.",
            )
        return playground.sentence_of(text, rows, "" if domain == ANY else domain)
    except ArtsError as error:
        message = str(error)
        st.warning(message[0].upper() + message[1:] + ".", icon=":material/edit:")
        st.stop()


def edit_aspects(text: str) -> list[tuple[str, str]]:
    """The aspects: proposed or from the address, then changed by hand; another table for another sentence."""
    st.caption("Aspects and their polarities: proposed, please correct them. Add a row at the end.")
    key = f"aspects-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    first = st.session_state.setdefault("linked", {key: linked()}).get(key)  # of the sentence first opened
    edited = st.data_editor(
        proposals(text) if first is None else first,
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
    if complete.equals(proposals(text)):
        st.query_params.pop("aspect", None)
    else:
        st.query_params["aspect"] = [f"{term}:{polarity}" for term, polarity in complete.to_numpy()]
    return list(zip(complete["aspect"], complete["polarity"], strict=True))


def linked() -> pd.DataFrame | None:
    """The aspects of the address, `term:polarity` each; none where it has none."""
    pairs = [one.rpartition(":")[::2] for one in st.query_params.get_all("aspect")]
    rows = [(term, polarity) for term, polarity in pairs if polarity in set(Polarity)]
    return pd.DataFrame(rows, columns=["aspect", "polarity"]) if rows else None


def pick_models() -> list[Cached]:
    """The models to ask."""
    add_trained()
    found = {one.key: one for one in models(page_state.stamp())}
    chosen = st.multiselect(
        "Models to ask",
        list(found),
        format_func=lambda key: found[key].label,
        key="models",
        bind="query-params",
        placeholder="none" if found else "none is trained yet: train one below",
    )
    with st.expander("Train another one on the sample", icon=":material/model_training:"):
        train()
    return [found[key] for key in chosen]


def add_trained() -> None:
    """Choose the model that this visitor has had trained, once it is there."""
    training = trainings().get(st.session_state.get("training", ""))
    if training is None or training.running:
        return
    del st.session_state["training"]
    models.clear()
    new = training.found(models(page_state.stamp()))
    if new and not training.failure:
        st.session_state["models"] = list(dict.fromkeys([*st.session_state.get("models", []), new.key]))


def train() -> None:
    """Train a model of the zoo, when the button is pressed; it goes on when the visitor leaves."""
    names = list(ZOO)
    name = st.selectbox("Model of the zoo", names, names.index(FAST))
    st.caption(
        f"{FAST} takes about half a minute, a fine-tuned encoder (bert and its kind) several minutes "
        "without an accelerator. It stays in the cache."
    )
    before = trainings().get(name)
    if st.button("Train", icon=":material/play_arrow:", disabled=bool(before and before.running)):
        before = trainings()[name] = Training.start(name)
    if before and before.running:
        st.session_state["training"] = name
        watch(before)
    elif before and before.failure:
        st.error(f"{name}: {before.failure}")


@st.fragment(run_every=WATCH)
def watch(training: Training) -> None:
    """How long a training has gone on; shows the page again when it has ended."""
    if not training.running:
        st.rerun()
    st.info(f"Training {training.model}: {training.seconds} s so far.", icon=":material/hourglass_top:")


def ask(chosen: Sequence[Cached], instances: tuple[Instance, ...]) -> dict[str, list[Answer]]:
    """The answers of all chosen models, by the id of the instance."""
    found: dict[str, list[Answer]] = {}
    for one in chosen:
        try:
            given = answered(one.key, one.label, instances)
        except ArtsError as error:
            st.warning(f"{one.label}: {error}")
            continue
        for id, answer in given.items():
            found.setdefault(id, []).append(answer)
    return found


page_state.heading(
    "playground",
    "Type a sentence and mark its aspects: these are the variants that the benchmark would ask about.",
)
st.html(html_unit.STYLE)
sentence = type_sentence()
chosen = pick_models()
tried = trials(sentence)
answers = ask(chosen, tuple(one for trial in tried for one in trial.instances))
st.html(html_sentence.legend())
for trial in tried:
    with st.container(border=True):
        st.text(f"Asked about: {trial.original.aspect.term}")
        st.html(html_unit.side_by_side(trial.cards(answers)))
st.download_button(
    "Download as JSON",
    json.dumps(playground.record(sentence, tried, answers), indent=1, ensure_ascii=False),
    "arts-playground.json",
    "application/json",
    on_click="ignore",
)
