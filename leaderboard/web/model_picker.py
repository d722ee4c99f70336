"""The part of the playground where models are picked and trained, and what they predict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from arts.data.errors import ArtsError
from arts.data.schema import Instance
from arts.leaderboard.web import page_state, playground_models
from arts.leaderboard.web.html_unit import ModelPrediction
from arts.leaderboard.web.playground_models import CachedModel
from arts.leaderboard.web.training_process import TrainingProcess
from arts.models.registry import ZOO

if TYPE_CHECKING:
    from arts.models.trained_models import TrainedModel

FAST_MODEL = "td-lstm"  # offered first, because it trains in half a minute
POLL_SECONDS = 2  # between two looks at a running training
TRAINING = "training"  # in the session: name of the model that the visitor has started to train


@st.cache_resource(ttl=30, max_entries=4, show_spinner="Looking for trained models …")
def trained_models(version: str) -> list[CachedModel]:
    """The trained models in the cache, looked up again when the version of the board changes."""
    return playground_models.cached_models(page_state.board().entries)


@st.cache_resource(max_entries=2, show_spinner="Loading the model …")
def loaded_model(key: str) -> TrainedModel:
    """The trained model with a key, kept in memory."""
    return playground_models.load_model(key)


@st.cache_resource
def training_processes() -> dict[str, TrainingProcess]:
    """The trainings since the start of the app, by the name of the model; shared by all visitors."""
    return {}


@st.cache_data(max_entries=256, show_spinner="Predicting …")
def cached_predictions(
    key: str, label: str, *, instances: tuple[Instance, ...]
) -> dict[str, ModelPrediction]:
    """What a model predicts, by the id of the instance, computed once.

    Args:
        key: Key of the model.
        label: The name that pages show for it.
        instances: The instances to predict.
    """
    return playground_models.predict(loaded_model(key), instances, label=label)


def pick_models() -> list[CachedModel]:
    """Let the visitor pick trained models, or train another one."""
    select_new_model()
    models = {model.key: model for model in trained_models(page_state.board_version())}
    keys = st.multiselect(
        "Models that predict",
        list(models),
        format_func=lambda key: models[key].label,
        key="models",
        bind="query-params",
        placeholder="none" if models else "none is trained yet: train one below",
    )
    with st.expander("Train another one on the sample", icon=":material/model_training:"):
        show_training()
    return [models[key] for key in keys]


def select_new_model() -> None:
    """Add the model that this visitor has trained to the picked ones, once training has ended."""
    process = training_processes().get(st.session_state.get(TRAINING, ""))
    if process is None or process.running:
        return
    del st.session_state[TRAINING]
    trained_models.clear()
    model = process.trained_model(trained_models(page_state.board_version()))
    if model and not process.failure:
        st.session_state["models"] = list(dict.fromkeys([*st.session_state.get("models", []), model.key]))


def show_training() -> None:
    """Show a button that trains a model of the zoo; training goes on when the visitor leaves."""
    names = list(ZOO)
    name = st.selectbox("Model of the zoo", names, names.index(FAST_MODEL))
    st.caption(
        f"{FAST_MODEL} takes about half a minute, a fine-tuned encoder (bert and its kind) several minutes "
        "without an accelerator. It stays in the cache."
    )
    process = training_processes().get(name)
    if st.button("Train", icon=":material/play_arrow:", disabled=bool(process and process.running)):
        process = training_processes()[name] = TrainingProcess.start(name)
    if process and process.running:
        st.session_state[TRAINING] = name
        show_progress(process)
    elif process and process.failure:
        st.error(f"{name}: {process.failure}")


@st.fragment(run_every=POLL_SECONDS)
def show_progress(process: TrainingProcess) -> None:
    """Show how long a training has taken so far, and run the page again when it has ended."""
    if not process.running:
        st.rerun()
    st.info(f"Training {process.model}: {process.seconds} s so far.", icon=":material/hourglass_top:")


def predict_all(
    models: Sequence[CachedModel], instances: tuple[Instance, ...]
) -> dict[str, list[ModelPrediction]]:
    """What all models predict, by the id of the instance; a model that cannot be loaded is reported."""
    predictions: dict[str, list[ModelPrediction]] = {}
    for model in models:
        try:
            by_id = cached_predictions(model.key, model.label, instances=instances)
        except ArtsError as error:
            st.warning(f"{model.label}: {error}")
            continue
        for id, prediction in by_id.items():
            predictions.setdefault(id, []).append(prediction)
    return predictions
