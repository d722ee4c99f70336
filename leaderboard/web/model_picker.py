"""The part of the playground where visitors pick or train models, and what these models predict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from arts.data.errors import ArtsError
from arts.data.schema import Instance
from arts.leaderboard.store.display_names import hide_folders
from arts.leaderboard.web import address, page_state, playground_models, visitors
from arts.leaderboard.web.escaping import error_markdown, escape_markdown
from arts.leaderboard.web.html_unit import ModelPrediction
from arts.leaderboard.web.playground_models import CachedModel
from arts.leaderboard.web.training_process import TrainingProcess
from arts.models.registry import ZOO

if TYPE_CHECKING:
    from arts.models.trained_models import TrainedModel

FAST_MODEL = "td-lstm"  # the default choice, because it trains in half a minute
POLL_SECONDS = 2  # between two checks of a running training
TRAINING = "training"  # key in the session's state: name of the model that the visitor has started to train


@st.cache_resource(ttl=30, max_entries=4, show_spinner="Looking for trained models …")
def trained_models(version: str) -> list[CachedModel]:
    """The trained models in the cache, newest first; the list is at most 30 seconds old.

    Args:
        version: Version of the board; when it changes, the models are looked up again.
    """
    return playground_models.cached_models(page_state.board().entries)


@st.cache_resource(max_entries=2, show_spinner="Loading the model …")
def loaded_model(key: str) -> TrainedModel:
    """The trained model with a key; the last two that were loaded stay in memory."""
    return playground_models.load_model(key)


@st.cache_resource
def training_processes() -> dict[str, TrainingProcess]:
    """The last training of each model since the app started, keyed by model name; all visitors share it."""
    return {}


@st.cache_data(max_entries=256, show_spinner="Predicting …")
def cached_predictions(
    key: str, label: str, *, instances: tuple[Instance, ...]
) -> dict[str, ModelPrediction]:
    """What a model predicts for instances; the result is cached.

    Args:
        key: Key of the model.
        label: The name that pages show for it.
        instances: The instances to predict.

    Returns:
        One prediction per instance, keyed by instance id.
    """
    return playground_models.predict(loaded_model(key), instances, label=label)


def pick_models() -> list[CachedModel]:
    """Let the visitor pick trained models, or train another one.

    Returns:
        The picked models; empty if none is picked.
    """
    select_new_model()
    models = {model.key: model for model in trained_models(page_state.board_version())}
    keys = address.say_refused(
        "models",
        [model.label for model in models.values()],
        what="model",
        draw=lambda: st.multiselect(
            "Models that predict",
            list(models),
            format_func=lambda key: models[key].label,
            key="models",
            bind="query-params",
            placeholder="none" if models else "none is trained yet: train one below",
        ),
    )
    if visitors.only_read():
        st.caption(f"{visitors.READ_ONLY_REMARK}: no model is trained here.")
    else:
        with st.expander("Train another one on the sample", icon=":material/model_training:"):
            show_training()
    return [models[key] for key in keys]


def select_new_model() -> None:
    """Once a training that this visitor started has ended, add its model to the picked ones."""
    process = training_processes().get(st.session_state.get(TRAINING, ""))
    if process is None or process.running:
        return
    del st.session_state[TRAINING]
    trained_models.clear()
    model = process.trained_model(trained_models(page_state.board_version()))
    if model and not process.failure:
        st.session_state["models"] = list(dict.fromkeys([*st.session_state.get("models", []), model.key]))


def show_training() -> None:
    """Show a button that trains a model of the zoo, and how far its training is.

    The training goes on when the visitor leaves the page. One model is trained at a time, for all visitors.
    """
    names = list(ZOO)
    name = st.selectbox("Model of the zoo", names, names.index(FAST_MODEL))
    st.caption(
        f"{FAST_MODEL} takes about half a minute, a fine-tuned encoder (bert and its kind) several minutes "
        "without an accelerator. It stays in the cache. One model is trained at a time."
    )
    running = next((process for process in training_processes().values() if process.running), None)
    if st.button("Train", icon=":material/play_arrow:", disabled=running is not None):
        running = training_processes()[name] = TrainingProcess.start(name)
        st.session_state[TRAINING] = name
    process = training_processes().get(name)
    if running:
        show_progress(running)
    elif process and process.failure:
        st.error(f"{name}: {escape_markdown(hide_folders(process.failure))}")


@st.fragment(run_every=POLL_SECONDS)
def show_progress(process: TrainingProcess) -> None:
    """Show how far a training is, with a button that cancels it; the page runs again when it has ended."""
    if not process.running:
        st.rerun()
    st.info(f"Training {process.model}: {process.seconds} s so far.", icon=":material/hourglass_top:")
    st.progress(process.progress)
    if st.button("Cancel", icon=":material/stop:"):
        process.cancel()


def predict_all(
    models: Sequence[CachedModel], instances: tuple[Instance, ...]
) -> dict[str, list[ModelPrediction]]:
    """What several models predict for the same instances.

    A model that cannot be loaded is left out, with a warning on the page.

    Returns:
        One prediction per model, in the order of `models`, keyed by instance id.
    """
    predictions: dict[str, list[ModelPrediction]] = {}
    for model in models:
        try:
            by_id = cached_predictions(model.key, model.label, instances=instances)
        except ArtsError as error:
            st.warning(f"{escape_markdown(model.label)}: {error_markdown(error)}")
            continue
        for id, prediction in by_id.items():
            predictions.setdefault(id, []).append(prediction)
    return predictions
